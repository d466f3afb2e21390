"""A player made of nothing but our own packets, for what no real client lets a test do.

It answers checks and nothing else by itself: every check of its own, report and request is the
test's to send.
"""

import asyncio
import secrets
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from media.transport.address import Address
from media.transport.demultiplexing import demultiplexed
from media.transport.dtls import (
    DtlsCertificate,
    DtlsRole,
    DtlsSession,
    PacketBuffer,
    SrtpContext,
)
from media.transport.udp import UdpEndpoint
from media.wire import rtp, sdp, stun
from media.wire.ice_credentials import fresh_credentials
from tests.waiting import until

VP8 = sdp.Codec(96, "VP8", 90_000, feedback=("nack", "nack pli"))
OPUS = sdp.Codec(111, "opus", 48_000, 2)


class Socket:
    """One local address of the peer."""

    def __init__(self, peer: "RawPeer", host: str) -> None:
        self._buffer = PacketBuffer()
        self.peer = peer
        self.media = 0
        self.is_answering = True
        self.senders: set[tuple[str, int]] = set()
        self.encrypted: list[bytes] = []
        self.endpoint = peer.where(lambda: UdpEndpoint(host, 0, receive_buffer=self._buffer.view))
        self._take = demultiplexed(
            stun=self._checked, dtls=self._flight, media=self._media, other=self._checked
        )
        self.endpoint.start(self._received, lambda: None)

    def _received(self, buffer: memoryview, size: int, address: Address) -> None:
        self.senders.add((address[0], address[1]))
        self._take(buffer, size, address)

    def _media(self, buffer: memoryview, size: int, _address: Address) -> None:
        self.media += 1
        self.encrypted.append(bytes(buffer[:size]))
        self.peer.took_media(self._buffer, size)

    def _flight(self, buffer: memoryview, size: int, _address: Address) -> None:
        self.peer.dtls_sizes.append(size)
        self.peer.dtls.feed(bytes(buffer[:size]))

    def _checked(self, buffer: memoryview, size: int, address: Address) -> None:
        message = stun.parse(buffer[:size])
        if message.message_type == stun.BINDING_RESPONSE:
            self.peer.answered += 1
        elif self.is_answering:
            response = stun.build_response(
                transaction_id=message.transaction_id,
                mapped=(address[0], address[1]),
                password=self.peer.ice.password,
            )
            self.endpoint.send(response, address)


class RawPeer:
    """One session. `packets` are the RTP packets received, decrypted.

    `numbered` is the extension in which transport-wide numbers are offered to be sent.
    """

    def __init__(
        self,
        host: str,
        *,
        kinds: tuple[Literal["audio", "video"], ...] = ("video",),
        role: DtlsRole = "client",
        numbered: int | None = None,
        where: Callable[[Callable[[], UdpEndpoint]], UdpEndpoint] = lambda make: make(),
    ) -> None:
        self.host = host
        self.kinds = kinds
        self.where = where
        self.role = role
        self.numbered = numbered
        self.certificate = DtlsCertificate()
        self.ice = fresh_credentials(secrets.token_bytes)
        self.packets: list[rtp.RtpPacket] = []
        self.reports: list[bytes] = []
        self.dtls_sizes: list[int] = []
        self.answered = 0
        self.srtp: SrtpContext | None = None
        self.socket = Socket(self, host)
        self.sockets = [self.socket]
        self.checks: list[bytes] = []

    def offer(self) -> str:
        """Return a recvonly offer."""
        media = tuple(
            sdp.Media(
                kind=kind,
                mid=str(index),
                direction="recvonly",
                codecs=(self._codec(kind),),
                extensions={self.numbered: sdp.TRANSPORT_CC} if self.numbered else {},
                setup="actpass" if self.role == "client" else "passive",
                ice=self.ice,
                fingerprints=(self.certificate.fingerprint,),
            )
            for index, kind in enumerate(self.kinds)
        )
        return sdp.render(sdp.SessionDescription(media, tuple(m.mid for m in media)))

    def _codec(self, kind: str) -> sdp.Codec:
        codec = VP8 if kind == "video" else OPUS
        if self.numbered is None:
            return codec
        return replace(codec, feedback=(*codec.feedback, "transport-cc"))

    def prepare(self, answer_text: str) -> None:
        """Take the answer; nothing is sent yet."""
        answer = sdp.parse(answer_text)
        self.remote = answer.media[0]
        self.ssrcs = {m.kind: m.ssrcs[0].ssrc for m in answer.media if m.ssrcs}
        is_v6 = ":" in self.host
        candidate = next(c for c in self.remote.candidates if (":" in c.host) == is_v6)
        self.address = (candidate.host, candidate.port)
        self.dtls = DtlsSession(
            certificate=self.certificate,
            fingerprints=self.remote.fingerprints,
            role=self.role,
            send=lambda data: self.socket.endpoint.send(data, self.address),
        )

    async def connect(self, answer_text: str) -> None:
        """Check, shake hands; afterwards packets come."""
        self.prepare(answer_text)
        self.check()
        await until(lambda: self.answered, what="a check is answered")
        self.srtp = await self.dtls.handshake(timeout_s=5)

    def check(self, socket: Socket | None = None, *, is_nominating: bool = True) -> None:
        """Send a check."""
        message = stun.build_request(
            transaction_id=secrets.token_bytes(12),
            own=self.ice,
            other=self.remote.ice,
            priority=1,
            tie_breaker=1,
            is_controlling=True,
            is_nominating=is_nominating,
        )
        self.checks.append(message)
        (socket or self.socket).endpoint.send(message, self.address)

    def take_over(self, other: "RawPeer") -> None:
        """Use the address of another session, as a client does that was restarted at once."""
        self.socket.endpoint.close()
        self.socket = other.socket
        self.sockets = [self.socket]
        self.socket.peer = self

    def new_socket(self) -> Socket:
        """Return another local address."""
        self.sockets.append(Socket(self, self.host))
        return self.sockets[-1]

    def took_media(self, buffer: PacketBuffer, size: int) -> None:
        """Decrypt what came."""
        if self.srtp is None:
            return  # it comes before our side of the handshake is done
        if rtp.is_rtcp(buffer.view[:2]):
            size = self.srtp.unprotect_rtcp(buffer, size)
            self.reports.append(bytes(buffer.view[:size]))
        else:
            size = self.srtp.unprotect(buffer, size)
            self.packets.append(rtp.parse(bytes(buffer.view[:size])))

    def send_rtcp(self, compound: bytes, socket: Socket | None = None) -> None:
        """Encrypt and send RTCP."""
        assert self.srtp is not None
        (socket or self.socket).endpoint.send(self.srtp.protect_rtcp(compound), self.address)

    def send_rtp(self, packet: bytes) -> None:
        """Encrypt and send one packet of media."""
        assert self.srtp is not None
        self.socket.endpoint.send(self.srtp.protect(packet), self.address)

    def indicate(self) -> None:
        """Send what keeps a binding open at a NAT, as libnice does in place of checks."""
        header = struct.pack("!HHI", stun.BINDING_INDICATION, 0, stun.MAGIC_COOKIE)
        self.socket.endpoint.send(header + secrets.token_bytes(12), self.address)

    async def close(self) -> None:
        """Close the sockets, saying nothing."""
        for socket in self.sockets:
            socket.endpoint.close()
        await asyncio.sleep(0)
