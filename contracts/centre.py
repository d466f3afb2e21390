"""What the centre's own processes tell each other over the broker."""

from typing import Literal

from msgspec import UNSET, UnsetType

from contracts.ids import MeetingIdField, PointIdField
from contracts.message import Instant, Message, ShortText

ChangeKind = Literal[
    "report", "presence", "inventory", "bandwidth", "media", "snmp", "traps", "problem", "minutes"
]


class ChangeNotice(Message, frozen=True):
    """Something was committed; whoever shows it reads it from the database.

    Attributes:
        point_id: whom it is about; None: a meeting, of which minutes are kept.
        witnessed_at: what time it was by a clock that the point has not from the centre, and
            vouches for; None: it says nothing about the centre's clock.
    """

    kind: ChangeKind
    measured_at: Instant
    committed_at: Instant
    point_id: PointIdField | None = None
    witnessed_at: Instant | None = None
    meeting_id: MeetingIdField | UnsetType = UNSET


class IngestBeat(Message, frozen=True):
    """What ingest sends to itself: whoever gets it back fresh has caught up with the queue."""

    run: ShortText
    sent_at: Instant
