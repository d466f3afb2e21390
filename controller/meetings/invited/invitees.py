"""Who is to be told what, by what everybody was told before: pure."""

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

NAMES_SHOWN = 4
MAX_POINTS_CHARS = 400


@dataclass(frozen=True, slots=True)
class Reached:
    """One card with an address, and the point that it is invited for."""

    address: str
    name: str
    point_name: str


@dataclass(frozen=True, slots=True)
class Invitee:
    """One address, and where its owner is to be, in the order of the meeting."""

    address: str
    name: str
    points: tuple[str, ...]


class LetterKind(Enum):
    """What somebody is told."""

    REQUEST = "request"
    UPDATE = "update"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class ToTell:
    """One letter to write; `key`: of its address, as key_of says; `said`: its hash."""

    what: LetterKind
    key: str
    said: str


def key_of(address: str) -> str:
    """Return by what an address is known everywhere, whatever its letters' case."""
    return address.casefold()


def invitees(reached: Iterable[Reached]) -> list[Invitee]:
    """Return each address once, whatever its letters' case, with every point that it is of."""
    found: dict[str, Invitee] = {}
    for one in reached:
        key = key_of(one.address)
        before = found.get(key)
        points = before.points if before else ()
        if one.point_name not in points:
            points = (*points, one.point_name)
        first = before or Invitee(one.address, one.name, ())
        found[key] = Invitee(first.address, first.name, points)
    return list(found.values())


def at_most(people: Sequence[Invitee], told: Mapping[str, str], *, count: int) -> Sequence[Invitee]:
    """Return so many, in their order, before all those who are invited already.

    Whoever is invited is not told that they are not, since others came before them.
    """
    if len(people) <= count:
        return people
    first = sorted(range(len(people)), key=lambda at: not told.get(key_of(people[at].address)))
    return [people[at] for at in sorted(first[:count])]


def said_of(facts: Sequence[str]) -> str:
    """Return by what it is known whether somebody was told the same before."""
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()


def to_tell(wanted: Mapping[str, str], told: Mapping[str, str]) -> list[ToTell]:
    """Return what has to be told.

    Args:
        wanted: what each address is to know, by key_of it, as said_of has it; whoever is not there
            is not invited (any more).
        told: what each was told last; empty: that they are not invited any more.
    """
    found = []
    for key, said in wanted.items():
        before = told.get(key, "")
        if before != said:
            what = LetterKind.UPDATE if before else LetterKind.REQUEST
            found.append(ToTell(what, key, said))
    gone = [key for key, said in told.items() if said and key not in wanted]
    return [*found, *(ToTell(LetterKind.CANCEL, key, "") for key in gone)]


def is_a_change(letters: Iterable[ToTell], told: Container[str]) -> bool:
    """Return whether SEQUENCE grows (RFC 5546, section 2.1.4): not where some are new only."""
    return any(one.what is not LetterKind.REQUEST or one.key in told for one in letters)
