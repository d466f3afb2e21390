"""An address as sockets name it, and as it is compared."""

from collections.abc import Iterable

from contracts import hosts
from contracts.errors import MalformedHost
from contracts.hosts import Endpoint

# For IPv6 with flow and scope, as the socket says; whatever is sent there may leave them out.
Address = tuple[str, int] | tuple[str, int, int, int]
ANY_V4 = "0.0.0.0"  # noqa: S104 - compared, not bound


def listening(host: str, candidates: Iterable[str]) -> str:
    """Return what to listen at: all of IPv4 becomes all of both where a candidate is of IPv6."""
    is_v6_told = any(":" in candidate for candidate in candidates)
    return "::" if host == ANY_V4 and is_v6_told else host


def plain(address: Address) -> Endpoint | None:
    """Return host and port in their one form, IPv4 as itself; None: no IP address of any use."""
    try:
        return hosts.address(address[0]), address[1]
    except MalformedHost:
        return None
