"""The near end of a way over TLS for a socket that speaks UDP: an address of this machine.

What comes there from that socket's port goes framed on a connection that somebody else opened,
and back (media/relay/media_tunnel.py is the far end). To the socket it is one more address of
its peer. What the connection does not take at once is dropped, as a narrow line would.
"""

import asyncio
import socket

from media.errors import MalformedPacket
from media.transport.address import Address
from media.wire.framing import MAX_FRAME, Frames, framed

MOST_WAITING_BYTES = 64 * 1024
_READ_BYTES = 64 * 1024
_READS_A_TURN = 64


class TunnelEntrance:
    """One connection and its UDP socket; `run` carries until the connection ends."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        port: int,
        is_v6: bool = False,
    ) -> None:
        """Take the connection.

        Args:
            port: of the socket that it is for, which is bound to every address.
        """
        self.dropped_total = 0
        self._reader, self._writer = reader, writer
        loopback = "::1" if is_v6 else "127.0.0.1"
        family = socket.AF_INET6 if is_v6 else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((loopback, 0))
        self._socket.connect((loopback, port))  # and nothing is taken from anybody else

    @property
    def address(self) -> Address:
        """Where the socket sends what is to go this way."""
        address: Address = self._socket.getsockname()
        return address

    async def run(self) -> None:
        """Carry both ways, until the connection ends or breaks."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._socket.fileno(), self._readable)
        frames = Frames()
        try:
            while data := await self._reader.read(_READ_BYTES):
                for datagram in frames.feed(data):
                    self._give(datagram)
        except (OSError, MalformedPacket):
            return
        finally:
            loop.remove_reader(self._socket.fileno())
            self._socket.close()
            self._writer.transport.abort()

    def _give(self, datagram: bytes) -> None:
        try:
            self._socket.send(datagram)
        except OSError:
            self.dropped_total += 1

    def _readable(self) -> None:
        transport = self._writer.transport
        for _ in range(_READS_A_TURN):
            try:
                datagram = self._socket.recv(MAX_FRAME)
            except OSError:
                return
            if transport.is_closing() or transport.get_write_buffer_size() > MOST_WAITING_BYTES:
                self.dropped_total += 1
            else:
                transport.write(framed(datagram))
