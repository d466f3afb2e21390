"""What other parts of the centre may read of roll calls."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId
from controller.meetings.rollcall import roll_queries
from controller.meetings.rollcall.closing import close
from controller.meetings.rollcall.roll_queries import forget
from controller.meetings.rollcall.rules import RollState
from controller.meetings.rollcall.said_queries import said_in
from controller.meetings.stays import stays
from monitoring.judgement.periods import Period

__all__ = ["changed_at", "close", "excused", "forget", "plays", "said_in"]


def excused(session: Session, meeting_id: str) -> frozenset[PointId]:
    """Return the points that a meeting's roll call has absent, with a reason."""
    said = roll_queries.marks(session, meeting_id)
    return frozenset(
        PointId(subject)
        for subject, (mark, _) in said.items()
        if mark.state is RollState.ABSENT and mark.detail.strip()
    )


def changed_at(session: Session, meeting_ids: Collection[str]) -> dict[str, datetime]:
    """Return when somebody said or took back something last, of the meetings where they did."""
    return roll_queries.changed_at(session, meeting_ids)


def plays(session: Session, meeting_id: str, until: datetime) -> dict[PointId, list[Period]] | None:
    """Return when each point could hear a meeting, by the relays' log; None: that has nobody."""
    movements = roll_queries.movements(session, meeting_id)
    if not movements:
        return None
    return {PointId(one): stays(moves, "play", until) for one, moves in movements.items()}
