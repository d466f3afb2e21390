"""The relay engine: RTP from publishers to the slots of subscribers, without transcoding.

Used by `diemcau-relay` at the centre and in-process by `diemcau-room` on a point.

    engine = RelayEngine(EngineSettings(port=0, candidates=("10.77.0.1",)))
    engine.open()                          binds the UDP port (PortInUse); `engine.port`
    async with asyncio.TaskGroup() as tg:
        keep(tg, engine.run, name="engine")    timers, handshakes; ends when cancelled
    await engine.close()                   says goodbye to all and frees the port

    router = engine.open_router("local", plan) who sees whom is decided by `plan`, a function
                                           Viewer -> {slot: source}; see slots.py.
    router.replan()                          call it whenever what `plan` answers has changed
                                           (videos switch on a keyframe, sound at once)

Publishing in-process (a point's received slots, its own camera):

    source = router.source("stage")          made on first use; a source has one video and one
    track = source.inject_track("video", on_keyframe_wanted=f, on_missing=g)      sound track
    track.inject(rtp_bytes)                a plain RTP packet, any payload type and SSRC;
                                           forwarded before the call returns when
                                           `is_last=True` (default: the frame's marker bit)
                                           f() -> None: a keyframe is wanted (already throttled)
                                           g(list of sequence numbers) -> None: gaps to ask for
    track.close()                          its slots are empty from now on

Over WebRTC (an HTTP handler calls these with the body of a WHIP or WHEP request):

    session, answer = engine.publish(router, Viewer(...), offer_text)     WHIP; the viewer's
    session, answer = engine.play(router, Viewer(...), offer_text)        WHEP   subject is the
        raises MalformedSdp, OfferRefused (both have .reason, a sentence)      source's name
    session.info.id, session.is_connected, session.quality ...
    engine.session(id), engine.close_session(id), engine.restart_ice(session, remote)

`play` fills the offer's recvonly m-lines in order with the router's slot names, e.g.
`open_router(..., video_slots=("stage", "speaker", "own"), sound_slots=("sound-0", ...))`;
m-lines beyond the slots are answered inactive. Slots are named by `a=msid:<slot> …`.

Nothing here knows meetings, tokens or MQTT: see meetings.py for those.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import structlog

from media.sfu.encoding import Encoding
from media.sfu.fanout import Fanout
from media.sfu.goodbyes import Goodbyes
from media.sfu.load import Load
from media.sfu.publisher import Publisher
from media.sfu.router import Router
from media.sfu.session import (
    Direction,
    MediaSession,
    SessionInfo,
    SessionListeners,
    forgotten_on_error,
    new_peer,
    transport_of,
)
from media.sfu.session_codecs import make_way, played, sent, unable
from media.sfu.slots import (
    ALL_SOUND_SLOTS,
    TILE_SLOTS,
    VIDEO_SLOTS,
    Plan,
    Viewer,
    content_of,
)
from media.sfu.subscriber import Subscriber
from media.transport.address import listening
from media.transport.dtls import PacketBuffer
from media.transport.peer import Peer
from media.transport.port import MediaPort
from media.transport.udp import UdpEndpoint
from media.wire import sdp
from media.wire.ice_credentials import Credentials
from media.wire.sdp_answer import (
    Rates,
    check,
    host_candidates,
    play_answer,
    play_lines,
    played_video,
    publish_answer,
    publish_lines,
    sent_video,
)
from media.wire.video_codec import VIDEO_CODECS, CodecName
from runtime.guard import FAILURES, keep, start

TICK_S = 0.025
_FEEDBACK_TICKS = 2  # 50 ms
_PRESENCE_TICKS = 4  # 100 ms
_CONSENT_TICKS = 20  # 500 ms

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Where the engine listens, and what it says of itself."""

    # All of IPv4 means all of IPv6 too where a candidate is of IPv6.
    port: int
    candidates: Sequence[str]
    host: str = "0.0.0.0"  # noqa: S104 - a relay is there to be reached
    rates: Rates = field(default_factory=Rates)
    lag_limit_s: float = 0.1


class RelayEngine:
    """All sessions behind one UDP port. See the top of this file."""

    def __init__(self, settings: EngineSettings) -> None:
        self.connected_listeners: list[Callable[[MediaSession], None]] = []
        self.closed_listeners: list[Callable[[MediaSession, str], None]] = []
        self.load = Load(lag_limit_s=settings.lag_limit_s)
        self._settings = settings
        self.listeners = SessionListeners(self._connected, self._ended)
        self._buffer = PacketBuffer()
        self.endpoints: list[UdpEndpoint] = []  # of calls to other relays, beside the port's
        self._port: MediaPort | None = None
        self._fanout: Fanout | None = None
        self._routers: dict[str, Router] = {}
        self._sessions: dict[str, MediaSession] = {}
        self._dirty: dict[Encoding, None] = {}
        self._new_peers: asyncio.Queue[Peer] = asyncio.Queue()
        self._goodbyes = Goodbyes()

    def open(self) -> None:
        """Bind the port and begin to read, on the running loop.

        Raises:
            PortInUse: somebody else has the port.
        """
        host = listening(self._settings.host, self._settings.candidates)
        endpoint = UdpEndpoint(host, self._settings.port, receive_buffer=self._buffer.view)
        self._port = MediaPort(endpoint, self._buffer)
        self._fanout = Fanout(endpoint)
        endpoint.start(self._port.received, self.flush)
        _log.info(
            "media_port_open",
            port=endpoint.port,
            has_segmentation=endpoint.has_segmentation,
            send_buffer_bytes=endpoint.send_buffer_bytes,
        )

    async def say_goodbye(self) -> None:
        """Close every session with DTLS' goodbye, so that clients come back soon."""
        for session in self.sessions:
            session.peer.close("the relay stops")
        await self._goodbyes.say_all()

    async def close(self) -> None:
        """Close every session, and the port."""
        await self.say_goodbye()
        self.media_port.endpoint.close()

    @property
    def media_port(self) -> MediaPort:
        """The port, once it is open.

        Raises:
            LookupError: before `open`.
        """
        if self._port is None:
            raise LookupError("the engine is not open")
        return self._port

    @property
    def port(self) -> int:
        """The UDP port."""
        return self.media_port.endpoint.port

    @property
    def fanout(self) -> Fanout:
        """The fast path, once the engine is open.

        Raises:
            LookupError: before `open`.
        """
        if self._fanout is None:
            raise LookupError("the engine is not open")
        return self._fanout

    @property
    def sessions(self) -> list[MediaSession]:
        """Every session there is."""
        return list(self._sessions.values())

    def session(self, session_id: str) -> MediaSession | None:
        """Return a session by its id."""
        return self._sessions.get(session_id)

    def open_router(
        self,
        name: str,
        plan: Plan,
        *,
        video_slots: Sequence[str] = VIDEO_SLOTS,
        sound_slots: Sequence[str] = ALL_SOUND_SLOTS,
    ) -> Router:
        """Return a new router."""
        router = Router(name, plan, self.fanout, video_slots=video_slots, sound_slots=sound_slots)
        self._routers[name] = router
        return router

    def close_router(self, name: str, reason: str) -> None:
        """Close a router and all its sessions."""
        self._routers.pop(name, None)
        for session in self.sessions:
            if session.info.router_name == name:
                session.peer.close(reason)

    def publish(
        self,
        router: Router,
        viewer: Viewer,
        offer_text: str,
        *,
        codecs: Collection[CodecName] = VIDEO_CODECS,
        direction: Direction = "publish",
    ) -> tuple[Publisher, str]:
        """Accept a WHIP offer; return the session and the answer.

        Args:
            direction: "share" for content, which is a source beside the viewer's own.
            codecs: of pictures, that may be used.

        Raises:
            MalformedSdp: the text is no session description.
            OfferRefused: nothing in it can be taken.
        """
        offer = sdp.parse(offer_text)
        offered = sent_video(offer)
        wanted = [name for name in offered if name in codecs] or offered
        codec = router.codecs.for_publisher(wanted, played(self.sessions, router.name))
        lines = publish_lines(offer, codec)
        info = SessionInfo(router.name, viewer, direction)
        name = content_of(viewer) if direction == "share" else viewer.source
        session = Publisher(
            info,
            router.source(name),
            self._settings.rates,
            self.listeners,
            on_received=self.mark,
        )
        peer = new_peer(self.media_port, session, offer)
        with forgotten_on_error(peer):
            session.accept(peer, lines)
            session.offered_video = offered
            transport = transport_of(peer, self.media_port, self._settings.candidates)
            answer = sdp.render(publish_answer(offer, lines, transport, self._settings.rates))
        self._begin(session, offer)
        for player in unable(self.sessions, router.name, codec):
            player.peer.close(f"it cannot play {codec}")
        return session, answer

    def play(
        self, router: Router, viewer: Viewer, offer_text: str, *, has_tiles: bool = False
    ) -> tuple[Subscriber, str]:
        """Accept a WHEP offer; return the session and the answer.

        Args:
            has_tiles: videos beyond the router's slots are tiles (`Router.show_tiles`).

        Raises:
            MalformedSdp: the text is no session description.
            OfferRefused: nothing in it can be filled.
        """
        offer = sdp.parse(offer_text)
        ssrcs = iter(lambda: secrets.randbits(31) | 1, 0)
        videos = (*router.slots["video"], *(TILE_SLOTS if has_tiles else ()))
        lines = play_lines(offer, {**router.slots, "video": videos}, ssrcs)
        router.codecs.for_player(  # or it is refused; nobody makes way for who is not there yet
            played_video(lines),
            sent(self.sessions, router.name),
            played(self.sessions, router.name),
        )
        info = SessionInfo(router.name, viewer, "play")
        session = Subscriber(info, self.fanout, self.listeners)
        peer = new_peer(self.media_port, session, offer)
        with forgotten_on_error(peer):
            session.accept(peer, lines)
            if offer.bandwidth_bps is not None:
                session.begin_at(offer.bandwidth_bps)
            transport = transport_of(peer, self.media_port, self._settings.candidates)
            answer = sdp.render(play_answer(offer, lines, transport, session.cname))
        self._begin(session, offer)
        return session, answer

    def _begin(self, session: MediaSession, offer: sdp.SessionDescription) -> None:
        first = check(offer)
        session.info.remote_ufrag, session.info.mid = first.ice.ufrag, first.mid
        self.add(session)

    def add(self, session: MediaSession) -> None:
        """Take up a session whose peer may shake hands."""
        self._sessions[session.info.id] = session
        self._new_peers.put_nowait(session.peer)

    def _connected(self, session: MediaSession) -> None:
        router = self._routers.get(session.info.router_name)
        if isinstance(session, Subscriber) and router is not None:
            if not make_way(session, router.codecs, self.sessions, router.name):
                return
            router.subscribers.append(session)
            router.fill(session)
        session.has_joined = True
        for listener in self.connected_listeners:
            listener(session)

    def _ended(self, session: MediaSession, reason: str) -> None:
        self._sessions.pop(session.info.id, None)
        router = self._routers.get(session.info.router_name)
        if isinstance(session, Subscriber) and router is not None:
            router.subscribers = [known for known in router.subscribers if known is not session]
        self._goodbyes.add(session.peer)
        for listener in self.closed_listeners:
            listener(session, reason)

    def close_session(self, session_id: str, reason: str = "asked to leave") -> bool:
        """Close a session; return whether there was one."""
        session = self._sessions.get(session_id)
        if session is None:
            return False
        session.peer.close(reason)
        return True

    def restart_ice(self, session: MediaSession, remote: Credentials) -> Credentials:
        """Return new credentials for a session whose client restarts ICE (RFC 9725, 4.3)."""
        session.info.etag = secrets.token_hex(8)
        return session.peer.restart_ice(remote)

    def candidates(self) -> tuple[sdp.Candidate, ...]:
        """Return this side's candidates."""
        return host_candidates(self._settings.candidates, self.port)

    def mark(self, encoding: Encoding) -> None:
        """Note that an encoding has packets to be sent on."""
        self._dirty[encoding] = None

    def flush(self) -> None:
        """Send on what has come in this burst."""
        if not self._dirty:
            return
        dirty, self._dirty = self._dirty, {}
        now = time.monotonic()
        for encoding in dirty:
            try:
                encoding.flush(now=now)
            except Exception as exc:  # noqa: BLE001 - one track's failure is its own
                encoding.upstream.fail(exc)
        self.load.drained(time.monotonic() - now)

    async def run(self) -> None:
        """Run handshakes, goodbyes and timers until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            keep(tasks, self._run_timers, name="relay-timers")
            keep(tasks, self._goodbyes.run, name="relay-goodbyes")
            keep(tasks, self.fanout.run, name="relay-pacing")
            while True:
                peer = await self._new_peers.get()
                start(tasks, peer.connect(), kind="peer", on_failed=peer.put_away)
                del peer  # not held until the next one comes

    async def _run_timers(self) -> None:
        ticks = 0
        while True:
            began = time.monotonic()
            await asyncio.sleep(TICK_S)
            ticks += 1
            now = time.monotonic()
            self.load.ticked(now - began - TICK_S, cpu_s=time.process_time(), now_s=now)
            if ticks % _FEEDBACK_TICKS == 0:
                self._tick_sessions(now, is_consent_due=ticks % _CONSENT_TICKS == 0)
            for router in list(self._routers.values()):
                try:
                    router.serve(now=now, cap=self.load.shedding.cap)
                    if ticks % _PRESENCE_TICKS == 0:
                        router.notice()
                except Exception as exc:  # noqa: BLE001 - one router's failure is its own
                    FAILURES.note("router", exc, router=router.name)

    def _tick_sessions(self, now: float, *, is_consent_due: bool) -> None:
        for session in self.sessions:
            try:
                session.tick(now=now)
                if is_consent_due:
                    session.peer.tick(now)
            except Exception as exc:  # noqa: BLE001 - one session's failure is its own
                session.peer.fail(exc)
