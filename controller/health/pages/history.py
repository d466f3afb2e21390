"""Reads one span of a point for its chart, table and CSV."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId
from contracts.reports import InventoryBody
from controller.health import chart_queries, presence_queries, spans
from controller.health.chart_queries import InterfacePoint, LinkBucket
from controller.health.figure_queries import Over
from controller.health.spans import ChartSpan
from controller.health.steps import Step, grid_of
from controller.health.views.history import AHEAD, History
from controller.meetings import service as meetings
from monitoring.judgement.availability import Period


def history(
    state: Session,
    series: Session,
    point_id: PointId,
    inventory: InventoryBody | None,
    span: ChartSpan,
    step: Step,
    now: datetime,
) -> History:
    """Return what was measured, and the meetings beside it where they can be told apart."""
    period = span.period
    trains = chart_queries.bandwidth_series(series, point_id, period)
    is_fine = step is Step.FIVE_MINUTES
    ends_at = period.ends_at + AHEAD if span.key == spans.DEFAULT else period.ends_at
    return History(
        begins_at=period.begins_at,
        ends_at=ends_at,
        now=now,
        step=step,
        link=chart_queries.link_series(series, point_id, period, step),
        uplink=_uplink(series, point_id, inventory, period, step),
        trains=trains if is_fine else chart_queries.typical_trains(trains, step),
        intervals=presence_queries.intervals(series, point_id, period),
        meetings=_meetings(state, point_id, period.begins_at, ends_at) if is_fine else (),
    )


def figure_history(
    series: Session,
    point_id: PointId,
    span: ChartSpan,
    found: Mapping[str, Sequence[Over]],
    now: datetime,
) -> History:
    """Return the ground on which figures are drawn: a bucket is empty where all of them are."""
    samples = [sum(one.samples for one in buckets) for buckets in zip(*found.values(), strict=True)]
    grid = grid_of(span.period, span.step)
    return History(
        begins_at=span.period.begins_at,
        ends_at=span.period.ends_at,
        now=now,
        step=span.step,
        link=[LinkBucket(at, count) for at, count in zip(grid, samples, strict=True)],
        intervals=presence_queries.intervals(series, point_id, span.period),
    )


def _uplink(
    series: Session,
    point_id: PointId,
    inventory: InventoryBody | None,
    period: Period,
    step: Step,
) -> Sequence[InterfacePoint]:
    known = chart_queries.interface_series(series, point_id, period, step)
    names = [one.name for one in inventory.interfaces if one.is_uplink] if inventory else []
    chosen = next((name for name in names if name in known), None)
    if chosen is None and len(known) == 1:
        chosen = next(iter(known))
    return known[chosen] if chosen is not None else ()


def _meetings(
    state: Session, point_id: PointId, begins: datetime, ends: datetime
) -> list[tuple[datetime, datetime, str]]:
    return [
        (one.live_at or one.begins_at, one.ended_at or one.ends_at, one.title)
        for one in meetings.of_point(state, point_id, begins=begins, ends=ends)
    ]
