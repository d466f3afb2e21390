"""The one door to name resolution: every address of a name, or a CollectorError."""

import asyncio
import socket
from typing import Any

from contracts import hosts
from contracts.errors import MalformedHost
from monitoring.errors import CollectorError

Address = tuple[socket.AddressFamily, tuple[Any, ...]]
# A name may have any number of addresses; more than these are not tried.
MAX_ADDRESSES = 4


async def addresses_of(host: str, port: int) -> list[Address]:
    """Return the addresses to send datagrams to, in the resolver's order of preference.

    Raises:
        CollectorError: the host cannot be one, is not known, or nobody could be asked.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            hosts.host(host), port, type=socket.SOCK_DGRAM
        )
    except MalformedHost as exc:
        raise CollectorError(str(exc)) from exc
    except OSError as exc:
        raise CollectorError(f"{host}: {exc.strerror or exc}") from exc
    except ValueError as exc:  # UnicodeError, for what a resolver cannot be asked
        raise CollectorError(f"{host[:80]!r} cannot be looked up: {exc}") from exc
    unique: dict[Address, None] = dict.fromkeys((one[0], one[4]) for one in found)
    return list(unique)[:MAX_ADDRESSES]
