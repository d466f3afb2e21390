"""The local relay: what the room receives and sends, played by the browser beside us."""

from collections.abc import Callable

from agent.room.settings import LocalRelaySettings
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.slots import Filling, Viewer
from media.sfu.up_track import UpTrack
from media.transport.interfaces import local_addresses, reachable_addresses

KIOSK_INTERFACE = "kiosk0"
OWN = "own"
VIDEO_SLOTS = ("stage", "speaker", OWN)
SOUND_SLOTS = ("sound-0", "sound-1", "sound-2")

WantKeyframe = Callable[[str], None]


class LocalRelay:
    """The relay engine in this process, with one source for each slot."""

    def __init__(self, settings: LocalRelaySettings) -> None:
        """Bind the UDP port.

        Raises:
            PortInUse: somebody else has it.
        """
        self.want_no_keyframe()
        self.engine = RelayEngine(
            EngineSettings(
                host=settings.host,
                port=settings.port,
                candidates=settings.addresses or kiosk_addresses(),
            )
        )
        self.engine.open()
        self.router = self.engine.open_router(
            "local", _plan, video_slots=VIDEO_SLOTS, sound_slots=SOUND_SLOTS
        )
        self._tracks: dict[str, UpTrack] = {
            slot: self.router.source(slot).inject_track(
                "video" if slot in VIDEO_SLOTS else "audio",
                on_keyframe_wanted=self._keyframe_wish(slot),
            )
            for slot in (*VIDEO_SLOTS, *SOUND_SLOTS)
        }

    def want_no_keyframe(self) -> None:
        """Ask nobody for keyframes: there is no meeting, and none is held on to."""
        self.want_keyframe: WantKeyframe = lambda slot: None

    def hand_on(self, slot: str, packet: bytes) -> None:
        """Give the browser a packet of a slot; one it has no place for is dropped."""
        track = self._tracks.get(slot)
        if track is not None:
            track.inject(packet)

    def _keyframe_wish(self, slot: str) -> Callable[[], None]:
        def wish() -> None:
            self.want_keyframe(slot)

        return wish


def _plan(viewer: Viewer) -> Filling:
    """Every viewer of the room sees every slot as it is."""
    return {slot: slot for slot in (*VIDEO_SLOTS, *SOUND_SLOTS)}


def kiosk_addresses() -> tuple[str, ...]:
    """Return the addresses under which this machine's own browser finds us.

    Browsers play nothing from the loopback, where they have anything else.
    """
    own = local_addresses().get(KIOSK_INTERFACE) or reachable_addresses()
    return tuple(own) or ("127.0.0.1",)
