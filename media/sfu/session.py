"""What a publisher's and a subscriber's session have in common."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from media.sfu.slots import Viewer
from media.transport.peer import Peer, PeerHandler
from media.transport.port import MediaPort
from media.wire import rtcp
from media.wire.ice_credentials import Credentials
from media.wire.sdp import SessionDescription
from media.wire.sdp_answer import Transport, check, host_candidates, setup_for

Direction = Literal["publish", "play"]


@dataclass(slots=True)
class Quality:
    """What is known of a session's line; None: not known."""

    rtt_ms: float | None = None
    loss_ratio: float | None = None
    packets: int = 0


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


def new_peer(port: MediaPort, handler: PeerHandler, offer: SessionDescription) -> Peer:
    """Return a peer for an offer, known to the port.

    Raises:
        OfferRefused: it cannot be served over one transport.
    """
    first = check(offer)
    role: Literal["client", "server"] = "server"
    if setup_for(first.setup) == "active":
        role = "client"
    remote = Credentials(first.ice_ufrag, first.ice_pwd)
    peer = Peer(port, handler, remote=remote, fingerprints=first.fingerprints, role=role)
    port.register(peer)
    return peer


def transport_of(peer: Peer, port: MediaPort, addresses: Sequence[str]) -> Transport:
    """Return this side's values for an answer."""
    return Transport(
        credentials=peer.local,
        fingerprint=port.certificate.fingerprint,
        candidates=host_candidates(addresses, port.endpoint.port),
    )


def wall_ntp() -> int:
    """Return this moment in NTP time."""
    return rtcp.ntp_time(time.time())
