"""What to show of points now: the judged state, what is wrong, the last reports."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from contracts import codec
from contracts.ids import PointId
from contracts.reports import (
    BandwidthBody,
    HealthBody,
    InventoryBody,
    MediaBody,
    Report,
)
from controller.db.millis import from_ms, to_ms
from controller.health.presence_queries import is_listening, open_intervals
from controller.ingest.tables import Health5Min, LatestReport, PointTwins
from monitoring.judgement.health import RECENT, Facts, Judgement, LineWindow, judge
from monitoring.judgement.twins import SHOWN_FOR

B = TypeVar("B", HealthBody, InventoryBody, BandwidthBody, MediaBody)

_FIVE_MINUTES_MS = 300_000


@dataclass(frozen=True, slots=True)
class LastReport:
    """The newest report of one kind, where it stands in time and when it came."""

    at: datetime
    received_at: datetime
    report: Report


@dataclass(frozen=True, slots=True)
class PointHealth:
    """One point now. `line` is the last ten minutes; reports None: none of that kind yet."""

    point_id: PointId
    judgement: Judgement
    line: LineWindow = field(default_factory=LineWindow)
    health: LastReport | None = None
    inventory: LastReport | None = None
    bandwidth: LastReport | None = None
    media: LastReport | None = None

    @property
    def health_body(self) -> HealthBody | None:
        """The last health report's body."""
        return _body(self.health, HealthBody)

    @property
    def inventory_body(self) -> InventoryBody | None:
        """The last inventory."""
        return _body(self.inventory, InventoryBody)

    @property
    def bandwidth_body(self) -> BandwidthBody | None:
        """What the last packet train said."""
        return _body(self.bandwidth, BandwidthBody)

    @property
    def media_body(self) -> MediaBody | None:
        """The last report of a meeting."""
        return _body(self.media, MediaBody)


def never_heard(point_id: PointId) -> PointHealth:
    """Return the standing of a point that `standings` does not name."""
    return PointHealth(point_id, judge(Facts(None, None)))


def standing(session: Session, point_id: PointId, now: datetime) -> PointHealth:
    """Return one point's standing, also where it was never heard."""
    return standings(session, now, [point_id]).get(point_id) or never_heard(point_id)


def standings(
    session: Session, now: datetime, point_ids: Iterable[PointId] | None = None
) -> dict[PointId, PointHealth]:
    """Return the standing of every point that was ever heard, or of some."""
    wanted = None if point_ids is None else list(point_ids)
    reports = _latest(session, wanted)
    lines = _lines(session, now, wanted)
    twins = _twins(session, now)
    listening = is_listening(session, now)
    found: dict[PointId, PointHealth] = {}
    for point_id, interval in open_intervals(session, wanted).items():
        own = reports.get(point_id, {})
        line = lines.get(point_id, LineWindow())
        health = own.get("health")
        facts = Facts(
            state=interval.state,
            since=interval.began_at,
            is_centre_listening=listening,
            health=None if health is None else health.report,
            inventory=_body(own.get("inventory"), InventoryBody),
            line=line,
            twins_since=twins.get(point_id),
        )
        found[point_id] = PointHealth(point_id, judge(facts), line, **own)
    return found


def _twins(session: Session, now: datetime) -> dict[PointId, datetime]:
    query = select(PointTwins).where(col(PointTwins.seen_at) >= now - SHOWN_FOR)
    return {PointId(row.point_id): row.began_at for row in session.exec(query)}


def _body(last: LastReport | None, kind: type[B]) -> B | None:
    if last is None or not isinstance(last.report.body, kind):
        return None
    return last.report.body


def _latest(session: Session, wanted: list[PointId] | None) -> dict[PointId, dict[str, LastReport]]:
    query = select(LatestReport)
    if wanted is not None:
        query = query.where(col(LatestReport.point_id).in_(wanted))
    found: dict[PointId, dict[str, LastReport]] = {}
    for row in session.exec(query):
        last = LastReport(row.at, row.received_at, codec.decode(Report, row.report.encode()))
        found.setdefault(PointId(row.point_id), {})[row.kind] = last
    return found


def _recent_from(now: datetime) -> datetime:
    began_ms = to_ms(now - RECENT)
    return from_ms(began_ms - began_ms % _FIVE_MINUTES_MS)


def _lines(
    session: Session, now: datetime, wanted: list[PointId] | None
) -> dict[PointId, LineWindow]:
    query = (
        sqlalchemy.select(
            col(Health5Min.point_id),
            func.sum(Health5Min.probes_sent),
            func.sum(Health5Min.probes_received),
            func.sum(Health5Min.rtt_samples),
            func.sum(Health5Min.rtt_sum_ms),
            func.sum(Health5Min.jitter_samples),
            func.sum(Health5Min.jitter_sum_ms),
        )
        .where(col(Health5Min.begins_at) >= _recent_from(now))
        .group_by(col(Health5Min.point_id))
    )
    if wanted is not None:
        query = query.where(col(Health5Min.point_id).in_(wanted))
    rows = session.connection().execute(query)
    return {
        PointId(point_id): LineWindow(
            int(sent),
            int(received),
            rtt_ms=rtt_sum / rtts if rtts else None,
            jitter_ms=jitter_sum / jitters if jitters else None,
        )
        for point_id, sent, received, rtts, rtt_sum, jitters, jitter_sum in rows
    }
