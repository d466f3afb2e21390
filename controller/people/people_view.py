"""The page of people: who may sign in, and as what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from controller.people.accounts import MAX_BRANCHES
from controller.people.oidc.identities import IdentityState
from controller.people.people_queries import Account
from controller.places.tree import Branch
from controller.roles import Role
from controller.web.elements import Crumb
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
    branch: str = ""
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
class BranchChoice:
    """One unit that people may be bounded to; `name` indented by its depth."""

    unit_id: str
    name: str
    depth: int = 0
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person. `branches`: what they are bounded to; empty: to nothing.

    `identity`: who they are at the provider of identities; `identity_action`: what may be done
    about that (allow, forget); both empty where there is no provider.
    """

    user_name: str
    display_name: str
    role: str
    role_name: str
    branches: str
    is_disabled: bool
    is_oneself: bool
    seen: str
    identity: str = ""
    identity_action: str = ""


@dataclass(frozen=True, slots=True)
class PeopleView:
    """All the page shows. `made_name` has just been given `made_password`."""

    rows: tuple[PersonRow, ...]
    roles: tuple[RoleChoice, ...]
    units: tuple[BranchChoice, ...]
    entered: PersonEntered
    made_name: str
    made_password: str


@dataclass(frozen=True, slots=True)
class BranchesView:
    """The page on which one person's branches are chosen. `gone`: chosen units that ended."""

    crumbs: tuple[Crumb, ...]
    user_name: str
    shown_name: str
    units: tuple[BranchChoice, ...]
    gone: tuple[BranchChoice, ...]
    most: int
    problem: str


def branches_view(
    words: Language,
    one: Account,
    tree: Sequence[Branch],
    chosen: Collection[str],
    names: Mapping[str, str],
    problem: str = "",
) -> BranchesView:
    """Return the page of a person's branches.

    Args:
        names: of units that are chosen, those that have ended among them.
    """
    there = {each.unit.unit_id for each in tree}
    ended = words.gettext("ended")
    return BranchesView(
        crumbs=(Crumb(words.gettext("People"), "/people"),),
        user_name=one.user_name,
        shown_name=one.display_name or one.user_name,
        units=unit_choices(tree, chosen),
        gone=tuple(
            BranchChoice(unit_id, f"{names.get(unit_id, unit_id)} ({ended})", is_chosen=True)
            for unit_id in chosen
            if unit_id not in there
        ),
        most=MAX_BRANCHES,
        problem=problem,
    )


def unit_choices(tree: Sequence[Branch], chosen: Collection[str] = ()) -> tuple[BranchChoice, ...]:
    """Return the units of a tree to choose from."""
    return tuple(
        BranchChoice(
            one.unit.unit_id, one.unit.name, one.depth, is_chosen=one.unit.unit_id in chosen
        )
        for one in tree
    )


def view(
    words: Language,
    now: datetime,
    accounts: Sequence[Account],
    tree: Sequence[Branch],
    names: Mapping[str, str],
    oneself: str,
    entered: PersonEntered,
    made: tuple[str, str] | None,
    identities: Mapping[str, IdentityState] | None = None,
) -> PeopleView:
    """Return the page's view. `identities`: None where there is no provider of identities."""
    name, password = made or ("", "")
    return PeopleView(
        rows=tuple(
            _with_identity(
                words,
                now,
                _row(words, now, one, oneself, _named(words, one, tree, names)),
                identities,
            )
            for one in accounts
        ),
        roles=tuple(RoleChoice(one.value, words.gettext(text)) for one, text in ROLE_NAMES.items()),
        units=unit_choices(tree),
        entered=entered,
        made_name=name,
        made_password=password,
    )


def _named(words: Language, one: Account, tree: Sequence[Branch], names: Mapping[str, str]) -> str:
    there = {each.unit.unit_id for each in tree}
    ended = words.gettext("ended")
    told = [
        names.get(unit_id, unit_id) + ("" if unit_id in there else f" ({ended})")
        for unit_id in one.branches
    ]
    return ", ".join(told)


def _row(words: Language, now: datetime, one: Account, oneself: str, branches: str) -> PersonRow:
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
        branches=branches,
        is_disabled=one.disabled_at is not None,
        is_oneself=one.user_name == oneself,
        seen=seen,
    )


def _with_identity(
    words: Language,
    now: datetime,
    row: PersonRow,
    identities: Mapping[str, IdentityState] | None,
) -> PersonRow:
    if identities is None:
        return row
    known = identities.get(row.user_name)
    if known is None:
        is_by_name = row.role != Role.ADMIN.value
        return row if is_by_name else replace(row, identity_action="allow")
    if known.linked_at is None:
        said = words.gettext("may come from the provider")
    else:
        said = words.gettext(
            "from the provider since %(time)s", time=words.moment(known.linked_at, now)
        )
    return replace(row, identity=said, identity_action="forget")
