"""One session between a point and a relay: sockets, ICE, DTLS and SRTP in one object.

The decisions are the ICE agent's (media/transport/ice_agent.py); a leg moves datagrams and
time in and out of it, and gives decrypted packets to whoever asked for them.
"""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from media.errors import MalformedPacket, PacketNotProtected
from media.transport.address import Address, Endpoint, plain
from media.transport.dtls import (
    DtlsCertificate,
    DtlsSession,
    PacketBuffer,
    SrtpContext,
    is_dtls,
    is_media,
    is_stun,
)
from media.transport.ice_agent import IceAgent, IceState, Transmit
from media.transport.leg_sockets import LegSockets
from media.transport.udp import DatagramHandler
from media.wire import rtp
from media.wire.ice_credentials import Credentials, fresh_credentials
from media.wire.sdp_offer import Remote
from runtime.guard import keep

_LONGEST_NAP_S = 1.0

PacketHandler = Callable[[bytes], None]


def steady_ms() -> float:
    """Return milliseconds of the steady clock that legs live by."""
    return time.monotonic_ns() / 1e6


@dataclass(slots=True)
class LegCounts:
    """What went through a leg."""

    received: int = 0
    received_bytes: int = 0
    rejected: int = 0
    sent: int = 0
    sent_bytes: int = 0


class Leg:
    """A session's transport. One per session with the relay; `run` lives as long as it.

    Args:
        bind_hosts: one socket is bound for each, best first; "0.0.0.0" and "::" let the kernel
            choose.
        on_rtp, on_rtcp: take decrypted packets; called from the event loop.
    """

    def __init__(
        self,
        *,
        certificate: DtlsCertificate,
        bind_hosts: Sequence[str],
        on_rtp: PacketHandler,
        on_rtcp: PacketHandler,
    ) -> None:
        self.local = fresh_credentials(os.urandom)
        self.counts = LegCounts()
        self.agent: IceAgent | None = None
        self._certificate = certificate
        self._on_rtp, self._on_rtcp = on_rtp, on_rtcp
        self.sockets = LegSockets(bind_hosts)
        self._dtls: DtlsSession | None = None
        self._srtp: SrtpContext | None = None
        self._buffer = PacketBuffer()
        self._is_selected = asyncio.Event()
        self.is_answered = asyncio.Event()
        self.is_up = asyncio.Event()
        self.is_closed = asyncio.Event()

    @property
    def state(self) -> IceState:
        """What is known about the way to the relay."""
        return self.agent.state(steady_ms()) if self.agent else IceState.CHECKING

    @property
    def rtt_ms(self) -> float | None:
        """The round trip of the last answered check on the selected pair."""
        selected = self.agent.selected if self.agent else None
        return selected.rtt_ms if selected else None

    async def run(self, remote: Remote) -> None:
        """Connect and stay connected until cancelled; sockets are closed afterwards.

        Raises:
            HandshakeFailed: the relay's keys are not those of its answer.
        """
        now_ms = steady_ms()
        agent = IceAgent(self.local, remote.ice, len(self.sockets), os.urandom, now_ms)
        for address in remote.addresses:
            agent.add_remote(address, now_ms, self.sockets.reaches)
        self.agent = agent
        dtls = DtlsSession(
            certificate=self._certificate,
            fingerprints=remote.fingerprints,
            role="client" if remote.is_dtls_client else "server",
            send=self._send_selected,
        )
        dtls.on_closed(self.is_closed.set)
        self._dtls = dtls
        self.sockets.start(self._reader, self._drained)
        try:
            async with asyncio.TaskGroup() as group:
                keep(group, partial(self._check, agent), name="ice")
                await self._handshake(dtls)
        finally:
            await self._close(dtls)

    def restart(self, local: Credentials, remote: Credentials) -> None:
        """Use new ICE credentials from now on."""
        self.local = local
        if self.agent is not None:
            self.agent.restart(local, remote, steady_ms())
            self.is_answered.clear()

    def send_rtp(self, packet: bytes) -> bytes | None:
        """Encrypt and send; return the encrypted bytes, None where that is not possible now."""
        if self._srtp is None or self.agent is None or not self.agent.may_send(steady_ms()):
            return None
        try:
            encrypted = self._srtp.protect(packet)
        except PacketNotProtected:
            self.counts.rejected += 1
            return None
        self.send_encrypted(encrypted)
        return encrypted

    def send_encrypted(self, datagram: bytes) -> None:
        """Send what was encrypted before."""
        self.counts.sent += 1
        self.counts.sent_bytes += len(datagram)
        self._send_selected(datagram)

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and send a compound; nothing happens where that is not possible now."""
        if self._srtp is None or self.agent is None or not self.agent.may_send(steady_ms()):
            return
        try:
            encrypted = self._srtp.protect_rtcp(packet)
        except PacketNotProtected:
            self.counts.rejected += 1
            return
        self._send_selected(encrypted)

    async def _handshake(self, dtls: DtlsSession) -> None:
        await self._is_selected.wait()
        self._srtp = await dtls.handshake()
        self.is_up.set()

    async def _check(self, agent: IceAgent) -> None:
        while True:
            now_ms = steady_ms()
            self._transmit(agent.poll(now_ms))
            nap_s = min(_LONGEST_NAP_S, max(0.005, (agent.due_ms() - steady_ms()) / 1000))
            await asyncio.sleep(nap_s)

    def _transmit(self, datagrams: list[Transmit]) -> None:
        for datagram in datagrams:
            self.sockets.send(datagram.source, datagram.data, datagram.address)

    def _send_selected(self, datagram: bytes) -> None:
        selected = self.agent.selected if self.agent else None
        if selected is not None:
            self.sockets.send(selected.source, datagram, selected.address)

    def _reader(self, source: int) -> DatagramHandler:
        """Return what takes the datagrams of one of our sockets; the unproven are dropped."""

        def received(data: memoryview, size: int, address: Address) -> None:
            if size:
                self._received(source, data, size, address)

        return received

    def _drained(self) -> None:
        """Wake whoever waits for the path, once the socket is read empty."""
        if self.agent is None or self.agent.selected is None:
            return
        self._is_selected.set()
        if not self.is_answered.is_set() and self.state is IceState.CONNECTED:
            self.is_answered.set()

    def _received(self, source: int, data: memoryview, size: int, address: Address) -> None:
        if is_media(data[0]):
            if self._srtp is not None:
                self._receive_media(self._srtp, data, size)
            return
        sender = plain(address)
        if sender is None or self.agent is None:
            self.counts.rejected += 1
        elif is_stun(data[0]):
            self._transmit(self.agent.receive(source, data[:size], sender, steady_ms()))
        elif is_dtls(data[0]):
            self._receive_dtls(source, bytes(data[:size]), sender)

    def _receive_dtls(self, source: int, datagram: bytes, address: Endpoint) -> None:
        """Take DTLS of a candidate pair only: a forged alert would end the handshake."""
        if self._dtls is None or self.agent is None or not self.agent.has_pair(source, address):
            self.counts.rejected += 1
            return
        self._dtls.feed(datagram)

    def _receive_media(self, srtp: SrtpContext, data: memoryview, size: int) -> None:
        buffer = self._buffer
        buffer.view[:size] = data[:size]
        try:
            if rtp.is_rtcp(data):
                length = srtp.unprotect_rtcp(buffer, size)
                self._on_rtcp(bytes(buffer.view[:length]))
                return
            length = srtp.unprotect(buffer, size)
        except MalformedPacket:
            self.counts.rejected += 1
            return
        self.counts.received += 1
        self.counts.received_bytes += size
        self._on_rtp(bytes(buffer.view[:length]))

    async def _close(self, dtls: DtlsSession) -> None:
        self._srtp = None
        await dtls.close()
        self.sockets.close()
