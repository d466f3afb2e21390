"""Where what `diemcau-agent probe` is to ask is found: as it is typed, and its address."""

import asyncio
import ipaddress
import socket
import threading
from concurrent.futures import Future
from typing import Any

from agent.errors import EXIT_FAILED, EXIT_USAGE, ProbeFailed
from contracts import hosts, numbers
from contracts.errors import MalformedHost, MalformedNumber

RESOLVE_S = 5.0
MAX_PORT = 65_535
_SHOWN_CHARS = 80


def place_of(text: str, port: int) -> tuple[str, int]:
    """Return host and port of `HOST`, `HOST:PORT`, `[IPv6]`, `[IPv6]:PORT` or `IPv6`.

    Args:
        port: what it is where none is given.

    Raises:
        ProbeFailed: it is none of these.
    """
    host, typed = text, str(port)
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        typed = rest.removeprefix(":") or typed
    elif text.count(":") == 1:
        host, typed = text.split(":")
    try:
        return hosts.host(host), numbers.whole(typed, least=1, most=MAX_PORT)
    except (MalformedHost, MalformedNumber) as exc:
        vi = f"Địa chỉ cần hỏi không dùng được: {text[:_SHOWN_CHARS]!r}."
        raise ProbeFailed("usage", EXIT_USAGE, vi=vi, en=f"{exc}.") from exc


async def address_of(host: str) -> str:
    """Return the address of a host, which may be one already.

    Raises:
        ProbeFailed: no address is known for it.
    """
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        found = await asyncio.wait_for(_resolved(host), RESOLVE_S)
    except OSError as exc:
        vi = f"Không tìm thấy địa chỉ của {host}. Kiểm tra tên, DNS, hoặc dùng địa chỉ IP."
        en = f"No address is known for {host}. Check the name and DNS, or give the IP address."
        raise ProbeFailed("unknown_name", EXIT_FAILED, vi=vi, en=en) from exc
    return str(found[0][4][0])


async def _resolved(host: str) -> list[tuple[Any, ...]]:
    """Return what the resolver says; no end of the program waits for one that says nothing."""
    answer: Future[list[tuple[Any, ...]]] = Future()
    answer.set_running_or_notify_cancel()  # it may be told when nobody listens any more

    def ask() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM))
        except OSError as exc:
            answer.set_exception(exc)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    return await asyncio.wrap_future(answer)
