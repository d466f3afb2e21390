"""One peer behind the shared port (media/transport/port.py): ICE-lite, DTLS and SRTP.

Its owner is called through PeerHandler.
"""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Protocol

import structlog

from media.errors import HandshakeFailed, MalformedPacket
from media.native.ear import Ear
from media.transport.address import Address
from media.transport.dtls import (
    DtlsCertificate,
    DtlsRole,
    DtlsSession,
    SrtpContext,
)
from media.transport.hearing import Hearing
from media.transport.ice_lite import PeerPath
from media.transport.port_counters import PortCounters
from media.transport.return_check import ReturnCheck
from media.transport.srtp_session import SrtpSession
from media.transport.udp import UdpEndpoint
from media.wire import stun
from media.wire.ice_credentials import Credentials, fresh_credentials
from media.wire.sdp import Fingerprint
from runtime.guard import FAILURES, guarded
from runtime.limits import TokenBucket

HEARD_S = 5.0
# A browser that begins asks some twenty times a second on each of its ways.
CHECKS_PER_S, CHECKS_BURST = 200.0, 200.0

_log = structlog.get_logger()


class PeerHandler(Protocol):
    """Whoever owns a peer. Buffers are valid only until the call returns."""

    def peer_connected(self, peer: "Peer") -> None:
        """DTLS is up; `peer.srtp` is set."""

    def peer_moved(self, peer: "Peer") -> None:
        """The peer is at another address now, and perhaps on another line."""

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
    hearing: Hearing | None

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
        self.media = SrtpSession(self, port.counters)  # one who only plays sends no stream
        self._checks = TokenBucket(per_s=CHECKS_PER_S, burst=CHECKS_BURST)
        self._checks_elsewhere = TokenBucket(per_s=CHECKS_PER_S, burst=CHECKS_BURST)
        self.may_send = False
        self.address: Address | None = None
        self.is_closed = False
        self.received_at = 0.0
        self._port = port
        self._handler = handler
        self._return_check = ReturnCheck()
        self._begins = role == "client"
        self._is_reached = asyncio.Event()
        self._dtls = DtlsSession(
            certificate=port.certificate,
            fingerprints=fingerprints,
            role=role,
            send=self._send_raw,
        )
        self._dtls.on_closed(lambda: self.close("the peer said goodbye"))

    @property
    def srtp(self) -> SrtpContext | None:
        """The keys, once the handshake is over."""
        return self.media.context

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
            self.media.context = await self._dtls.handshake(timeout_s=timeout_s)
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

    def may_check(self, address: Address, *, now: float) -> bool:
        """Return whether an authentic check is answered, and count it.

        Those that somebody repeats from elsewhere use up nothing of where the peer is.
        """
        bucket = self._checks if address == self.address else self._checks_elsewhere
        return bucket.take(now_s=now)

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
        may_send = self.srtp is not None and self.path.may_send(now)
        if may_send is not self.may_send or self.address is not self.path.address:
            self._stop_hearing()
            self.may_send, self.address = may_send, self.path.address
            self._port.endpoint.ways.changed()

    def is_heard(self, now: float) -> bool:
        """Return whether anything authentic has come within the last seconds."""
        return now - max(self.received_at, self.path.checked_at) <= HEARD_S

    def feed_dtls(self, datagram: bytes) -> None:
        """Take a DTLS datagram."""
        self._dtls.feed(datagram)

    def rtp_opened(
        self, packet: memoryview, address: Address, now: float, *, is_newer: bool
    ) -> None:
        """Take a packet under this peer's key."""
        self._arrived(address, is_newer, now)
        try:  # not through another call: this is every packet's way
            self._handler.rtp_received(self, packet, now)
        except MalformedPacket:
            raise
        except Exception as exc:  # noqa: BLE001 - authentic, so it is this peer's
            self.fail(exc)

    def rtcp_opened(self, compound: bytes, address: Address, now: float, *, is_newer: bool) -> None:
        """Take a compound under this peer's key."""
        self._arrived(address, is_newer, now)
        ear = self.media.ear
        if ear is not None and not ear.fields.is_on and address == self.address:
            self._hear(ear)
        try:
            self._handler.rtcp_received(self, compound, now)
        except MalformedPacket:
            raise
        except Exception as exc:  # noqa: BLE001 - authentic, so it is this peer's
            self.fail(exc)

    def _hear(self, ear: Ear) -> None:
        """Leave calm reports from where the peer is to the C."""
        hearing, address, keys = self._port.hearing, self.address, self.srtp
        if hearing is not None and address is not None and keys is not None and self.may_send:
            hearing.add(ear, address, keys)

    def _stop_hearing(self) -> None:
        if self._port.hearing is not None and self.media.ear is not None:
            self._port.hearing.remove(self.media.ear)

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
        with guarded("peer", address=str(address)):
            self._handler.peer_moved(self)
        return True

    def send_rtcp(self, compound: bytes) -> None:
        """Encrypt and send RTCP, where there is consent."""
        if not self.may_send or self.address is None:
            return
        encrypted = self.media.protect_rtcp(compound)
        if encrypted is not None:
            self._port.endpoint.send(encrypted, self.address)

    def close(self, reason: str) -> None:
        """Forget the peer; DTLS says goodbye where it can."""
        if self.is_closed:
            return
        self.is_closed = True
        self.may_send = False
        self._port.endpoint.ways.changed()
        self._port.forget(self)
        with guarded("peer", address=str(self.address)):
            self._handler.peer_closed(self, reason)

    async def farewell(self) -> None:
        """Send DTLS' goodbye, after `close`.

        Then nobody refers to whom he is referred to by: some 200 objects go with the last
        reference, and not when the collector comes by.
        """
        await self._dtls.close()
        self.media.end()
        del self._handler  # a closed peer tells nobody anything

    def _send_raw(self, datagram: bytes) -> None:
        if self.path.address is not None:
            self._port.endpoint.send(datagram, self.path.address)
