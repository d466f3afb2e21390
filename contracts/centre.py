"""What the centre's own processes tell each other over the broker."""

from typing import Literal

from msgspec import UNSET, UnsetType

from contracts.ids import MeetingIdField, PointIdField
from contracts.message import Count, Instant, Message, Milliseconds, ShortText

ChangeKind = Literal[
    "report",
    "presence",
    "inventory",
    "bandwidth",
    "throughput",
    "media",
    "snmp",
    "traps",
    "way",
    "rehearsal",
    "problem",
    "minutes",
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


class IngestState(Message, frozen=True):
    """How ingest is.

    Attributes:
        lag_ms: how long its last beat was on its way through the queue of the reports.
        waiting: reports to be written.
        newest_at: when the last report came.
        lost_total: what nobody sends again, and could not even be kept, since it began.
    """

    sent_at: Instant
    lag_ms: Milliseconds | None = None
    waiting: Count = 0
    newest_at: Instant | None = None
    is_failing: bool = False
    lost_total: Count = 0


class WebEcho(Message, frozen=True):
    """What the web process sends to itself; `mark` is another each time."""

    mark: ShortText
