"""All words of the room's screen, in Vietnamese and English: words.json beside this file.

The page reads the same file (web/kiosk/words.ts), so a sentence stands in one place.
"""

from pathlib import Path
from typing import Literal

import msgspec

Language = Literal["vi", "en"]


class Phrase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence or word; `{name}` is filled in."""

    vi: str
    en: str


CATALOGUE: dict[str, Phrase] = msgspec.json.decode(
    Path(__file__).with_name("words.json").read_bytes(), type=dict[str, Phrase]
)


class Words:
    """The catalogue in one language."""

    def __init__(self, language: Language = "vi") -> None:
        self.language = language

    def __call__(self, name: str, **values: str) -> str:
        """Return a phrase with its values filled in.

        Raises:
            KeyError: there is no such phrase, or a value is missing.
        """
        phrase = CATALOGUE[name]
        text = phrase.vi if self.language == "vi" else phrase.en
        return text.format(**values)
