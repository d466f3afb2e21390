"""The local relay: what the room receives and sends, played by the browser beside us."""

import asyncio
import time
from collections.abc import Callable, Sequence

from agent.room.content import LocalContent
from agent.room.settings import CodecWish, LocalRelaySettings, SourceSettings
from contracts.participants import ParticipantKind
from media.errors import OfferRefused
from media.sfu.encoding import MediaSink
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.publisher import Publisher
from media.sfu.sizes import Size
from media.sfu.slots import CONTENT, Filling, Viewer
from media.sfu.up_track import UpTrack
from media.transport.interfaces import local_addresses, reachable_addresses
from media.transport.near_first import NearFirst
from media.wire.rtcp import SenderReport
from media.wire.sdp import Kind
from media.wire.sdp_answer import Rates
from media.wire.video_codec import BASE, CodecName

KIOSK_INTERFACE = "kiosk0"
OWN = "own"
VIDEO_SLOTS = ("stage", "speaker", CONTENT, OWN)
SOUND_SLOTS = ("sound-0", "sound-1", "sound-2", "sound-content")

WantKeyframe = Callable[[str], None]


class LocalRelay:
    """The relay engine in this process, with one source for each slot."""

    def __init__(self, settings: LocalRelaySettings, source: SourceSettings) -> None:
        """Bind the UDP port.

        Args:
            source: of the picture "own", which the browser publishes or this process makes.

        Raises:
            PortInUse: somebody else has it.
        """
        self.want_no_keyframe()
        candidates = settings.addresses or kiosk_addresses()
        self.engine = RelayEngine(
            EngineSettings(
                host=settings.host,
                port=settings.port,
                candidates=candidates,
                rates=Rates(video_start_bps=source.bitrate_bps, video_max_bps=source.bitrate_bps),
            )
        )
        self.engine.open()
        self.engine.media_port.near_first = NearFirst(candidates)
        self.router = self.engine.open_router(
            "local", _plan, video_slots=VIDEO_SLOTS, sound_slots=SOUND_SLOTS
        )
        self.router.is_local = True
        self._tracks: dict[str, UpTrack] = {
            slot: self.router.source(slot).inject_track(
                "video" if slot in VIDEO_SLOTS else "audio",
                on_keyframe_wanted=self._keyframe_wish(slot),
            )
            for slot in (*VIDEO_SLOTS, *SOUND_SLOTS)
            if slot != OWN or source.kind != "browser"
        }
        self._own_sound = (
            self.router.source(OWN).inject_track("audio", on_keyframe_wanted=lambda: None)
            if source.kind == "gstreamer"
            else None
        )
        self.encodable: Sequence[CodecName] = (BASE,)  # by the browser, the best first
        self._codec_wish = source.codec
        self._agreed: CodecName | None = None
        self._capture: Publisher | None = None
        self.picture_max_bps = source.bitrate_bps
        self.content = LocalContent(self.engine, self.router, picture_max_bps=source.bitrate_bps)
        self._limit_bps: int | None = None
        self.wanted: frozenset[Size] = frozenset()
        self._has_changed = asyncio.Event()

    def want_no_keyframe(self) -> None:
        """Ask nobody for keyframes: there is no meeting, and none is held on to."""
        self.want_keyframe: WantKeyframe = lambda slot: None

    def hand_on(self, slot: str, packet: bytes) -> None:
        """Give the browser a packet of a slot; one it has no place for is dropped."""
        track = self._tracks.get(slot)
        if track is not None:
            track.inject(packet)

    def capture(self, kind: Kind, packet: bytes) -> None:
        """Take a packet of the room's own camera or microphone, which this machine captures."""
        track = self._tracks.get(OWN) if kind == "video" else self._own_sound
        if track is not None:
            track.inject(packet)

    def hand_on_report(self, slot: str, report: SenderReport) -> None:
        """Take the centre's word on a slot's time, so that picture and sound stay together."""
        track = self._tracks.get(slot)
        if track is not None:
            track.encodings[0].intake.reception.reported(report, now=time.monotonic())

    # The room's own camera and microphone, which the browser has.

    def open_to_capture(self, sink: MediaSink) -> None:
        """Let the browser publish, and give what it sends to `sink` too."""
        self.router.source(OWN).sinks[:] = [sink]

    def close_to_capture(self) -> None:
        """Let the browser publish nothing, and end what it publishes."""
        self.router.source(OWN).sinks.clear()
        self._agreed = self._limit_bps = None
        self._end_capture("the camera is closed")

    def publish(self, offer: str) -> tuple[Publisher, str]:
        """Take the browser's offer of camera and microphone; one before it is ended.

        Raises:
            MalformedSdp: the text is no session description.
            OfferRefused: nothing in it can be taken, or no meeting wants it now.
        """
        if not self.router.source(OWN).sinks:
            raise OfferRefused("Camera and microphone are closed outside meetings.", status=409)
        codec = self._agreed or self.codecs[0]
        session, answer = self.engine.publish(
            self.router, Viewer(OWN, ParticipantKind.POINT), offer, codecs=(codec,)
        )
        self._end_capture("another page took the camera over")
        self._capture = session
        session.limit(self._limit_bps)
        return session, answer

    def limit_capture(self, bps: int) -> None:
        """Let the browser send so much, pictures and sound together, from now on."""
        self._limit_bps = bps
        if self._capture is not None:
            self._capture.limit(bps)

    def tell_loss(self, ratio: float) -> None:
        """Tell the browser what the line upwards loses of its sound, so that Opus repairs it."""
        if self._capture is not None:
            self._capture.sound_loss_ratio = ratio

    @property
    def codecs(self) -> tuple[CodecName, ...]:
        """What the browser's picture may be sent in, the best first."""
        return codec_order(self._codec_wish, self.encodable)

    def use_codec(self, codec: CodecName) -> None:
        """Have the browser send its picture in this codec, anew where it sends another."""
        self._agreed = codec
        if self._capture is not None and self._capture.video_codec not in (None, codec):
            self._end_capture("its picture is to be of another codec")

    def want_sizes(self, sizes: frozenset[Size]) -> None:
        """Have the browser send its picture in these sizes, and no other."""
        if sizes == self.wanted:
            return
        self.wanted = sizes
        changed, self._has_changed = self._has_changed, asyncio.Event()
        changed.set()

    @property
    def sizes(self) -> frozenset[Size]:
        """What the browser sends: what goes up, and the large one where another page looks in."""
        outs = (out for subscriber in self.router.subscribers for out in subscriber.outs)
        is_watched = any(out.slot == OWN for out in outs)
        return self.wanted | {Size.HIGH} if is_watched else self.wanted

    async def wanted_changed(self) -> None:
        """Return when other sizes are wanted."""
        await self._has_changed.wait()

    def _end_capture(self, reason: str) -> None:
        if self._capture is not None:
            self.engine.close_session(self._capture.info.id, reason)
            self._capture = None

    def ask_own_keyframe(self, size: Size) -> None:
        """Ask the browser at once for a keyframe of its camera: who asks has counted it already."""
        now = time.monotonic()
        for encoding in self.router.source(OWN).alive(now=now):
            if encoding.kind == "video" and encoding.size is size:
                encoding.want_keyframe(now=now, is_urgent=True)

    @property
    def captured(self) -> frozenset[Kind]:
        """The kinds of which the browser's packets come."""
        return frozenset(one.kind for one in self.router.source(OWN).alive(now=time.monotonic()))

    def _keyframe_wish(self, slot: str) -> Callable[[], None]:
        def wish() -> None:
            self.want_keyframe(slot)

        return wish


def codec_order(wish: CodecWish, encodable: Sequence[CodecName]) -> tuple[CodecName, ...]:
    """Return what a browser's picture may be sent in, the best first.

    Args:
        encodable: by the browser, in the order of what costs it the least.
    """
    if wish == "vp8":
        return (BASE,)
    if wish == "h264":
        return tuple(sorted(encodable, key=lambda name: name == BASE)) or (BASE,)
    return tuple(encodable) or (BASE,)


def _plan(viewer: Viewer) -> Filling:
    """Every viewer of the room sees every slot as it is."""
    return {slot: slot for slot in (*VIDEO_SLOTS, *SOUND_SLOTS)}


def kiosk_addresses() -> tuple[str, ...]:
    """Return the addresses under which this machine's own browser finds us.

    Browsers play nothing from the loopback, where they have anything else.
    """
    own = local_addresses().get(KIOSK_INTERFACE) or reachable_addresses()
    return tuple(own) or ("127.0.0.1",)
