"""What the room's process beside us is doing, from the file it writes every second.

Nobody's parent: systemd restarts it. Here it is only seen and told.
"""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from agent.point.room_state import StateFile
from contracts.reports import RoomSection

STUCK_AFTER = timedelta(seconds=5)

_decoder = msgspec.json.Decoder(StateFile)


def room_section(path: Path, *, now: datetime) -> RoomSection:
    """Return how the room's process is: "stuck" where it has not written for five seconds."""
    try:
        payload = path.read_bytes()
    except FileNotFoundError:
        return RoomSection(media="absent")
    except OSError:
        return RoomSection(media="stuck")
    try:
        found = _decoder.decode(payload)
    except msgspec.MsgspecError:
        return RoomSection(media="stuck")
    if abs(now - found.written_at) > STUCK_AFTER:
        return RoomSection(media="stuck")
    return RoomSection(media=found.state, camera=found.camera, microphone=found.microphone)


def wants_devices(room: RoomSection) -> bool:
    """Whether camera and microphone may be open: in a meeting or a test that is shown."""
    is_in_meeting = room.media in ("joining", "in_meeting")
    shown = (one for one in (room.camera, room.microphone) if one is not None)
    return is_in_meeting or any(one.state == "open" for one in shown)
