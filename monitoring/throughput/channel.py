"""What both ends of a throughput test do with a connection."""

import asyncio
import contextlib
import socket

CHUNK_BYTES = 16 * 1024
UNSENT_BYTES = 16 * 1024


def fill_the_line(channel: socket.socket) -> None:
    """Have the kernel send as most senders do, and keep little that is not on its way."""
    with contextlib.suppress(OSError):  # where there is no cubic the usual way has to do
        channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
    with contextlib.suppress(OSError):
        channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)


async def read_exactly(channel: socket.socket, count: int) -> bytes:
    """Return so many bytes.

    Raises:
        ConnectionResetError: it ended before.
    """
    loop, found = asyncio.get_running_loop(), b""
    while len(found) < count:
        more = await loop.sock_recv(channel, count - len(found))
        if not more:
            raise ConnectionResetError("the connection ended too early")
        found += more
    return found
