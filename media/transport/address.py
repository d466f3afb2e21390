"""An address as sockets name it, and as it is compared."""

from contracts import hosts
from contracts.errors import MalformedHost

# For IPv6 with flow and scope, as the socket says; whatever is sent there may leave them out.
Address = tuple[str, int] | tuple[str, int, int, int]
Endpoint = tuple[str, int]


def plain(address: Address) -> Endpoint | None:
    """Return host and port in their one form, IPv4 as itself; None: no IP address of any use."""
    try:
        return hosts.address(address[0]), address[1]
    except MalformedHost:
        return None
