"""A meeting in which B, a foreign client, speaks, and a player that decodes what it sends."""

from contracts.floor import FloorState
from tests.fakes.relay import CHAIR, B, RelayProcess, meeting
from tests.fakes.webrtc import Player
from tests.waiting import until

NEARLY = 12


async def began(relay: RelayProcess) -> None:
    """Declare it, and wait for its beginning."""
    await relay.centre.declare(meeting(floor=FloorState(epoch=1, holders=(B,))))
    await relay.centre.hears(lambda: "forwarding_began" in relay.centre.kinds())


async def sees(relay: RelayProcess, *, shade: float, frames: int = 25) -> None:
    """Play as the chair until so many pictures of B were decoded, of this luminance."""
    player = Player()
    await player.join(relay, CHAIR)

    def seen() -> bool:
        found = player.shade("speaker")
        is_like = found is not None and abs(found - shade) < NEARLY
        return is_like and player.frames("speaker") >= frames

    await until(seen, 15, f"B's picture, of luminance {shade}, not {player.shade('speaker')}")
    await player.close()
