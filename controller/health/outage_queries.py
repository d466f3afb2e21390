"""Reading why points were out, as ingest has judged it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.ingest.cause_rows import stored_verdict
from controller.ingest.cause_tables import OutageVerdict, SessionWord
from monitoring.judgement.availability import Interval, outages
from monitoring.judgement.outage_cause import CauseVerdict, OutageCause
from monitoring.judgement.outage_evidence import WordKind
from runtime.guard import guarded

_A_SECOND = timedelta(seconds=1)
_AT_ONCE = 500
"""Outages asked for in one query: databases bound its length."""
Began = tuple[PointId, datetime]
"""Which outage: whose, and since when it counts."""


@dataclass(frozen=True, slots=True)
class OutageSaid:
    """What is said of an outage; `before`: what was, where that was another cause.

    `began_before`: since when it was said to last, where that was another time by a second.
    """

    began_at: datetime
    noticed_at: datetime
    verdict: CauseVerdict
    before: CauseVerdict | None = None
    began_before: datetime | None = None


def said_during(
    session: Session, point_id: PointId, intervals: Sequence[Interval]
) -> dict[datetime, OutageSaid]:
    """Return what is said of the outages of some of a point's intervals, by when they began."""
    began = [(point_id, one.began_at) for one in outages(intervals)]
    return {began_at: said for (_, began_at), said in said_of(session, began).items()}


def said_of(session: Session, began: Collection[Began]) -> dict[Began, OutageSaid]:
    """Return what is said of outages."""
    names = sqlalchemy.tuple_(col(OutageVerdict.point_id), col(OutageVerdict.outage_began_at))
    wanted, found = list(began), dict[Began, OutageSaid]()
    for first in range(0, len(wanted), _AT_ONCE):
        query = (
            select(OutageVerdict)
            .where(names.in_(wanted[first : first + _AT_ONCE]))
            .order_by(col(OutageVerdict.verdict_id))
        )
        found |= _said(session.exec(query))
    return found


def cuts_of_lines(session: Session, since: datetime, *, most: int) -> list[Began]:
    """Return which outages were the line's doing, as judged last; the newest where there are more.

    Args:
        most: verdicts that are read.
    """
    row = OutageVerdict
    query = (
        sqlalchemy.select(col(row.point_id), col(row.outage_began_at), col(row.cause))
        .where(col(row.judged_at) >= since)
        .order_by(col(row.judged_at).desc(), col(row.verdict_id).desc())
        .limit(most)
    )
    newest: dict[Began, str] = {}
    for point_id, began_at, cause in session.connection().execute(query):
        newest.setdefault((PointId(point_id), began_at), cause)
    return [began for began, cause in newest.items() if cause == OutageCause.LINE.value]


def goodbyes(session: Session, point_ids: Collection[PointId]) -> dict[PointId, datetime]:
    """Return when points said goodbye, of those whose last word that was."""
    if not point_ids:
        return {}
    row, later = SessionWord, aliased(SessionWord)
    is_last = ~sqlalchemy.exists().where(
        col(later.point_id) == col(row.point_id), col(later.at) > col(row.at)
    )
    query = (
        sqlalchemy.select(col(row.point_id), col(row.at))
        .where(col(row.point_id).in_(list(point_ids)), is_last)
        .where(col(row.kind) == WordKind.GOODBYE.value)
    )
    return {PointId(one): at for one, at in session.connection().execute(query)}


def _said(rows: Iterable[OutageVerdict]) -> dict[Began, OutageSaid]:
    """Return the newest of each outage, oldest rows first."""
    found: dict[Began, OutageSaid] = {}
    for row in rows:
        with guarded("stored_verdict", point_id=row.point_id):
            key = (PointId(row.point_id), row.outage_began_at)
            verdict = stored_verdict(row)
            known = found.get(key)
            if known is None:
                found[key] = OutageSaid(row.outage_began_at, row.noticed_at, verdict)
                continue
            is_other = known.verdict.cause is not verdict.cause
            since = known.verdict.began_at or known.began_at
            is_moved = abs((verdict.began_at or known.began_at) - since) >= _A_SECOND
            found[key] = replace(
                known,
                verdict=verdict,
                before=known.verdict if is_other else known.before,
                began_before=since if is_moved else known.began_before,
            )
    return found
