"""What of the province a person of a branch sees: the units and points of it, as the tree stands.

A person without branches sees all of it and has no scope. Who has branches comes through one
door (branch_door.py), and the database sessions of their request give only rows of the branch
(controller/db/bounded.py), so that a new page cannot forget it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import Request
from sqlmodel import Session

from controller.db.bounded import Bounds


@dataclass(frozen=True, slots=True)
class BranchScope:
    """The units and points at and below a person's branches now; `name`: what these are called."""

    bounds: Bounds
    name: str

    @property
    def naming_others(self) -> "BranchScope":
        """The same, where what is seen names points of others: of a meeting that they share."""
        return replace(self, bounds=replace(self.bounds, names_others=True))


@dataclass(frozen=True, slots=True)
class Branches:
    """What subjects tell the door of branches, by the name that an address has for a thing.

    `scope`: what lies at and below units at an instant. `is_seen`: whether a thing is there, in
    a session that is bounded. `is_own`: whether it is the branch's alone, to be changed by its
    people, in one that is not. `meetings`: those of a session that are not long over.
    """

    scope: Callable[[Session, Sequence[str], datetime], BranchScope]
    is_seen: Mapping[str, Callable[[Session, str, datetime], bool]]
    meetings: Callable[[Session, datetime], frozenset[str]]
    is_own: Mapping[str, Callable[[Session, str, Bounds], bool]]


def scope_of(request: Request) -> BranchScope | None:
    """Return what whoever asks is bounded to; None: to nothing, or it is not known yet who asks."""
    scope = getattr(request.state, "scope", None)
    return scope if isinstance(scope, BranchScope) else None


def bounds_of(request: Request) -> Bounds | None:
    """Return the bounds of the request's database sessions."""
    scope = scope_of(request)
    return scope.bounds if scope else None
