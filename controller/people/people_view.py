"""The page of people: who may sign in, and as what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from controller.people.people_queries import Account
from controller.roles import Role
from controller.web.i18n.language import N_, Language

ROLE_NAMES = {
    Role.VIEWER: N_("Viewer"),
    Role.OFFICE: N_("Office"),
    Role.ADMIN: N_("Administrator"),
}


@dataclass(frozen=True, slots=True)
class PersonEntered:
    """What was typed into the form of a new person, and what is wrong with it."""

    user_name: str = ""
    display_name: str = ""
    role: str = Role.VIEWER.value
    problem: str = ""

    def with_problem(self, problem: str) -> "PersonEntered":
        """Return the same with what is wrong."""
        return replace(self, problem=problem)


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """One role of the list."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person."""

    user_name: str
    display_name: str
    role: str
    role_name: str
    is_disabled: bool
    is_oneself: bool
    seen: str


@dataclass(frozen=True, slots=True)
class PeopleView:
    """All the page shows. `made_name` has just been given `made_password`."""

    rows: tuple[PersonRow, ...]
    roles: tuple[RoleChoice, ...]
    entered: PersonEntered
    made_name: str
    made_password: str


def view(
    words: Language,
    now: datetime,
    accounts: Sequence[Account],
    oneself: str,
    entered: PersonEntered,
    made: tuple[str, str] | None,
) -> PeopleView:
    """Return the page's view."""
    name, password = made or ("", "")
    return PeopleView(
        rows=tuple(_row(words, now, one, oneself) for one in accounts),
        roles=tuple(RoleChoice(one.value, words.gettext(text)) for one, text in ROLE_NAMES.items()),
        entered=entered,
        made_name=name,
        made_password=password,
    )


def _row(words: Language, now: datetime, one: Account, oneself: str) -> PersonRow:
    if one.disabled_at is not None:
        seen = words.gettext("disabled %(time)s", time=words.moment(one.disabled_at, now))
    elif one.last_seen_at is not None:
        seen = words.gettext("signed in, seen %(time)s", time=words.moment(one.last_seen_at, now))
    else:
        seen = words.gettext("not signed in")
    return PersonRow(
        user_name=one.user_name,
        display_name=one.display_name,
        role=one.role.value,
        role_name=words.gettext(ROLE_NAMES[one.role]),
        is_disabled=one.disabled_at is not None,
        is_oneself=one.user_name == oneself,
        seen=seen,
    )
