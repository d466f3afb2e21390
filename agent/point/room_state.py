"""media/state.json: what diemcau-room is doing. Written there every second, read by the agent."""

from typing import Literal

import msgspec

from contracts.message import Instant
from contracts.reports import DeviceState

RoomActivity = Literal["idle", "joining", "in_meeting"]


class StateFile(msgspec.Struct, frozen=True, kw_only=True):
    """The file's content; no `camera`, no `microphone`: the room's page opens none."""

    written_at: Instant
    state: RoomActivity
    meeting_id: str | None = None
    camera: DeviceState | None = None
    microphone: DeviceState | None = None
    is_tunnelled: bool = False  # media go over TLS: no UDP gets through
