"""What the centre's own processes tell each other over the broker."""

from typing import Literal

from contracts.ids import PointIdField
from contracts.message import Instant, Message, ShortText

ChangeKind = Literal["report", "presence", "inventory", "bandwidth", "media", "problem"]


class ChangeNotice(Message, frozen=True):
    """Something about a point was committed; whoever shows it reads it from the database.

    Attributes:
        witnessed_at: what time it was by a clock that the point has not from the centre, and
            vouches for; None: it says nothing about the centre's clock.
    """

    kind: ChangeKind
    point_id: PointIdField
    measured_at: Instant
    committed_at: Instant
    witnessed_at: Instant | None = None


class IngestBeat(Message, frozen=True):
    """What ingest sends to itself: whoever gets it back fresh has caught up with the queue."""

    run: ShortText
    sent_at: Instant
