"""Templates to responses: one Jinja environment per language, and names of built files."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.responses import HTMLResponse

from controller.web.i18n.catalogue import languages
from controller.web.i18n.language import Language
from controller.web.frame import Frame

CONTROLLER = Path(__file__).resolve().parent.parent
STATIC = CONTROLLER / "web/static"


def _hashes() -> Mapping[str, str]:
    manifest = STATIC / "manifest.json"
    if not manifest.is_file():
        return {}
    known: dict[str, str] = json.loads(manifest.read_text())
    return known


def _asset(hashes: Mapping[str, str], name: str) -> str:
    return f"/static/{name}?v={hashes[name]}" if name in hashes else f"/static/{name}"


def _templates() -> PrefixLoader:
    """Find `health/point.html` in the templates of that subject."""
    folders = sorted(CONTROLLER.glob("*/templates"))
    return PrefixLoader({folder.parent.name: FileSystemLoader(folder) for folder in folders})


def _environment(language: Language, hashes: Mapping[str, str]) -> Environment:
    environment = Environment(
        loader=_templates(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    install = environment.install_gettext_translations  # type: ignore[attr-defined]
    install(language.catalogue, newstyle=True)
    environment.globals["words"] = language
    environment.globals["asset"] = lambda name: _asset(hashes, name)
    environment.globals["icons"] = _asset(hashes, "icons.svg")
    return environment


@lru_cache(maxsize=1)
def _environments() -> Mapping[str, Environment]:
    hashes = _hashes()
    return {code: _environment(language, hashes) for code, language in languages().items()}


def html(template: str, frame: Frame, **values: object) -> str:
    """Return a template filled in, in the frame's language."""
    environment = _environments()[frame.language.code]
    return environment.get_template(template).render(frame=frame, **values)


def page(template: str, frame: Frame, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page or a part of one; it is never kept by the browser or a proxy."""
    return HTMLResponse(
        html(template, frame, **values),
        status_code=status,
        headers={
            "Cache-Control": "no-store",
            "Content-Language": frame.language.code,
            "Content-Security-Policy": _policy(frame),
        },
    )


def _policy(frame: Frame) -> str:
    """Everything is ours; only the player speaks to the relays."""
    relays = " ".join(frame.relay_origins)
    return (
        "default-src 'self'; img-src 'self' data:; media-src 'self' blob: mediastream:; "
        f"connect-src 'self' {relays}; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
