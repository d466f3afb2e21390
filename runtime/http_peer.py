"""Who is at the other end of a request, as far as addresses tell."""

from collections.abc import Mapping
from typing import Any

_LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


def is_from_this_machine(scope: Mapping[str, Any]) -> bool:
    """Return whether a request came over the loopback, or from the address it was sent to."""
    client = (scope.get("client") or ("", 0))[0]
    server = (scope.get("server") or ("", 0))[0]
    return client in _LOOPBACK or client == server != ""
