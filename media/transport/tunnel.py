"""A leg's way over TLS, where no UDP gets through: one more of its sockets, to one address.

Its datagrams go framed on a connection that somebody else opened. What the connection does
not take at once is dropped: a queue here would only make the next packets late.
"""

import asyncio
from collections.abc import Callable

from contracts.hosts import Endpoint
from media.errors import MalformedPacket
from media.transport.address import Address
from media.transport.udp import DatagramHandler
from media.wire.framing import Frames, framed

MOST_WAITING_BYTES = 32 * 1024
_READ_BYTES = 16 * 1024


class Tunnel:
    """Looks like a socket to a leg. `run` reads until the connection ends."""

    port = 0

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.dropped_total = 0
        self._reader, self._writer = reader, writer
        self._buffer = memoryview(bytearray(0))
        self._remote: Endpoint = ("", 0)
        self._on_datagram: DatagramHandler | None = None
        self._on_drained: Callable[[], None] | None = None

    def lead_to(self, remote: Endpoint, receive_buffer: memoryview) -> None:
        """Take what comes to be from there; read into this buffer."""
        self._remote, self._buffer = remote, receive_buffer

    def start(self, on_datagram: DatagramHandler, on_drained: Callable[[], None]) -> None:
        """Give what comes to these from now on."""
        self._on_datagram, self._on_drained = on_datagram, on_drained

    def send(self, data: bytes | bytearray | memoryview, address: Address) -> None:
        """Send a datagram, to wherever the tunnel leads."""
        del address
        transport = self._writer.transport
        if transport.is_closing() or transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            self.dropped_total += 1
        else:
            transport.write(framed(memoryview(data)))

    async def run(self) -> None:
        """Take what comes, until the connection ends or breaks."""
        frames = Frames()
        try:
            while data := await self._reader.read(_READ_BYTES):
                for datagram in frames.feed(data):
                    self._take(datagram)
                if self._on_drained is not None:
                    self._on_drained()
        except (OSError, MalformedPacket):
            return
        finally:
            self.close()

    def _take(self, datagram: bytes) -> None:
        size = len(datagram)
        if self._on_datagram is not None and size <= len(self._buffer):
            self._buffer[:size] = datagram
            self._on_datagram(self._buffer, size, self._remote)

    def close(self) -> None:
        """End the connection."""
        self._writer.transport.abort()
