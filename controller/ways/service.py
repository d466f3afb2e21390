"""Asking a point to trace its way to the centre at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.errors import BadRequest
from controller.ways.tables import AskedTrace

ASKED_LEAST = timedelta(seconds=60)
"""A point traces for one who asks once a minute (monitoring/way/trace_due.py)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """When somebody asked last; `total`: what the point is told, and says again when it has."""

    total: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class AskedWays:
    """What people do with the ways of points."""

    engine: Engine
    changes: Changes
    now: Callable[[], datetime]

    def ask(self, point_id: str, *, actor: str) -> None:
        """Have a point trace its way at once.

        Raises:
            BadRequest: it was asked within the last minute.
        """
        now = self.now()
        with writing(self.engine) as session:
            row = session.get(AskedTrace, point_id)
            if row is None:
                row = AskedTrace(point_id=point_id, asked_total=0, asked_at=now, asked_by=actor)
            elif timedelta(0) <= now - row.asked_at < ASKED_LEAST:
                left_s = int((row.asked_at + ASKED_LEAST - now).total_seconds()) + 1
                raise BadRequest(
                    "asked_already",
                    f"Điểm cầu vừa được yêu cầu dò đường: chờ {left_s} giây rồi bấm lại.",
                    f"The point has just been asked to trace: wait {left_s} s and ask again.",
                )
            row.asked_total += 1
            row.asked_at, row.asked_by = now, actor
            session.add(row)
        self.changes.note_points([PointId(point_id)])


def asked(session: Session, point_id: str) -> Asked | None:
    """Return when somebody asked a point last; None: nobody ever did."""
    row = session.get(AskedTrace, point_id)
    return Asked(row.asked_total, row.asked_at, row.asked_by) if row else None


def asked_totals(session: Session, points: Iterable[PointId]) -> dict[PointId, int]:
    """Return how often somebody asked each of these points; without those whom nobody did."""
    query = select(AskedTrace.point_id, AskedTrace.asked_total)
    rows = session.exec(query.where(col(AskedTrace.point_id).in_(list(points))))
    return {PointId(point_id): total for point_id, total in rows}
