"""The address of what `diemcau-agent probe` is to ask."""

import asyncio
import ipaddress
import socket
import threading
from concurrent.futures import Future
from typing import Any

from agent.errors import EXIT_FAILED, ProbeFailed

RESOLVE_S = 5.0


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
