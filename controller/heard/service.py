"""What other subjects may read of it: which points had which meetings without interruption."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from controller.heard import heard_queries
from controller.heard.heard_queries import forget as forget
from controller.heard.packing import unpacked
from controller.heard.verdicts import CutCause as CutCause
from controller.heard.verdicts import PointMeeting as PointMeeting
from monitoring.judgement.uninterrupted import HeardVerdict as HeardVerdict
from monitoring.judgement.uninterrupted import JudgedMinute


@dataclass(frozen=True, slots=True)
class HeardStrip:
    """The evidence of one: its minutes on end, from `begins_at` on; None: none was held."""

    point_meeting: PointMeeting
    begins_at: datetime | None
    minutes: tuple[JudgedMinute, ...]


def point_meetings(session: Session, meeting_ids: Collection[str]) -> Sequence[PointMeeting]:
    """Return what is said of every invited point in some meetings, in any order.

    A meeting that is not over, or was over within the last minute, has none yet; nor has one that
    was held in person, one that was cancelled, or one that had ended before this was recorded.
    """
    return [
        PointMeeting(meeting_id, point_id, held, good, cut_s, HeardVerdict(verdict), _cause(cause))
        for meeting_id, point_id, held, good, cut_s, verdict, cause in heard_queries.rows(
            session, meeting_ids
        )
    ]


def minutes_of(session: Session, meeting_id: str, point_id: str) -> HeardStrip | None:
    """Return the evidence of one point in one meeting; None: nothing is said of it yet."""
    row = heard_queries.get(session, meeting_id, point_id)
    if row is None:
        return None
    said = PointMeeting(
        row.meeting_id,
        row.point_id,
        row.held_minutes,
        row.good_minutes,
        row.longest_cut_s,
        HeardVerdict(row.verdict),
        _cause(row.cause),
    )
    return HeardStrip(said, row.begins_at, unpacked(row.minutes))


def allowed_of(session: Session, meeting_id: str) -> int | None:
    """Return how many bad minutes a meeting was allowed; None: as the settings say now."""
    return heard_queries.allowed_of(session, meeting_id)


def _cause(stored: str) -> CutCause | None:
    return CutCause(stored) if stored else None
