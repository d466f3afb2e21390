"""The local relay: what the room receives and sends, played by the browser beside us."""

import socket
from collections.abc import Callable, Sequence

import psutil

from agent.room.settings import LocalRelaySettings
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.slots import Filling, Viewer
from media.sfu.up_track import UpTrack
from media.testcard.source import OWN

KIOSK_INTERFACE = "kiosk0"
VIDEO_SLOTS = ("stage", "speaker", OWN)
SOUND_SLOTS = ("sound-0", "sound-1", "sound-2")

WantKeyframe = Callable[[str], None]


class Feed:
    """The relay engine in this process, with one source for each slot."""

    def __init__(self, settings: LocalRelaySettings) -> None:
        """Bind the UDP port.

        Raises:
            PortInUse: somebody else has it.
        """
        self.want_keyframe: WantKeyframe = lambda slot: None
        self.engine = RelayEngine(
            EngineSettings(
                host=settings.host,
                port=settings.port,
                candidates=settings.addresses or local_addresses(),
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


def local_addresses() -> tuple[str, ...]:
    """Return the IPv4 addresses under which this machine's own browser finds us."""
    found: dict[str, list[str]] = {
        name: [a.address for a in addresses if a.family == socket.AF_INET]
        for name, addresses in psutil.net_if_addrs().items()
    }
    if found.get(KIOSK_INTERFACE):
        return tuple(found[KIOSK_INTERFACE])
    return _without_loopback([address for addresses in found.values() for address in addresses])


def _without_loopback(addresses: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(address for address in addresses if not address.startswith("127."))
    return kept or ("127.0.0.1",)
