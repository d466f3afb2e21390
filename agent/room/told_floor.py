"""The floor for this room: the centre's document, or the relay's word where that is newer.

While the centre is away the floor is moved at the relay, which tells each room in its session.
Once the centre is back its document is at least as new, and says names too.
"""

from datetime import UTC, datetime

import msgspec

from contracts.desired import Live
from contracts.ids import MeetingId
from contracts.steering import FloorWord

_NEVER_ISSUED = datetime(1970, 1, 1, tzinfo=UTC)


def live_of(live: Live | None, word: FloorWord | None, meeting_id: MeetingId) -> Live | None:
    """Return what counts now of the meeting that the room is in.

    Args:
        word: what the relay has told of it; None: nothing.
    """
    if word is None:
        return live
    said = live if live is not None and live.meeting_id == meeting_id else None
    if said is not None and said.floor_epoch >= word.floor_epoch:
        return said
    base = said or Live(
        leader_epoch=0, generation=0, issued_at=_NEVER_ISSUED, meeting_id=meeting_id
    )
    name = word.speaker_name
    if not name and word.speaker is not None and word.speaker == base.speaker:
        name = base.speaker_name
    return msgspec.structs.replace(
        base,
        floor_epoch=word.floor_epoch,
        mode=word.mode,
        speaker=word.speaker,
        speaker_name=name,
        is_holder=word.is_holder,
        is_muted=word.is_muted,
        speech_began_at=None,
        speech_s=None,
        queue_place=0 if word.is_holder else base.queue_place,
    )
