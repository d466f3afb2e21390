"""A publisher made of nothing but our own packets: it sends what no encoder makes."""

import asyncio
import struct
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from tests.fakes.raw_peer import RawPeer

SSRC = 0x0BAD0001
PAYLOAD_TYPE = 96
FRAME_TICKS = 3000
Ask = Callable[[str, str], Awaitable[httpx.Response]]


class RawPublisher(RawPeer):
    """One session that sends VP8 payloads as they are given."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self._number = 0
        self._timestamp = 0
        self._is_first = True
        self.count = 0
        self.sent: deque[bytes] = deque(maxlen=50)

    def offer(self) -> str:
        """Return a sendonly offer."""
        return super().offer().replace("a=recvonly", "a=sendonly")

    @classmethod
    @asynccontextmanager
    async def joined(cls, host: str, ask: Ask) -> AsyncIterator["RawPublisher"]:
        """Publish through `ask("whip", offer)`, and check the path each second."""
        peer = cls(host)
        answer = await ask("whip", peer.offer())
        assert answer.status_code == 201, answer.text
        await peer.connect(answer.text)
        checking = asyncio.create_task(peer._keep_checking(), name="checks")
        try:
            yield peer
        finally:
            checking.cancel()
            await peer.close()

    async def _keep_checking(self) -> None:
        while True:
            self.check()
            await asyncio.sleep(1)

    def send_picture(self, payload: bytes, *, is_last: bool) -> None:
        """Send one packet of a picture; the next after the last begins another."""
        assert self.srtp is not None
        self._number = (self._number + 1) & 0xFFFF
        marker = 0x80 if is_last else 0
        head = struct.pack(
            "!BBHII", 0x80, marker | PAYLOAD_TYPE, self._number, self._timestamp, SSRC
        )
        begins = b"\x10" if self._is_first else b"\x00"
        body = payload if payload[:1] == b"\x10" else begins + payload
        self._is_first = is_last
        if is_last:
            self._timestamp = (self._timestamp + FRAME_TICKS) & 0xFFFFFFFF
        datagram = self.srtp.protect(head + body)
        self.sent.append(datagram)
        self.count += 1
        self.socket.endpoint.send(datagram, self.address)
