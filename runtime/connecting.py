"""A TCP connection to whichever address of a name answers first (RFC 8305). Blocks its thread.

A name may have an IPv6 address that nothing reaches. Trying one after the other until each
has timed out takes longer than whoever waits; here the next one begins a quarter of a second
later, beside the first. What is lost on the way is repeated by the kernel after a second only,
and then after two and four: where nobody answers, all are asked anew every half second, so that
a line that returns is used at once.
"""

import errno
import os
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from itertools import chain, zip_longest
from typing import Any

NEXT_ADDRESS_S = 0.25
AGAIN_S = 0.5
# Told to the other side as well, so that no packet of either is above 1,280 bytes, which
# every line carries (RFC 8200, section 5): a tunnel on the way that swallows larger ones
# without a word would let a connection open and then stand still.
SEGMENT_BYTES = 1_220
MAX_ADDRESSES = 8
MAX_OPENING = 16

Address = tuple[Any, ...]
Resolve = Callable[[str, int], Sequence[tuple[int, Address]]]


def resolve(host: str, port: int) -> list[tuple[int, Address]]:
    """Return family and address of each address of a name, as the system prefers them.

    Raises:
        OSError: the name is not known.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found]


def connect_first(
    host: str, port: int, *, timeout_s: float, resolve: Resolve = resolve
) -> socket.socket:
    """Return a connected socket, blocking with this timeout.

    Raises:
        OSError: no address answered (TimeoutError is one).
    """
    found = list(_taking_turns(resolve(host, port)))[:MAX_ADDRESSES]
    waiting = list(found)
    deadline_s = time.monotonic() + timeout_s
    again_s = time.monotonic() + AGAIN_S
    failure: OSError = TimeoutError(f"no address of {host} answered within {timeout_s:g} s")
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or selector.get_map():
                if waiting:
                    failure = _begin(selector, *waiting.pop(0)) or failure
                now_s = time.monotonic()
                left_s = deadline_s - now_s
                if left_s <= 0:
                    break
                if not waiting and now_s >= again_s:
                    waiting = found[: max(0, MAX_OPENING - len(selector.get_map()))]
                    again_s = now_s + AGAIN_S
                wait_s = min(left_s, NEXT_ADDRESS_S)
                for key, _ in selector.select(wait_s if selector.get_map() else 0):
                    channel: socket.socket = key.data
                    selector.unregister(channel)
                    error = channel.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not error:
                        channel.settimeout(timeout_s)
                        return channel
                    failure = OSError(error, os.strerror(error))
                    channel.close()
        finally:
            for key in list(selector.get_map().values()):
                key.data.close()
    raise failure


def _begin(selector: selectors.BaseSelector, family: int, address: Address) -> OSError | None:
    """Begin connecting; return why that is not possible."""
    try:
        channel = socket.socket(family, socket.SOCK_STREAM)
    except OSError as exc:  # a kernel without this family
        return exc
    channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
    channel.setblocking(False)
    error = channel.connect_ex(address)
    if error not in (0, errno.EINPROGRESS):
        channel.close()
        return OSError(error, os.strerror(error))
    selector.register(channel, selectors.EVENT_WRITE, channel)
    return None


def _taking_turns(found: Sequence[tuple[int, Address]]) -> list[tuple[int, Address]]:
    """Return the addresses with the families alternating, the preferred one first."""
    first = found[0][0] if found else 0
    preferred = [one for one in found if one[0] == first]
    others = [one for one in found if one[0] != first]
    turns = chain.from_iterable(zip_longest(preferred, others))
    return [one for one in turns if one is not None]
