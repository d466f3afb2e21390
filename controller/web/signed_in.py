"""Who makes a request, as far as every page and route needs to know."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from controller.roles import Role
from controller.web.host_cookie import HostCookie

COOKIE = HostCookie("diemcau_session")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who makes this request. `branches`: the units they are bounded to; none: the province."""

    user_name: str
    display_name: str
    role: Role
    csrf_token: str
    branches: tuple[str, ...] = ()

    def may(self, role: Role) -> bool:
        """Whether the person's role includes the given one."""
        order = list(Role)
        return order.index(self.role) >= order.index(role)


@dataclass(frozen=True, slots=True)
class Standing:
    """Tells whether a session still stands; asking does not prolong it."""

    stands: Callable[[str, datetime], bool]


def session_token(request: Request) -> str | None:
    """Return what a request's session cookie says."""
    return COOKIE.shown_by(request)
