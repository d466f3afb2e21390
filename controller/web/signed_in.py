"""Who makes a request, as far as every page and route needs to know."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from controller.roles import Role

# Plain HTTP is served on loopback only. Over HTTPS the prefix binds the cookie to this host
# and to HTTPS, so that no neighbour can give a browser another one's session.
COOKIE, HTTPS_COOKIE = "diemcau_session", "__Host-diemcau_session"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who makes this request."""

    user_name: str
    display_name: str
    role: Role
    csrf_token: str

    def may(self, role: Role) -> bool:
        """Whether the person's role includes the given one."""
        order = list(Role)
        return order.index(self.role) >= order.index(role)


@dataclass(frozen=True, slots=True)
class Standing:
    """Tells whether a session still stands; asking does not prolong it."""

    stands: Callable[[str, datetime], bool]


def is_https(request: Request) -> bool:
    """Return whether a request came over HTTPS."""
    return request.url.scheme == "https"


def session_token(request: Request) -> str | None:
    """Return what a request's session cookie says."""
    return request.cookies.get(HTTPS_COOKIE if is_https(request) else COOKIE)
