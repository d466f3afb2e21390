"""What a publisher's and a subscriber's session have in common."""

import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from media.sfu.quality import Quality
from media.sfu.slots import Viewer
from media.transport.peer import Peer, PeerHandler
from media.transport.port import MediaPort
from media.wire import rtcp
from media.wire.sdp import SessionDescription
from media.wire.sdp_answer import Line, Transport, check, host_candidates, setup_for

_WALL_AHEAD_S = time.time() - time.monotonic()

Direction = Literal["publish", "play", "share"]


@dataclass(slots=True)
class SessionInfo:
    """Who a session is, for lists and events."""

    router_name: str
    viewer: Viewer
    direction: Direction
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    joined_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    etag: str = field(default_factory=lambda: secrets.token_hex(8))
    remote_ufrag: str = ""
    mid: str = ""  # of the m-line that carries the transport


@dataclass(frozen=True, slots=True)
class SessionListeners:
    """Who is told when a session is connected, and when and why it is gone."""

    connected: Callable[["MediaSession"], None]
    closed: Callable[["MediaSession", str], None]


class MediaSession(ABC):
    """One WHIP or WHEP session, as the transport calls it (PeerHandler)."""

    def __init__(self, info: SessionInfo, listeners: SessionListeners) -> None:
        self.info = info
        self.quality = Quality()
        self.is_connected = False
        self.has_joined = False  # it was connected, and not refused after all
        self._listeners = listeners
        self._peer: Peer | None = None

    @property
    def peer(self) -> Peer:
        """Its transport.

        Raises:
            LookupError: before `accept`.
        """
        if self._peer is None:
            raise LookupError("the session has no transport yet")
        return self._peer

    @abstractmethod
    def accept(self, peer: Peer, lines: dict[str, Line]) -> None:
        """Take the peer and the m-lines that were agreed on."""

    def peer_connected(self, peer: Peer) -> None:
        """DTLS is up."""
        self.is_connected = True
        self._listeners.connected(self)

    def peer_moved(self, peer: Peer) -> None:
        """Go on to where the peer is now, as packets do by themselves."""
        return

    def peer_closed(self, peer: Peer, reason: str) -> None:
        """The peer is gone."""
        self.is_connected = False
        try:
            self.let_go()
        finally:  # the session is forgotten whatever comes
            self._listeners.closed(self, reason)

    @abstractmethod
    def let_go(self) -> None:
        """End what the session sends or is sent."""

    @abstractmethod
    def rtp_received(self, peer: Peer, packet: memoryview, now: float) -> None:
        """Take a packet of media."""

    @abstractmethod
    def rtcp_received(self, peer: Peer, data: bytes, now: float) -> None:
        """Take a compound of RTCP.

        Raises:
            MalformedPacket: it is none.
        """

    @abstractmethod
    def tick(self, *, now: float) -> None:
        """Send reports and feedback that are due; called about every 50 ms."""


def new_peer(port: MediaPort, handler: PeerHandler, offer: SessionDescription) -> Peer:
    """Return a peer for an offer, known to the port.

    Raises:
        OfferRefused: it cannot be served over one transport.
    """
    first = check(offer)
    role: Literal["client", "server"] = "server"
    if setup_for(first.setup) == "active":
        role = "client"
    peer = Peer(port, handler, remote=first.ice, fingerprints=first.fingerprints, role=role)
    port.register(peer)
    return peer


def transport_of(peer: Peer, port: MediaPort, addresses: Sequence[str]) -> Transport:
    """Return this side's values for an answer."""
    return Transport(
        credentials=peer.local,
        fingerprint=port.certificate.fingerprint,
        candidates=host_candidates(addresses, port.endpoint.port),
    )


def ntp_at(now: float) -> int:
    """Return a moment of the steady clock in NTP time: a wall clock that is set moves none."""
    return rtcp.ntp_time(_WALL_AHEAD_S + now)


@contextmanager
def forgotten_on_error(peer: Peer) -> Iterator[None]:
    """Let an offer that cannot be answered leave nothing at the port."""
    try:
        yield
    except Exception:
        peer.close("the offer could not be answered")
        raise
