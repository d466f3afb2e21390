"""Rehearsals and their results as rows."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from controller.rehearsals.moments import RehearsalMoment
from controller.rehearsals.tables import RehearsalResult, RehearsalRun, RequiredPoint

RUNS_SHOWN = 24


def made_of(session: Session, meeting_id: str) -> list[RehearsalRun]:
    """Return a meeting's last rehearsals, the newest first."""
    query = select(RehearsalRun).where(RehearsalRun.meeting_id == meeting_id)
    newest = (col(RehearsalRun.made_at).desc(), col(RehearsalRun.run_id))
    return list(session.exec(query.order_by(*newest).limit(RUNS_SHOWN)))


def made_of_all(
    session: Session, meeting_ids: Collection[str]
) -> dict[str, set[tuple[RehearsalMoment, datetime]]]:
    """Return which moments of meetings were made use of."""
    query = select(RehearsalRun.meeting_id, RehearsalRun.moment, RehearsalRun.due_at).where(
        col(RehearsalRun.meeting_id).in_(list(meeting_ids))
    )
    found: dict[str, set[tuple[RehearsalMoment, datetime]]] = {}
    for meeting_id, moment, due_at in session.exec(query):
        found.setdefault(meeting_id, set()).add((RehearsalMoment(moment), due_at))
    return found


def asked_since(session: Session, meeting_id: str, since: datetime) -> int:
    """Return how many rehearsals of a meeting were asked for since a time."""
    query = (
        select(func.count())
        .select_from(RehearsalRun)
        .where(
            RehearsalRun.meeting_id == meeting_id,
            RehearsalRun.moment == RehearsalMoment.ASKED.value,
            RehearsalRun.made_at >= since,
        )
    )
    return session.exec(query).one()


def open_runs(session: Session) -> list[RehearsalRun]:
    """Return the rehearsals that go on, the oldest first."""
    query = select(RehearsalRun).where(col(RehearsalRun.open_for).is_not(None))
    return list(session.exec(query.order_by(col(RehearsalRun.made_at), col(RehearsalRun.run_id))))


def runs(session: Session, run_ids: Iterable[str]) -> list[RehearsalRun]:
    """Return some rehearsals, those that there are."""
    return list(
        session.exec(select(RehearsalRun).where(col(RehearsalRun.run_id).in_(list(run_ids))))
    )


def ended_since(session: Session, since: datetime) -> list[RehearsalRun]:
    """Return the rehearsals that go on or were over after a time."""
    over_at = col(RehearsalRun.over_at)
    return list(session.exec(select(RehearsalRun).where(over_at.is_(None) | (over_at >= since))))


def results_of(session: Session, run_ids: Collection[str]) -> list[RehearsalResult]:
    """Return the results of some rehearsals, in the order of their turns."""
    query = select(RehearsalResult).where(col(RehearsalResult.run_id).in_(list(run_ids)))
    order = (col(RehearsalResult.begins_at), col(RehearsalResult.rehearsal_id))
    return list(session.exec(query.order_by(*order)))


def unsettled_or_mute(session: Session, since: datetime) -> list[RehearsalResult]:
    """Return those told that have no verdict yet, and those of which nothing came, of late."""
    row = RehearsalResult
    is_waiting = col(row.judged_at).is_(None) & col(row.told_at).is_not(None)
    is_mute = (col(row.judged_at) >= since) & (col(row.outcome) == "")
    return list(session.exec(select(row).where(is_waiting | is_mute)))


def told_since(
    session: Session, point_ids: Collection[str], since: datetime
) -> dict[str, RehearsalResult]:
    """Return the last turn that each point was told of since a time."""
    row = RehearsalResult
    query = select(row).where(
        col(row.point_id).in_(list(point_ids)),
        col(row.told_at) >= since,
        col(row.begins_at) >= since,
    )
    return {one.point_id: one for one in session.exec(query.order_by(col(row.begins_at)))}


def of_point(
    session: Session, point_id: str, *, most: int
) -> list[tuple[RehearsalResult, RehearsalRun]]:
    """Return a point's last rehearsals that have a verdict, the newest first."""
    row = RehearsalResult
    query = (
        select(row, RehearsalRun)
        .join(RehearsalRun, col(row.run_id) == col(RehearsalRun.run_id))
        .where(row.point_id == point_id, col(row.judged_at).is_not(None))
        .order_by(col(row.judged_at).desc())
        .limit(most)
    )
    return list(session.exec(query))


def forget_before(session: Session, limit: datetime, *, count: int) -> int:
    """Remove some rehearsals that were made before a time, with their results; return how many."""
    query = select(RehearsalRun.run_id).where(col(RehearsalRun.made_at) < limit).limit(count)
    run_ids = list(session.exec(query))
    if run_ids:
        session.exec(delete(RehearsalResult).where(col(RehearsalResult.run_id).in_(run_ids)))
        session.exec(delete(RehearsalRun).where(col(RehearsalRun.run_id).in_(run_ids)))
    old = col(RequiredPoint.set_at) < limit
    session.exec(delete(RequiredPoint).where(old))
    return len(run_ids)


def required(session: Session, meeting_id: str) -> list[str]:
    """Return the points that somebody has marked as required in a meeting."""
    query = select(RequiredPoint.point_id).where(RequiredPoint.meeting_id == meeting_id)
    return list(session.exec(query.order_by(col(RequiredPoint.point_id))))


def require(session: Session, meeting_id: str, point_id: str, actor: str, now: datetime) -> bool:
    """Mark a point as required; False: it was."""
    if session.get(RequiredPoint, (meeting_id, point_id)) is not None:
        return False
    row = RequiredPoint(meeting_id=meeting_id, point_id=point_id, set_by=actor, set_at=now)
    session.add(row)
    session.flush()
    return True


def release(session: Session, meeting_id: str, point_id: str) -> bool:
    """Take a mark away; False: there was none."""
    own = (RequiredPoint.meeting_id == meeting_id, RequiredPoint.point_id == point_id)
    return session.exec(delete(RequiredPoint).where(*own)).rowcount == 1  # type: ignore[arg-type]
