"""Media of a point whose line lets no UDP through: its datagrams, framed, on a connection to 8444.

    GET /session/{id}/media, Connection: Upgrade, Upgrade: diemcau-media    ->    101

Each connection has a UDP socket of its own on this machine, and what comes is sent from it to
the media port: to that it is one more address of the peer, proven by checks like any other.
A session's id is the right to it. What a slow connection does not take is dropped, as a
narrow line would.
"""

import asyncio
import re
import socket
import time
from typing import cast

from media.errors import MalformedPacket
from media.sfu.engine import RelayEngine
from media.wire.framing import MAX_FRAME, Frames, framed
from runtime.limits import TokenBucket

MOST_WAITING_BYTES = 64 * 1024
# From a point: some ten times what a camera in two sizes and a microphone send.
DATAGRAMS_PER_S, DATAGRAMS_BURST = 3000.0, 6000.0
LOOK_EVERY_S = 5.0
_READS_A_TURN = 64
_PATH = re.compile(r"/session/([\w-]{1,64})/media")
_LOOPBACK = "127.0.0.1"


class MediaTunnels:
    """All of them, one for each session: a newer one takes the older one's place."""

    token = b"diemcau-media"

    def __init__(self, engine: RelayEngine, host: str) -> None:
        """Begin with none.

        Args:
            host: where media are received; the loopback's where that is everywhere.
        """
        self.dropped_total = 0
        self._engine = engine
        self._host = _LOOPBACK if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared
        self._tunnels: dict[str, MediaTunnel] = {}

    def accept(self, path: str) -> "MediaTunnel | None":
        """Return the tunnel of a session's connection."""
        match = _PATH.fullmatch(path)
        session_id = match[1] if match else ""
        if self._engine.session(session_id) is None:
            return None
        older = self._tunnels.pop(session_id, None)
        if older is not None:
            older.close()
        tunnel = MediaTunnel(self, session_id, (self._host, self._engine.port))
        self._tunnels[session_id] = tunnel
        return tunnel

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._tunnels)

    def close(self) -> None:
        """End all, once what was said last in them has left."""
        for tunnel in list(self._tunnels.values()):
            tunnel.say_goodbye()

    def is_wanted(self, session_id: str) -> bool:
        """Return whether there is such a session still."""
        return self._engine.session(session_id) is not None

    def ended(self, session_id: str, tunnel: "MediaTunnel") -> None:
        """Forget a tunnel."""
        if self._tunnels.get(session_id) is tunnel:
            del self._tunnels[session_id]


class MediaTunnel(asyncio.Protocol):
    """One connection and its UDP socket."""

    def __init__(self, tunnels: MediaTunnels, session_id: str, target: tuple[str, int]) -> None:
        self._tunnels = tunnels
        self._session_id = session_id
        self._frames = Frames()
        self._budget = TokenBucket(per_s=DATAGRAMS_PER_S, burst=DATAGRAMS_BURST)
        family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.connect(target)
        self._transport: asyncio.Transport | None = None
        self._next_look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to carry, both ways."""
        self._transport = cast("asyncio.Transport", transport)
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._readable)
        self._look()

    def _look(self) -> None:
        """End with the session."""
        if not self._tunnels.is_wanted(self._session_id):
            self.close()
            return
        self._next_look = asyncio.get_running_loop().call_later(LOOK_EVERY_S, self._look)

    def data_received(self, data: bytes) -> None:
        """Send what is whole to the media port."""
        try:
            datagrams = self._frames.feed(data)
        except MalformedPacket:
            self.close()
            return
        now_s = time.monotonic()
        for datagram in datagrams:
            if not self._budget.take(now_s=now_s):
                self._tunnels.dropped_total += 1
                continue
            try:
                self._socket.send(datagram)
            except OSError:
                self._tunnels.dropped_total += 1

    def _readable(self) -> None:
        for _ in range(_READS_A_TURN):
            try:
                datagram = self._socket.recv(MAX_FRAME)
            except OSError:
                return
            transport = self._transport
            if transport is None or transport.get_write_buffer_size() > MOST_WAITING_BYTES:
                self._tunnels.dropped_total += 1
            else:
                transport.write(framed(datagram))

    def say_goodbye(self) -> None:
        """End the connection when all has left that came for the point so far."""
        self._readable()
        if self._transport is not None:
            self._transport.close()

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the socket back."""
        del exc
        self._transport = None
        if self._next_look is not None:
            self._next_look.cancel()
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()
        self._tunnels.ended(self._session_id, self)
