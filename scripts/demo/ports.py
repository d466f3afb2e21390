"""Free ports: the known ones where they are free, others where not."""

import socket
from typing import Literal

Transport = Literal["tcp", "udp", "both"]


def is_free(port: int, transport: Transport) -> bool:
    """Return whether the port can be bound on every address of this machine."""
    if transport == "both":
        return is_free(port, "tcp") and is_free(port, "udp")
    kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as probe:
        if transport == "tcp":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 - only to learn whether it is free
        except OSError:
            return False
    return True


def choose(preferred: int, transport: Transport, taken: set[int]) -> int:
    """Return the preferred port or the next free one above it, and note it as taken."""
    for port in range(preferred, 65536):
        if port not in taken and is_free(port, transport):
            taken.add(port)
            return port
    raise OSError(f"no free {transport} port from {preferred} on")
