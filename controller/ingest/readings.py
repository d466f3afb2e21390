"""What points sent last, how their lines were of late, and what was judged to be wrong."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec
import sqlalchemy
from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from contracts import codec
from contracts.devices import SnmpBody
from contracts.ids import PointId
from contracts.reports import BandwidthBody, HealthBody, InventoryBody, MediaBody, Report
from controller.db.millis import from_ms, to_ms
from controller.ingest.newest import Stored
from controller.ingest.problem_tables import OpenProblem
from controller.ingest.tables import (
    Figure5Min,
    Health5Min,
    Interface5Min,
    Inventory,
    LatestReport,
    PresenceInterval,
    StoredReport,
)
from monitoring.judgement.contract_problems import LineUse
from monitoring.judgement.health import RECENT, LineWindow
from monitoring.judgement.line import LineSample, line_now, with_ways
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import Problem, ProblemKey, Severity
from monitoring.judgement.way_out import told_way
from runtime.guard import guarded

_inventories = msgspec.json.Decoder(InventoryBody)
B = TypeVar("B", HealthBody, InventoryBody, BandwidthBody, MediaBody, SnmpBody)

_FIVE_MINUTES_MS = 300_000


@dataclass(frozen=True, slots=True)
class Reported:
    """Where the newest report of health stands in time, and when it came."""

    at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class LastReport:
    """The newest report of one kind, where it stands in time and when it came.

    One of health has the newest of each section (controller/ingest/newest.py).
    """

    at: datetime
    received_at: datetime
    report: Report


def body_of(last: LastReport | None, kind: type[B]) -> B | None:
    """Return a report's body; None: there is no report, or it is of another kind."""
    if last is None or not isinstance(last.report.body, kind):
        return None
    return last.report.body


def way_before(session: Session, point_id: PointId, before: datetime) -> str:
    """Return which interface led out of a point by the inventory before a time; empty: none."""
    query = (
        select(Inventory.body)
        .where(Inventory.point_id == point_id, col(Inventory.at) < before)
        .order_by(col(Inventory.at).desc())
        .limit(1)
    )
    way, body = "", session.exec(query).first()
    if body is not None:
        with guarded("stored_inventory", point_id=point_id):
            way = told_way(_inventories.decode(body))
    return way


def reported(session: Session, wanted: Iterable[PointId] | None) -> dict[PointId, Reported]:
    """Return when points reported last, without reading what."""
    row = LatestReport
    query = sqlalchemy.select(col(row.point_id), col(row.at), col(row.received_at))
    query = query.where(col(row.kind) == "health")
    if wanted is not None:
        query = query.where(col(row.point_id).in_(list(wanted)))
    rows = session.connection().execute(query)
    return {PointId(point_id): Reported(at, received_at) for point_id, at, received_at in rows}


def latest(
    session: Session, wanted: Iterable[PointId] | None, kinds: Iterable[str]
) -> dict[PointId, dict[str, LastReport]]:
    """Return the newest reports of points, by kind; without those that no longer can be read.

    One of eight switches has 47 kB: whoever does not show a kind does not ask for it.
    """
    query = select(LatestReport).where(col(LatestReport.kind).in_(list(kinds)))
    if wanted is not None:
        query = query.where(col(LatestReport.point_id).in_(list(wanted)))
    found: dict[PointId, dict[str, LastReport]] = {}
    for row in session.exec(query):
        with guarded("stored_report", point_id=row.point_id, report_kind=row.kind):
            report = codec.decode(Stored, row.report.encode()).in_sections()
            last = LastReport(row.at, row.received_at, report)
            found.setdefault(PointId(row.point_id), {})[row.kind] = last
    return found


def lines(
    session: Session, now: datetime, wanted: Iterable[PointId] | None
) -> dict[PointId, LineWindow]:
    """Return the lines of points over the last minutes."""
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
        query = query.where(col(Health5Min.point_id).in_(list(wanted)))
    rows = session.connection().execute(query)
    found = {
        PointId(point_id): LineWindow(
            int(sent),
            int(received),
            rtt_ms=rtt_sum / rtts if rtts else None,
            jitter_ms=jitter_sum / jitters if jitters else None,
        )
        for point_id, sent, received, rtts, rtt_sum, jitters, jitter_sum in rows
    }
    return _with_ways(session, now, found)


def _with_ways(
    session: Session, now: datetime, windows: dict[PointId, LineWindow]
) -> dict[PointId, LineWindow]:
    """Return windows that lost something with what was lost in each direction."""
    lossy = [p for p, line in windows.items() if line.loss_ratio]
    if not lossy:
        return windows
    row = Figure5Min
    query = (
        sqlalchemy.select(
            col(row.point_id), col(row.name), func.sum(row.total), func.sum(row.samples)
        )
        .where(col(row.begins_at) >= _recent_from(now), col(row.point_id).in_(lossy))
        .where(col(row.name).in_(("loss_up_ratio", "loss_down_ratio")))
        .group_by(col(row.point_id), col(row.name))
    )
    ratios = {
        (PointId(point_id), name): total / samples
        for point_id, name, total, samples in session.connection().execute(query)
    }
    return windows | {
        p: with_ways(
            windows[p], ratios.get((p, "loss_up_ratio")), ratios.get((p, "loss_down_ratio"))
        )
        for p in lossy
    }


def lines_now(
    session: Session, now: datetime, point_ids: Iterable[PointId]
) -> dict[PointId, LineWindow]:
    """Return the lines of points as they are now, from the samples of the last minutes."""
    report = StoredReport.metadata.tables["report"].c
    # Point by point, as the index has it: of all reports the last minutes are few.
    query = (
        sqlalchemy.select(
            report.point_id,
            report.at,
            report.probes_sent,
            report.probes_received,
            report.rtt_ms,
            report.jitter_ms,
        )
        .where(report.point_id.in_(list(point_ids)), report.at >= now - RECENT, report.at <= now)
        .where(report.probes_sent.is_not(None))
        .order_by(report.point_id, report.at)
    )
    found: dict[PointId, list[LineSample]] = {}
    for point_id, at, sent, received, rtt_ms, jitter_ms in session.connection().execute(query):
        sample = LineSample(at, sent, received, rtt_ms, jitter_ms)
        found.setdefault(PointId(point_id), []).append(sample)
    windows: dict[PointId, LineWindow] = {}
    for point_id, samples in found.items():
        with guarded("line", point_id=point_id):
            windows[point_id] = line_now(samples, now)
    return _with_ways(session, now, windows)


def used_lately(
    session: Session, now: datetime, wanted: Collection[PointId]
) -> dict[PointId, dict[str, LineUse]]:
    """Return the mean rates of points' interfaces over the last minutes, by name."""
    row = Interface5Min
    query = (
        sqlalchemy.select(
            col(row.point_id),
            col(row.name),
            func.sum(row.rx_sum_bps),
            func.sum(row.rx_samples),
            func.sum(row.tx_sum_bps),
            func.sum(row.tx_samples),
        )
        .where(col(row.begins_at) >= _recent_from(now), col(row.point_id).in_(wanted))
        .group_by(col(row.point_id), col(row.name))
    )
    found: dict[PointId, dict[str, LineUse]] = {}
    if not wanted:
        return found
    for point_id, name, rx, rx_samples, tx, tx_samples in session.connection().execute(query):
        use = LineUse(
            float(rx) / rx_samples if rx_samples else None,
            float(tx) / tx_samples if tx_samples else None,
        )
        found.setdefault(PointId(point_id), {})[name] = use
    return found


def open_problems(
    session: Session, wanted: Iterable[PointId] | None
) -> dict[PointId, list[Problem]]:
    """Return what is wrong with points, as far as it can be read; each says since when."""
    query = select(OpenProblem)
    if wanted is not None:
        query = query.where(col(OpenProblem.point_id).in_(list(wanted)))
    found: dict[PointId, list[Problem]] = {}
    for row in session.exec(query):
        with guarded("stored_problem", point_id=row.point_id, problem=row.problem):
            arguments = json.loads(row.evidence) | {"since": row.began_at}
            problem = Problem(ProblemKey(row.problem), Severity(row.severity), arguments)
            found.setdefault(PointId(row.point_id), []).append(problem)
    return found


def outages_began(session: Session, down_now: Collection[PointId]) -> dict[PointId, datetime]:
    """Return since when points have not been heard; blindness of the centre ends no outage."""
    if not down_now:
        return {}
    down, later = PresenceInterval, aliased(PresenceInterval)
    heard = (PresenceState.UP.value, PresenceState.DEGRADED.value)
    was_heard = (
        sqlalchemy.exists()
        .where(col(later.point_id) == col(down.point_id))
        .where(col(later.began_at) > col(down.began_at), col(later.state).in_(heard))
    )
    query = (
        sqlalchemy.select(col(down.point_id), func.min(down.began_at))
        .where(col(down.state) == PresenceState.DOWN.value, ~was_heard)
        .where(col(down.point_id).in_(down_now))
        .group_by(col(down.point_id))
    )
    return {PointId(point_id): at for point_id, at in session.connection().execute(query)}


def _recent_from(now: datetime) -> datetime:
    began_ms = to_ms(now - RECENT)
    return from_ms(began_ms - began_ms % _FIVE_MINUTES_MS)
