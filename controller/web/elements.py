"""What pages of several subjects draw: a badge, a step of the way to a page, a choice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Badge:
    """What a template draws: the sprite's name, the class of the colour, the word."""

    icon: str
    css: str
    word: str


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way to a page; the last has no address."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a list; `note`: said once it is chosen."""

    id: str
    name: str
    is_chosen: bool = False
    is_allowed: bool = True
    badge: Badge | None = None
    note: str = ""
