"""The door for people of a branch: what is open to them at all, and what of it they may name.

Whatever is not listed in branch_routes.py is refused. What an address names (a point, a
meeting) has to be the branch's own, else it is not there; a meeting that the branch only takes
part in is read and not changed.
"""

from collections.abc import Mapping
from datetime import datetime

from fastapi import Request
from sqlalchemy import Engine

from controller.db import bounded
from controller.db.engine import reading
from controller.errors import NotAllowed, NotFound
from controller.web import branch_routes
from controller.web.scope import Branches, BranchScope
from controller.web.signed_in import SignedIn


def enter(
    request: Request, person: SignedIn, branches: Branches, state: Engine, now: datetime
) -> BranchScope:
    """Return what a person of a branch is bounded to in this request.

    Raises:
        NotAllowed: it is for the whole province, or a meeting is not theirs to change.
        NotFound: the address names what is not of the branch.
    """
    route, named = _route(request), request.path_params
    if route not in branch_routes.OPEN:
        raise _whole_province()
    with reading(state) as session:
        scope = branches.scope(session, person.branches, now)
    if route.partition(" ")[2].startswith(branch_routes.NAMES_OTHERS):
        scope = scope.naming_others
    with reading(state) as session:
        bounded.bind(session, lambda: scope.bounds)
        for name, value in named.items():
            is_seen = branches.is_seen.get(_kind(route, name))
            if is_seen is not None and not is_seen(session, str(value), now):
                raise NotFound("mục này trong phạm vi được giao", "such thing in your branch")
        if _changes_meeting(route, named) and not branches.is_own_meeting(
            session, str(named["meeting_id"]), scope.bounds
        ):
            raise _not_ones_own()
    return scope


def _route(request: Request) -> str:
    """Return what is asked for as branch_routes.py writes it; a HEAD is a GET."""
    path = getattr(request.scope.get("route"), "path", "")
    method = "GET" if request.method == "HEAD" else request.method
    return f"{method} {path}"


def _kind(route: str, name: str) -> str:
    """Return what a parameter of an address names: `place_id` is a point's or a unit's."""
    if name == "place_id":
        return "unit_id" if "/units/" in route else "point_id"
    return name


def _changes_meeting(route: str, named: Mapping[str, object]) -> bool:
    is_read = route.startswith("GET ") or route in branch_routes.ONLY_LOOKS
    return "meeting_id" in named and not is_read


def _whole_province() -> NotAllowed:
    return NotAllowed(
        "whole_province_only",
        "Tài khoản này chỉ phụ trách một phần của cây đơn vị; trang hoặc việc này dành cho người "
        "phụ trách toàn tỉnh.",
        "This account is for a branch of the tree; this is for people of the whole province.",
    )


def _not_ones_own() -> NotAllowed:
    return NotAllowed(
        "not_your_meeting",
        "Cuộc họp này do đơn vị ngoài phạm vi được giao chủ trì: chỉ xem được.",
        "This meeting is led from outside your branch: it can be seen and not changed.",
    )
