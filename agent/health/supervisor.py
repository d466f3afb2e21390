"""What the room's process beside us is doing, from the file it writes every second.

Nobody's parent: systemd restarts it. Here it is only seen and told.
"""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from agent.point.room_state import StateFile
from contracts.reports import RoomState

STUCK_AFTER = timedelta(seconds=5)

_decoder = msgspec.json.Decoder(StateFile)


def media_state(path: Path, *, now: datetime) -> RoomState:
    """Return the room's process' state: "stuck" where it has not written for five seconds."""
    try:
        payload = path.read_bytes()
    except FileNotFoundError:
        return "absent"
    except OSError:
        return "stuck"
    try:
        found = _decoder.decode(payload)
    except msgspec.MsgspecError:
        return "stuck"
    return found.state if abs(now - found.written_at) <= STUCK_AFTER else "stuck"
