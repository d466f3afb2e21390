"""What a route asks for: the process' parts, a database session, who is asking.

Every route has exactly one `Access`, by one of the annotations below: `Anyone`,
`Viewer`, `Office` or `Admin`. A test walks all routes and fails on one without.
Routes that write open `writing(web.state)` themselves, so that the commit is done
before the answer leaves; they are plain `def`, which FastAPI runs in a thread.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

import anyio.to_thread
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlmodel import Session

from controller.db import bounded
from controller.db.engine import reading
from controller.errors import NotAllowed, NotSignedIn
from controller.roles import Role
from controller.settings import ControllerSettings
from controller.web import branch_door, csrf
from controller.web.live import Hub
from controller.web.metrics import WebMetrics
from controller.web.scope import Branches, BranchScope, bounds_of
from controller.web.signed_in import SignedIn, session_token
from runtime.http_peer import is_from_this_machine

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Web:
    """The parts of the web process, made once in wiring.py.

    `who` tells whose a session's cookie is, `place_name` what the installation is for;
    `parts` are the subjects' own, which a route asks for by their class.
    """

    settings: ControllerSettings
    state: Engine
    series: Engine
    now: Callable[[], datetime]
    token_key: Ed25519PrivateKey
    hub: Hub
    metrics: WebMetrics
    is_bus_connected: Callable[[], bool]
    who: Callable[[str, datetime], SignedIn | None]
    place_name: Callable[[Session, datetime], str]
    parts: tuple[object, ...]

    def part(self, kind: type[P]) -> P:
        """Return the one part of a class."""
        return next(one for one in self.parts if isinstance(one, kind))


def web_of(request: Request) -> Web:
    """Return the process' parts."""
    web = request.app.state.web
    if not isinstance(web, Web):
        raise TypeError("app.state.web is set by create_app")
    return web


def state_session(
    web: Annotated[Web, Depends(web_of)], request: Request
) -> Iterator[Session]:
    """Give a session that reads the state database, of a branch to who is of one."""
    with reading(web.state) as session:
        bounded.bind(session, lambda: bounds_of(request))
        yield session


def series_session(
    web: Annotated[Web, Depends(web_of)], request: Request
) -> Iterator[Session]:
    """Give a session that reads the series database, of a branch to who is of one."""
    with reading(web.series) as session:
        bounded.bind(session, lambda: bounds_of(request))
        yield session


def address_of(request: Request) -> str:
    """Return the client's address."""
    return request.client.host if request.client else "unknown"


class Access:
    """Who may use a route: everyone (None), or people of at least a role."""

    def __init__(self, minimum: Role | None) -> None:
        self.minimum = minimum

    async def __call__(self, request: Request) -> SignedIn | None:
        """Return who asks.

        Raises:
            NotSignedIn: a role is needed and nobody is signed in.
            NotAllowed: the role is too low, the branch too small, or the CSRF token not there.
            NotFound: the address names what is not of the person's branch.
        """
        web = web_of(request)
        token = session_token(request)
        person = None
        if token:
            person = await anyio.to_thread.run_sync(web.who, token, web.now())
        request.state.person = person  # for the page of a refusal
        if self.minimum is None:  # what anybody sees, people of a branch see as anybody
            return None if person and person.branches else person
        if person is None or token is None:
            raise NotSignedIn
        if not person.may(self.minimum):
            raise _too_low(self.minimum)
        await csrf.check(request, token)
        if person.branches:
            entered = await anyio.to_thread.run_sync(_entered, web, request, person)
            request.state.scope, person = entered
        return person


def _entered(web: Web, request: Request, person: SignedIn) -> tuple[BranchScope, SignedIn]:
    return branch_door.enter(request, person, web.part(Branches), web.state, web.now())


def local(request: Request) -> None:
    """Let only this machine use a route.

    Raises:
        NotAllowed: the request comes from elsewhere.
    """
    if not is_from_this_machine(request.scope):
        raise NotAllowed(
            "not_from_here",
            "Địa chỉ này chỉ trả lời trên chính máy chủ.",
            "This address answers on the server itself only.",
        )


def _too_low(minimum: Role) -> NotAllowed:
    who_vi, who_en = {
        Role.ADMIN: ("quản trị hệ thống", "an administrator"),
        Role.OFFICE: ("văn phòng", "the office"),
        Role.VIEWER: ("người đã đăng nhập", "someone signed in"),
    }[minimum]
    return NotAllowed(
        "not_allowed",
        f"Việc này chỉ {who_vi} làm được.",
        f"Only {who_en} can do this.",
    )


WebParts = Annotated[Web, Depends(web_of)]
StateSession = Annotated[Session, Depends(state_session)]
SeriesSession = Annotated[Session, Depends(series_session)]
Anyone = Annotated[SignedIn | None, Depends(Access(None))]
Viewer = Annotated[SignedIn, Depends(Access(Role.VIEWER))]
Office = Annotated[SignedIn, Depends(Access(Role.OFFICE))]
Admin = Annotated[SignedIn, Depends(Access(Role.ADMIN))]
FromHere = Depends(local)
