"""What every page has around it: who is signed in, the language, the time, the place."""

from dataclasses import dataclass
from datetime import datetime

from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, and what they may do; `is_bounded`: of branches of the tree alone."""

    user_name: str
    display_name: str
    is_office: bool
    is_admin: bool
    is_bounded: bool = False

    @property
    def shown_name(self) -> str:
        """The name as others know it."""
        return self.display_name or self.user_name

    @property
    def initials(self) -> str:
        """At most two letters: of the first and the last word."""
        words = self.shown_name.split()
        ends = (words[0], words[-1]) if len(words) > 1 else words[:1]
        return "".join(word[0] for word in ends).upper()


@dataclass(frozen=True, slots=True)
class Frame:
    """The page's surroundings.

    `section` is the entry of the bar that is marked; `visitor`: what kind of a link lets in who
    looks without an account (the name of its addresses in the API).
    """

    language: Language
    now: datetime
    path: str
    place_name: str
    csrf_token: str
    relay_origins: tuple[str, ...] = ()
    person: Person | None = None
    section: str = ""
    visitor: str = ""

    @property
    def other_language(self) -> str:
        """The code the switch leads to."""
        return "en" if self.language.code == "vi" else "vi"

    @property
    def is_bounded(self) -> bool:
        """Whether whoever looks is of branches of the tree, and not of the province."""
        return self.person is not None and self.person.is_bounded

    @property
    def is_office(self) -> bool:
        """Whether meetings may be set and moved."""
        return self.person is not None and self.person.is_office

    @property
    def is_admin(self) -> bool:
        """Whether units, points and codes may be made."""
        return self.person is not None and self.person.is_admin
