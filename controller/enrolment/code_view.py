"""An enrolment code as it is shown once: in groups, with the command to type."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.places.service import Point, Unit
from controller.web.elements import Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class CodeView:
    """The code, its end, and what to type."""

    text: str
    groups: tuple[str, ...]
    expires: str
    command: str


@dataclass(frozen=True, slots=True)
class AboutView:
    """Whose code it is."""

    point_id: str
    name: str
    crumbs: tuple[Crumb, ...]


def code(words: Language, text: str, expires_at: datetime, controller_url: str) -> CodeView:
    """Return a code for showing."""
    return CodeView(
        text=text,
        groups=tuple(text.split("-")),
        expires=f"{words.time(expires_at)}, {words.day(expires_at)}",
        command=f"sudo diemcau-agent enrol --controller {controller_url}",
    )


def about(words: Language, point: Point, path: Sequence[Unit]) -> AboutView:
    """Return whose code it is."""
    units = (Crumb(unit.name, "/points") for unit in path)
    own = Crumb(point.name, f"/points/{point.point_id}")
    last = Crumb(words.gettext("Enrolment code"))
    crumbs = (Crumb(words.gettext("Points"), "/points"), *units, own, last)
    return AboutView(point.point_id, point.name, crumbs)
