"""How points came out of a meeting's rehearsals, for what is kept of it once it is over."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from controller.meetings.service import Meeting
from controller.rehearsals import board
from controller.rehearsals.verdict import PointVerdict


@dataclass(frozen=True, slots=True)
class RehearsedPoint:
    """The last result of a point that says something; `cause` empty: nothing is wrong."""

    verdict: PointVerdict
    cause: str
    judged_at: datetime


def of_meeting(session: Session, meeting: Meeting) -> dict[str, RehearsedPoint]:
    """Return how each point that was rehearsed came out, as it was judged then."""
    last = board.last_results(board.runs_in_short(session, meeting))
    return {
        point_id: RehearsedPoint(PointVerdict(row.verdict), row.cause, row.judged_at)
        for point_id, row in last.items()
        if row.judged_at is not None and row.verdict
    }
