"""The languages there are, read from their catalogues once at the start."""

import io
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from controller.web.i18n.language import Language

FOLDER = Path(__file__).parent
DEFAULT = "vi"
CODES = ("vi", "en")


def _vietnamese() -> Translations:
    with (FOLDER / "vi.po").open("rb") as file:
        catalogue = read_po(file, locale="vi", abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@lru_cache(maxsize=1)
def languages() -> Mapping[str, Language]:
    """Return every language by its code."""
    return {
        "vi": Language("vi", _vietnamese()),
        "en": Language("en", NullTranslations()),
    }


def chosen(code: str | None) -> Language:
    """Return the language a browser asked for by cookie, else Vietnamese."""
    known = languages()
    return known.get(code or DEFAULT, known[DEFAULT])
