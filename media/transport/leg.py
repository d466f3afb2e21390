"""One session between a point and a relay: sockets, ICE, DTLS and SRTP in one object.

The decisions are the ICE agent's (media/transport/ice_agent.py); a leg moves datagrams and
time in and out of it, and gives decrypted packets to whoever asked for them.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Sequence
from functools import partial

from contracts.hosts import Endpoint
from media.errors import MalformedPacket
from media.transport.address import Address, plain
from media.transport.demultiplexing import demultiplexed
from media.transport.dtls import DtlsCertificate, DtlsSession, PacketBuffer
from media.transport.ice_agent import IceAgent, IceState
from media.transport.ice_pair import Transmit
from media.transport.interfaces import ways_out
from media.transport.leg_sockets import LegSockets
from media.transport.port_counters import PortCounters
from media.transport.pulse import Pulse
from media.transport.route_watch import RouteWatch
from media.transport.srtp_session import SrtpSession
from media.transport.tunnel import Tunnel
from media.transport.udp import DatagramHandler
from media.wire.ice_credentials import Credentials, fresh_credentials
from media.wire.sdp_offer import Remote
from runtime.guard import keep

TELL_EVERY_MS = 100
# Where the kernel tells nothing of its routes they are looked at as often.
FOLLOW_EVERY_MS = 1_000
_SHORTEST_NAP_S = 0.001
MAX_STREAMS = 64

PacketHandler = Callable[[bytes], None]


def steady_ms() -> float:
    """Return milliseconds of the steady clock that legs live by."""
    return time.monotonic_ns() / 1e6


class Leg:
    """A session's transport. One per session with the relay; `run` lives as long as it.

    Args:
        bind_hosts: one socket is bound for each, best first; "0.0.0.0" and "::" let the kernel
            choose.
        on_rtp, on_rtcp: take decrypted packets; called from the event loop.
        on_moved: sends a packet of media at once, by which the relay learns that this side is
            elsewhere now; called while that may be so, and told whether it is.
        has_other_ways: whether other interfaces that lead out are kept ready.
    """

    def __init__(
        self,
        *,
        certificate: DtlsCertificate,
        bind_hosts: Sequence[str],
        on_rtp: PacketHandler,
        on_rtcp: PacketHandler,
        on_moved: Callable[[bool], None] = lambda is_sure: None,
        has_other_ways: bool = False,
    ) -> None:
        self.local = fresh_credentials(os.urandom)
        self.counters = PortCounters()
        self.received = self.sent = 0  # packets of RTP
        self.agent: IceAgent | None = None
        self._certificate = certificate
        self._on_rtp, self._on_rtcp, self._on_moved = on_rtp, on_rtcp, on_moved
        self._has_other_ways = has_other_ways
        self._pulse = Pulse()
        self._way: tuple[int, str] | None = None  # the socket and the address sent from
        self._told_ms = self._follow_due_ms = 0.0
        self._routes = RouteWatch(self._routes_changed)
        self._are_routes_new = True
        self._has_news = asyncio.Event()
        self.moves = 0
        self._tunnel_number: int | None = None
        self._remotes: list[Endpoint] = []
        self._buffer = PacketBuffer()
        self.sockets = LegSockets(bind_hosts, receive_buffer=self._buffer.view)
        self._dtls: DtlsSession | None = None
        self._media = SrtpSession(self, self.counters, max_streams=MAX_STREAMS)
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

    @property
    def heard_ms(self) -> float | None:
        """When something authentic came last, on the clock of `steady_ms`; None: nothing has."""
        selected = self.agent.selected if self.agent else None
        answered_ms = selected.answered_at_ms if selected else None
        return max(
            (ms for ms in (self._pulse.last_ms, answered_ms) if ms is not None), default=None
        )

    async def run(self, remote: Remote) -> None:
        """Connect and stay connected until cancelled; sockets are closed afterwards.

        Raises:
            HandshakeFailed: the relay's keys are not those of its answer.
        """
        now_ms = steady_ms()
        agent = IceAgent(self.local, remote.ice, len(self.sockets), os.urandom, now_ms)
        for address in remote.addresses:
            agent.add_remote(address, now_ms, self.sockets.reaches)
            if (known := plain(address)) is not None:
                self._remotes.append(known)
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
        self._routes.start()
        try:
            async with asyncio.TaskGroup() as group:
                keep(group, partial(self._check, agent), name="ice")
                await self._handshake(dtls)
        finally:
            await self._close(dtls)

    @property
    def is_tunnelled(self) -> bool:
        """Whether media go over TLS now."""
        selected = self.agent.selected if self.agent else None
        return selected is not None and selected.source == self._tunnel_number

    def add_tunnel(self, tunnel: Tunnel) -> None:
        """Have a way over TLS, the last to be chosen.

        Raises:
            OSError: there are too many ways already, or the leg has not begun.
        """
        if self.agent is None or not self._remotes:
            raise OSError("the leg has not begun")
        remote = self._remotes[0]
        known = self._tunnel_number
        number = self._tunnel_number = self.sockets.add(tunnel, known)
        tunnel.lead_to(remote, self._buffer.view)
        self.sockets.begin(number, self._reader(number), self._drained)
        if known is None:
            self.agent.add_source(number, steady_ms(), lambda _, address: address == remote)
        self._has_news.set()

    def restart(self, local: Credentials, remote: Credentials) -> None:
        """Use new ICE credentials from now on."""
        self.local = local
        if self.agent is not None:
            self.agent.restart(local, remote, steady_ms())
            self.is_answered.clear()
            self._has_news.set()

    def send_rtp(self, packet: bytes) -> bytes | None:
        """Encrypt and send; return the encrypted bytes, None where that is not possible now."""
        encrypted = self._media.protect(packet) if self._may_send() else None
        if encrypted is not None:
            self.send_encrypted(encrypted)
        return encrypted

    def send_encrypted(self, datagram: bytes) -> None:
        """Send what was encrypted before."""
        self.sent += 1
        self._send_selected(datagram)

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and send a compound; nothing happens where that is not possible now."""
        encrypted = self._media.protect_rtcp(packet) if self._may_send() else None
        if encrypted is not None:
            self._send_selected(encrypted)

    def _may_send(self) -> bool:
        return self.agent is not None and self.agent.may_send(steady_ms())

    async def _handshake(self, dtls: DtlsSession) -> None:
        await self._is_selected.wait()
        self._media.context = await dtls.handshake()
        self.is_up.set()

    async def _check(self, agent: IceAgent) -> None:
        while True:
            self._has_news.clear()
            now_ms = steady_ms()
            is_due = not self._routes.is_watching and now_ms >= self._follow_due_ms
            are_routes_new = self._are_routes_new or is_due
            if are_routes_new:
                self._follow(agent, now_ms)
            self._transmit(agent.poll(now_ms))
            self._look(agent, now_ms, are_routes_new=are_routes_new)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._nap_s(agent, steady_ms())):
                    await self._has_news.wait()

    def _nap_s(self, agent: IceAgent, now_ms: float) -> float:
        """Return how long there is nothing to do, unless something comes."""
        missed_ms = self._pulse.missed_from_ms
        if missed_ms <= now_ms:
            missed_ms = self._told_ms + TELL_EVERY_MS
        due_ms = min(agent.due_ms(now_ms), missed_ms)
        if not self._routes.is_watching:
            due_ms = min(due_ms, self._follow_due_ms)
        return max(_SHORTEST_NAP_S, (due_ms - now_ms) / 1000)

    def _routes_changed(self) -> None:
        self._are_routes_new = True
        self._has_news.set()

    def _follow(self, agent: IceAgent, now_ms: float) -> None:
        """Have a socket for each interface that leads out."""
        self._are_routes_new, self._follow_due_ms = False, now_ms + FOLLOW_EVERY_MS
        if not self._has_other_ways:
            return
        new, again = self.sockets.follow(ways_out())
        for number in (*new, *again):
            self.sockets.begin(number, self._reader(number), self._drained)
        for number in new:
            agent.add_source(number, now_ms, self.sockets.reaches)

    def _look(self, agent: IceAgent, now_ms: float, *, are_routes_new: bool) -> None:
        """Doubt the path where nothing comes by it, or it leaves by another address."""
        selected = agent.selected
        if selected is None:
            return
        before = self._way
        if before is None or before[0] != selected.source or are_routes_new:
            address = self.sockets.way(selected.source, selected.address)
            if address or before is None or before[0] != selected.source:
                self._way = (selected.source, address)
        has_moved = before is not None and before != self._way
        has_other_address = has_moved and before is not None and before[0] == selected.source
        is_missed = self._pulse.missed_from_ms <= now_ms
        if not has_moved and not (is_missed and now_ms - self._told_ms >= TELL_EVERY_MS):
            return
        self.moves += has_moved
        self._told_ms = now_ms
        if is_missed or has_other_address:
            agent.doubt(now_ms, is_sure=has_other_address)
            self._transmit(agent.poll(now_ms))
        self._on_moved(has_moved)

    def _transmit(self, datagrams: list[Transmit]) -> None:
        for datagram in datagrams:
            self.sockets.send(datagram.source, datagram.data, datagram.address)

    def _send_selected(self, datagram: bytes) -> None:
        selected = self.agent.selected if self.agent else None
        if selected is not None:
            self.sockets.send(selected.source, datagram, selected.address)

    def _reader(self, source: int) -> DatagramHandler:
        """Return what takes the datagrams of one of our sockets; the unproven are dropped."""
        return demultiplexed(
            stun=partial(self._receive_stun, source),
            dtls=partial(self._receive_dtls, source),
            media=self._receive_media,
            other=self._receive_other,
        )

    def _drained(self) -> None:
        """Wake whoever waits for the path, once the socket is read empty."""
        if self.agent is None or self.agent.selected is None:
            return
        self._is_selected.set()
        if not self.is_answered.is_set() and self.state is IceState.CONNECTED:
            self.is_answered.set()

    def _receive_stun(self, source: int, data: memoryview, size: int, address: Address) -> None:
        sender = plain(address)
        if sender is None or self.agent is None:
            self.counters.stun_rejected_total += 1
        else:
            self._transmit(self.agent.receive(source, data[:size], sender, steady_ms()))
            self._has_news.set()

    def _receive_dtls(self, source: int, data: memoryview, size: int, address: Address) -> None:
        """Take DTLS of a candidate pair only: a forged alert would end the handshake."""
        sender = plain(address)
        if self._dtls and self.agent and sender and self.agent.has_pair(source, sender):
            self._dtls.feed(bytes(data[:size]))
        else:
            self.counters.unknown_total += 1

    def _receive_media(self, _data: memoryview, size: int, address: Address) -> None:
        try:
            self._media.receive(self._buffer, size, address, time.monotonic())
        except MalformedPacket:
            self.counters.undecryptable_total += 1

    def _receive_other(self, _data: memoryview, _size: int, _address: Address) -> None:
        self.counters.unknown_total += 1

    def rtp_opened(
        self, packet: memoryview, _address: Address, _now: float, *, is_newer: bool
    ) -> None:
        """Take a packet under the relay's key."""
        self.received += 1
        self._pulse.heard(steady_ms())
        self._on_rtp(bytes(packet))

    def rtcp_opened(
        self, compound: bytes, _address: Address, _now: float, *, is_newer: bool
    ) -> None:
        """Take a compound under the relay's key."""
        self._pulse.heard(steady_ms())
        self._on_rtcp(compound)

    async def _close(self, dtls: DtlsSession) -> None:
        self._media.context = None
        await dtls.close()
        self._routes.close()
        self.sockets.close()
