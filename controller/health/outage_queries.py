"""Reading why points were out, as ingest has judged it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy
from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.ingest.cause_rows import stored_verdict
from controller.ingest.cause_tables import OutageVerdict
from monitoring.judgement.outage_cause import CauseVerdict
from runtime.guard import guarded

Began = tuple[PointId, datetime]
"""Which outage: whose, and since when it counts."""


@dataclass(frozen=True, slots=True)
class OutageSaid:
    """What is said of an outage; `before`: what was, where that was another cause."""

    began_at: datetime
    noticed_at: datetime
    verdict: CauseVerdict
    before: CauseVerdict | None = None


def said_since(session: Session, point_id: PointId, since: datetime) -> dict[datetime, OutageSaid]:
    """Return what is said of a point's outages, by when they began."""
    query = (
        select(OutageVerdict)
        .where(OutageVerdict.point_id == point_id, col(OutageVerdict.outage_began_at) >= since)
        .order_by(col(OutageVerdict.verdict_id))
    )
    return {began_at: said for (_, began_at), said in _said(session.exec(query)).items()}


def said_of(session: Session, outages: Collection[Began]) -> dict[Began, OutageSaid]:
    """Return what is said of outages."""
    if not outages:
        return {}
    names = sqlalchemy.tuple_(col(OutageVerdict.point_id), col(OutageVerdict.outage_began_at))
    query = (
        select(OutageVerdict)
        .where(names.in_(list(outages)))
        .order_by(col(OutageVerdict.verdict_id))
    )
    return _said(session.exec(query))


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
            before = known.verdict if is_other else known.before
            found[key] = replace(known, verdict=verdict, before=before)
    return found
