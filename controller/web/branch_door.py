"""The door for people of a branch: what is open to them at all, and what of it they may name.

Whatever is not listed in branch_routes.py is refused. What an address names (a point, a
meeting) has to be the branch's own, else it is not there; a meeting or an incident that others are in
as well is read and not changed.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from fastapi import Request
from sqlalchemy import Engine

from controller.db import bounded
from controller.db.bounded import Bounds
from controller.db.engine import reading
from controller.errors import NotAllowed, NotFound
from controller.roles import Role
from controller.web import branch_routes
from controller.web.scope import Branches, BranchScope
from controller.web.signed_in import SignedIn


def enter(
    request: Request, person: SignedIn, branches: Branches, state: Engine, now: datetime
) -> tuple[BranchScope, SignedIn]:
    """Return what a person of a branch is bounded to in this request, and as whom they ask.

    Of what others are in as well they are shown what somebody is shown who only looks.

    Raises:
        NotAllowed: it is for the whole province, or a meeting is not theirs to change.
        NotFound: the address names what is not of the branch.
    """
    path, named = getattr(request.scope.get("route"), "path", ""), request.path_params
    method = "GET" if request.method == "HEAD" else request.method
    route = f"{method} {path}"
    if route not in branch_routes.OPEN:
        raise _whole_province()
    with reading(state) as session:
        scope = branches.scope(session, person.branches, now)
    if branch_routes.names_others(path):
        scope = scope.naming_others
    with reading(state) as session:
        bounded.bind(session, lambda: scope.bounds)
        for name, value in named.items():
            is_seen = branches.is_seen.get(_kind(path, name))
            if is_seen is not None and not is_seen(session, str(value), now):
                raise NotFound("mục này trong phạm vi được giao", "such thing in your branch")
    is_change = (method != "GET" and route not in branch_routes.LOOKS) or (
        route in branch_routes.FORMS
    )
    with reading(state) as session:
        for name, value in named.items():
            is_own = branches.is_own.get(_kind(path, name))
            if is_own is not None and not is_own(session, str(value), scope.bounds):
                if is_change:
                    raise _not_ones_own()
                person = replace(person, role=Role.VIEWER)
    return scope, person


def refuse_outside(bounds: Bounds | None, point_ids: Iterable[str], unit_id: str | None) -> None:
    """Let people of a branch name no points and no unit but its own in what they send.

    Raises:
        NotFound: one is of others; whether there is such a one is not said.
    """
    if bounds is None:
        return
    if not bounds.point_ids.issuperset(point_ids):
        raise NotFound("điểm cầu này trong phạm vi được giao", "such point in your branch")
    if unit_id and unit_id not in bounds.unit_ids:
        raise NotFound("đơn vị này trong phạm vi được giao", "such unit in your branch")


def refuse_bounded(bounds: Bounds | None) -> None:
    """Let people of a branch do nothing that is for the whole province.

    Raises:
        NotAllowed: whoever asks is of a branch.
    """
    if bounds is not None:
        raise _whole_province()


def _kind(path: str, name: str) -> str:
    """Return what a parameter of an address names."""
    if name == "place_id":
        return "unit_id" if "/units/" in path else "point_id"
    if name == "meeting_id" and "/series/" in path:
        return "date_id"  # with it all later ones may be changed
    return name


def _whole_province() -> NotAllowed:
    return NotAllowed(
        "whole_province_only",
        "Tài khoản này chỉ phụ trách một phần của cây đơn vị; trang hoặc việc này dành cho người "
        "phụ trách toàn tỉnh.",
        "This account is for a branch of the tree; this is for people of the whole province.",
    )


def _not_ones_own() -> NotAllowed:
    return NotAllowed(
        "not_of_branch_alone",
        "Việc này có điểm cầu hoặc đơn vị ngoài phạm vi được giao: chỉ xem, không sửa được.",
        "Points or units outside your branch are in this: it can be seen and not changed.",
    )
