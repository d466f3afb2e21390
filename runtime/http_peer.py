"""Who is at the other end of a request, as far as addresses tell."""

from collections.abc import Mapping
from typing import Any

_LOOPBACK = ("127.0.0.1", "::1")
_V4_WITHIN_V6 = "::ffff:"


def plain(peer: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a socket's name with IPv4 as itself, where the socket is of both families."""
    host = peer[0]
    return (host.removeprefix(_V4_WITHIN_V6) if "." in host else host, *peer[1:])


def is_from_this_machine(scope: Mapping[str, Any]) -> bool:
    """Return whether a request came over the loopback, or from the address it was sent to."""
    client = (scope.get("client") or ("", 0))[0]
    server = (scope.get("server") or ("", 0))[0]
    return client in _LOOPBACK or client == server != ""
