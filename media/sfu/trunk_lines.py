"""How two relays come to a session: the home answers at its port, the outer one calls.

Who calls does so from a port of its own for each meeting: at the home's one port a peer is told
from others by where it is.
"""

import asyncio
import secrets
from collections.abc import Sequence

from contracts.errors import MalformedPayload
from contracts.trunk import MediaAddress, TrunkAnswer, TrunkPeer
from media.sfu.engine import RelayEngine
from media.sfu.fanout import Fanout
from media.sfu.router import Router
from media.sfu.session import SessionInfo
from media.sfu.slots import Viewer
from media.sfu.trunk_session import TrunkSession
from media.transport.address import ANY_V4, Address, plain
from media.transport.calling_peer import CallingPeer
from media.transport.dtls import DtlsCertificate, PacketBuffer
from media.transport.peer import Peer
from media.transport.port import MediaPort
from media.transport.tunnel_entrance import TunnelEntrance
from media.transport.udp import UdpEndpoint
from media.wire.ice_credentials import Credentials, fresh_credentials
from media.wire.sdp import Fingerprint

_DIGEST = "sha-256"
GOODBYE_S = 2.0


def answer(
    engine: RelayEngine, router: Router, relay: Viewer, offer: TrunkPeer
) -> tuple[TrunkSession, TrunkAnswer]:
    """Accept another relay's call; return the session and what to answer."""
    session = TrunkSession(
        SessionInfo(router.name, relay, "play"),
        engine.fanout,
        engine.listeners,
        on_received=engine.mark,
        beside=[one.host for one in engine.candidates()],
    )
    port = engine.media_port
    peer = Peer(
        port,
        session,
        remote=Credentials(offer.ufrag, offer.password),
        fingerprints=(Fingerprint(_DIGEST, offer.fingerprint),),
        role="server",
    )
    port.register(peer)
    session.begin(peer)
    engine.add(session)
    addresses = [MediaAddress(host=one.host, port=one.port) for one in engine.candidates()]
    return session, TrunkAnswer(
        ufrag=peer.local.ufrag,
        password=peer.local.password,
        fingerprint=port.certificate.fingerprint.value,
        session=session.info.id,
        addresses=tuple(addresses[:8]),
    )


class TrunkCall:
    """A call to the home: its keys first, and the session once the home has answered."""

    def __init__(self) -> None:
        self.certificate = DtlsCertificate()
        self.own = fresh_credentials(secrets.token_bytes)
        self._engine: RelayEngine | None = None
        self._endpoint: UdpEndpoint | None = None
        self._through: Fanout | None = None
        self._peer: CallingPeer | None = None
        self._is_v6 = False

    @property
    def offer(self) -> TrunkPeer:
        """What the home is to know."""
        digest = self.certificate.fingerprint.value
        return TrunkPeer(ufrag=self.own.ufrag, password=self.own.password, fingerprint=digest)

    def begin(
        self,
        engine: RelayEngine,
        router: Router,
        home: Viewer,
        answered: TrunkAnswer,
        *,
        attempt: int = 0,
    ) -> TrunkSession:
        """Return the session, which connects by itself.

        Args:
            attempt: how many calls in a row have failed; each goes by another family of addresses.

        Raises:
            MalformedPayload: the answer names no address.
            PortInUse: there is no port left.
        """
        addresses = _alike(answered.addresses, attempt=attempt)
        host = ANY_V4 if len(addresses[0]) == 2 else "::"
        buffer = PacketBuffer()
        endpoint = UdpEndpoint(host, 0, receive_buffer=buffer.view)
        self._engine, self._endpoint = engine, endpoint
        engine.endpoints.append(endpoint)
        port = MediaPort(endpoint, buffer)
        port.certificate = self.certificate
        port.counters = engine.media_port.counters
        through = self._through = Fanout(endpoint, counters=engine.fanout.counters)
        session = TrunkSession(
            SessionInfo(router.name, home, "play"),
            engine.fanout,
            engine.listeners,
            on_received=engine.mark,
            through=through,
            beside=[one.host for one in engine.candidates()],
        )
        self._is_v6 = len(addresses[0]) > 2
        peer = self._peer = CallingPeer(
            port,
            session,
            own=self.own,
            remote=Credentials(answered.ufrag, answered.password),
            fingerprints=(Fingerprint(_DIGEST, answered.fingerprint),),
            addresses=addresses,
        )
        endpoint.start(port.received, engine.flush)
        session.begin(peer)
        engine.add(session)
        return session

    async def pace(self) -> None:
        """Send what waits for its time on a call that has begun, until cancelled.

        Raises:
            LookupError: it has not begun.
        """
        if self._through is None:
            raise LookupError("the call has not begun")
        await self._through.run()

    def entrance(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> TunnelEntrance:
        """Return a way over TLS for a call that has begun, which its peer asks by from now on.

        Raises:
            LookupError: it has not begun.
        """
        if self._endpoint is None or self._peer is None:
            raise LookupError("the call has not begun")
        port, is_v6 = self._endpoint.port, self._is_v6
        entrance = TunnelEntrance(reader, writer, port=port, is_v6=is_v6)
        self._peer.also_by(entrance.address)
        return entrance

    def close(self) -> None:
        """Give the port back, once DTLS' goodbye has had its time."""
        if self._engine is not None and self._endpoint is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(GOODBYE_S, _give_back, self._engine, self._endpoint)
            self._endpoint = None


def _give_back(engine: RelayEngine, endpoint: UdpEndpoint) -> None:
    """Close a call's endpoint; what it has sent stays counted."""
    endpoint.close()
    engine.endpoints.remove(endpoint)
    engine.media_port.endpoint.sent_by(
        calls=endpoint.calls_total,
        packets=endpoint.sent_total,
        octets=endpoint.sent_bytes_total,
        dropped=endpoint.dropped_total,
    )


def _alike(addresses: Sequence[MediaAddress], *, attempt: int) -> list[Address]:
    """Return those of one family, as a socket of that names them: of the first one's, to begin."""
    # A name would be looked up with each check, and nothing is sent on meanwhile.
    known = [found for one in addresses if (found := plain((one.host, one.port))) is not None]
    if not known:
        raise MalformedPayload("TrunkAnswer", "it names no address")
    families = list(dict.fromkeys(":" in host for host, _ in known))
    is_v6 = families[attempt % len(families)]
    alike = [(host, port) for host, port in known if (":" in host) is is_v6]
    return [(host, port, 0, 0) if is_v6 else (host, port) for host, port in alike]
