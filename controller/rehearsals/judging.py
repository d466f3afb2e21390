"""Verdicts on results: when a point has said what came of it, or time is over."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.ids import PointId
from controller.ingest.rehearsal_rows import said_of
from controller.meetings import service as meetings
from controller.rehearsals import facts, rehearsal_queries, said
from controller.rehearsals.tables import RehearsalResult
from controller.rehearsals.verdict import PointVerdict, judge

SAID_WITHIN = timedelta(seconds=60)
SAID_LATE = timedelta(hours=1)
"""So long after its turn a result still counts: its point's line was away."""


def settle(session: Session, series: Session, now: datetime) -> list[RehearsalResult]:
    """Judge what points have said, and whose time to say it is over; return what changed."""
    rows = rehearsal_queries.unsettled_or_mute(session, now - SAID_LATE)
    bodies = said_of(series, {one.rehearsal_id: one.point_id for one in rows})
    changed = []
    for row in rows:
        body = bodies.get(row.rehearsal_id)
        if body is not None:
            said.keep(row, body)
        elif row.judged_at is not None or (row.ends_at and now <= row.ends_at + SAID_WITHIN):
            continue
        changed.append(row)
    chairs = _chairs(session, changed)
    known = facts.known(series, [PointId(one.point_id) for one in changed], now)
    for row in changed:
        is_chair = chairs.get(row.run_id) == row.point_id
        judged = judge(said.said_in(row), known[PointId(row.point_id)], is_chair=is_chair)
        row.verdict, row.cause, row.judged_at = judged.verdict.value, judged.cause, now
        session.add(row)
    session.flush()
    return changed


def leave(session: Session, rows: Iterable[RehearsalResult], cause: str, now: datetime) -> None:
    """Say of results that there is none, and why."""
    for row in rows:
        row.verdict, row.cause, row.judged_at = PointVerdict.NO_RESULT.value, cause, now
        session.add(row)


def _chairs(session: Session, rows: Iterable[RehearsalResult]) -> dict[str, str]:
    runs = rehearsal_queries.runs(session, {one.run_id for one in rows})
    known = meetings.by_ids(session, {one.meeting_id for one in runs})
    return {
        one.run_id: known[one.meeting_id].chair_point_id for one in runs if one.meeting_id in known
    }
