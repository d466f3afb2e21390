"""One peer behind the shared port (media/transport/port.py): ICE-lite, DTLS and SRTP.

Its owner is called through PeerHandler.
"""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Protocol

import structlog

from media.errors import HandshakeFailed, MalformedPacket, PacketNotProtected
from media.transport.address import Address
from media.transport.dtls import (
    DtlsCertificate,
    DtlsRole,
    DtlsSession,
    PacketBuffer,
    SrtpContext,
)
from media.transport.ice_lite import PeerPath
from media.transport.port_counters import PortCounters
from media.transport.return_check import ReturnCheck
from media.transport.udp import UdpEndpoint
from media.wire import stun
from media.wire.ice_credentials import Credentials, fresh_credentials
from media.wire.rtp import is_rtcp
from media.wire.sdp import Fingerprint
from media.wire.seqnum import is_newer16
from runtime.guard import FAILURES, guarded
from runtime.limits import TokenBucket

HEARD_S = 5.0
# libsrtp remembers every SSRC that it has decrypted, and searches them one after another.
MAX_RTCP_STREAMS = 32
# A browser under loss reports some 60 times a second; beyond it nothing is decrypted.
RTCP_PER_S, RTCP_BURST = 200.0, 100.0

_log = structlog.get_logger()


class PeerHandler(Protocol):
    """Whoever owns a peer. Buffers are valid only until the call returns."""

    def peer_connected(self, peer: "Peer") -> None:
        """DTLS is up; `peer.srtp` is set."""

    def peer_closed(self, peer: "Peer", reason: str) -> None:
        """The peer is gone; called once."""

    def rtp_received(self, peer: "Peer", packet: memoryview, now: float) -> None:
        """A decrypted RTP packet."""

    def rtcp_received(self, peer: "Peer", data: bytes, now: float) -> None:
        """A decrypted compound of RTCP."""


class SharedPort(Protocol):
    """What a peer needs of the port it is behind."""

    endpoint: UdpEndpoint
    certificate: DtlsCertificate
    counters: PortCounters

    def now_s(self) -> float:
        """Return the monotonic seconds that all peers live by."""

    def register(self, peer: "Peer") -> None:
        """Answer checks for the peer's current credentials and those before them."""

    def connected(self, peer: "Peer") -> None:
        """Take note that a peer has completed its handshake where it is."""

    def forget(self, peer: "Peer") -> None:
        """Answer and receive nothing more for a peer."""


class Peer:
    """The transport of one session.

    `may_send` is kept current by `tick`, so that the fast path reads one attribute.
    """

    def __init__(
        self,
        port: SharedPort,
        handler: PeerHandler,
        *,
        remote: Credentials,
        fingerprints: Sequence[Fingerprint],
        role: DtlsRole,
    ) -> None:
        self.remote = remote
        self.local = fresh_credentials(secrets.token_bytes)
        self.path = PeerPath(checked_at=port.now_s())
        self.srtp: SrtpContext | None = None
        self.may_send = False
        self.address: Address | None = None
        self.is_closed = False
        self.received_at = 0.0
        self.max_streams = 0  # of RTP: one who only plays sends none
        self._port = port
        self._handler = handler
        self._return_check = ReturnCheck()
        self._begins = role == "client"
        self._is_reached = asyncio.Event()
        self._newest: dict[int, int] = {}
        self._newest_rtcp = -1
        self._rtcp_streams: set[int] = set()
        self._rtcp_bucket = TokenBucket(per_s=RTCP_PER_S, burst=RTCP_BURST)
        self._dtls = DtlsSession(
            certificate=port.certificate,
            fingerprints=fingerprints,
            role=role,
            send=self._send_raw,
        )
        self._dtls.on_closed(lambda: self.close("the peer said goodbye"))

    def fail(self, exc: Exception) -> None:
        """Close after an error in our own work for this peer, which ends this peer alone."""
        FAILURES.note("peer", exc, address=str(self.address))
        self.put_away(exc)

    def put_away(self, exc: Exception) -> None:
        """Close after an error that has been noted."""
        self.close(f"an error here: {type(exc).__name__}")

    async def connect(self, *, timeout_s: float = 20.0) -> None:
        """Wait for DTLS; on failure the peer is closed, with the reason."""
        try:
            if self._begins:  # a first flight that goes nowhere is repeated after a second only
                await self._reached(timeout_s)
            self.srtp = await self._dtls.handshake(timeout_s=timeout_s)
        except HandshakeFailed as exc:
            self._port.counters.handshakes_failed_total += not self.is_closed
            self.close(exc.reason)
            return
        if self.is_closed:
            return
        self.path.secured()
        self._refresh(self._port.now_s())
        self._port.connected(self)
        self._handler.peer_connected(self)

    async def _reached(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await self._is_reached.wait()
        except TimeoutError as exc:
            raise HandshakeFailed(f"no check within {timeout_s:g} s") from exc

    def restart_ice(self, remote: Credentials) -> Credentials:
        """Take new credentials on both sides, and return ours.

        Checks with the old ones are answered until the next restart.
        """
        self.remote = remote
        self.local = fresh_credentials(secrets.token_bytes)
        self._port.register(self)
        return self.local

    def checked(self, address: Address, *, is_nominating: bool, now: float) -> None:
        """Note an authenticated check."""
        self.path.checked(address, is_nominating=is_nominating, now=now)
        self._is_reached.set()
        self._refresh(now)

    def tick(self, now: float) -> None:
        """Withdraw consent, or close, where the peer was silent too long."""
        self._refresh(now)
        if self.path.is_dead(now):
            self.close("no sign of life for 30 s")

    def _refresh(self, now: float) -> None:
        self.address = self.path.address
        self.may_send = self.srtp is not None and self.path.may_send(now)

    def is_heard(self, now: float) -> bool:
        """Return whether anything authentic has come within the last seconds."""
        return now - max(self.received_at, self.path.checked_at) <= HEARD_S

    def feed_dtls(self, datagram: bytes) -> None:
        """Take a DTLS datagram."""
        self._dtls.feed(datagram)

    def feed_media(self, buffer: PacketBuffer, size: int, address: Address, now: float) -> None:
        """Take an SRTP or SRTCP datagram, decrypted in place; what is too much is not decrypted.

        Raises:
            MalformedPacket: it cannot be decrypted.
        """
        if self.srtp is None:
            return
        view = buffer.view
        if is_rtcp(view[:2]):
            sender = int.from_bytes(view[4:8])
            if not self._takes_rtcp(sender, now):
                return
            index = self.srtp.rtcp_index(buffer, size)
            size = self.srtp.unprotect_rtcp(buffer, size)
            self._rtcp_streams.add(sender)
            is_newer = index > self._newest_rtcp
            self._newest_rtcp = max(index, self._newest_rtcp)
            self._arrived(address, is_newer, now)
            self._take_rtcp(bytes(view[:size]), now)
            return
        ssrc = int.from_bytes(view[8:12])
        newest = self._newest.get(ssrc)
        if newest is None and len(self._newest) >= self.max_streams:
            self._port.counters.streams_refused_total += 1
            return
        size = self.srtp.unprotect(buffer, size)
        sequence_number = int.from_bytes(view[2:4])
        is_newer = newest is None or is_newer16(sequence_number, newest)
        if is_newer:
            self._newest[ssrc] = sequence_number
        self._arrived(address, is_newer, now)
        try:  # not through another call: this is every packet's way
            self._handler.rtp_received(self, view[:size], now)
        except MalformedPacket:
            raise
        except Exception as exc:  # noqa: BLE001 - authentic, so it is this peer's
            self.fail(exc)

    def _takes_rtcp(self, sender: int, now: float) -> bool:
        if sender not in self._rtcp_streams and len(self._rtcp_streams) >= MAX_RTCP_STREAMS:
            self._port.counters.streams_refused_total += 1
            return False
        if not self._rtcp_bucket.take(now_s=now):
            self._port.counters.rtcp_refused_total += 1
            return False
        return True

    def _take_rtcp(self, compound: bytes, now: float) -> None:
        try:
            self._handler.rtcp_received(self, compound, now)
        except MalformedPacket:
            raise
        except Exception as exc:  # noqa: BLE001 - authentic, so it is this peer's
            self.fail(exc)

    def _arrived(self, address: Address, is_newer: bool, now: float) -> None:
        self.received_at = now
        if address == self.address:
            if is_newer:  # what is replayed late keeps nobody alive
                self.path.heard_at = now
        elif self.path.received(address, is_newer=is_newer):
            question = self._return_check.question(
                address, local=self.local, remote=self.remote, now=now
            )
            if question is not None:
                self._port.endpoint.send(question, address)

    def answered(self, message: stun.StunMessage, address: Address, *, now: float) -> bool:
        """Follow the peer to where it answers; False: the message answers no question of ours."""
        if not self._return_check.is_answer(message, address, self.remote):
            return False
        self.path.answered(address, now=now)
        _log.info("peer_moved", to=str(address))
        self._refresh(now)
        return True

    def send_rtcp(self, compound: bytes) -> None:
        """Encrypt and send RTCP, where there is consent."""
        if not self.may_send or self.srtp is None or self.address is None:
            return
        try:
            self._port.endpoint.send(self.srtp.protect_rtcp(compound), self.address)
        except PacketNotProtected:
            self._port.counters.unprotected_total += 1

    def close(self, reason: str) -> None:
        """Forget the peer; DTLS says goodbye where it can."""
        if self.is_closed:
            return
        self.is_closed = True
        self.may_send = False
        self._port.forget(self)
        with guarded("peer", address=str(self.address)):
            self._handler.peer_closed(self, reason)

    async def farewell(self) -> None:
        """Send DTLS' goodbye, after `close`."""
        await self._dtls.close()

    def _send_raw(self, datagram: bytes) -> None:
        if self.path.address is not None:
            self._port.endpoint.send(datagram, self.path.address)
