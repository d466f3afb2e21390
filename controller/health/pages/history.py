"""Reads one span of a point for its chart, table and CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId
from contracts.reports import InventoryBody
from controller.enrolment import revocation
from controller.health import chart_queries, outage_queries, presence_queries, spans
from controller.health.chart_queries import InterfacePoint, LinkBucket
from controller.health.figure_queries import Over
from controller.health.spans import ChartSpan
from controller.health.steps import Step, grid_of
from controller.health.views.history import AHEAD, History
from controller.line_tests import service as line_tests
from controller.meetings import service as meetings
from monitoring.judgement.availability import outside
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.periods import Period


@dataclass(frozen=True, slots=True)
class Charted:
    """Whose history is asked for: the point, its contract, and what its machine is made of."""

    point_id: PointId
    contracted: Contracted | None
    inventory: InventoryBody | None


def history(
    state: Session, series: Session, charted: Charted, span: ChartSpan, step: Step, now: datetime
) -> History:
    """Return what was measured, and the meetings beside it where they can be told apart."""
    period, point_id = span.period, charted.point_id
    ends_at = period.ends_at + AHEAD if span.key == spans.DEFAULT else period.ends_at
    shut_out = revocation.shut_out(state, now=now).get(point_id, ())
    seen = presence_queries.known_intervals(series, point_id, period, now)
    return History(
        begins_at=period.begins_at,
        ends_at=ends_at,
        now=now,
        step=step,
        link=chart_queries.link_series(series, point_id, period, step),
        uplink=_uplink(series, charted, period, step),
        contracted=charted.contracted,
        trains=chart_queries.bandwidth_series(series, point_id, period)
        if step.value <= Step.FIVE_MINUTES.value
        else chart_queries.mean_trains(series, point_id, period, step),
        tests=line_tests.measured(series, point_id, period),
        intervals=outside(seen, shut_out, now=now),
        said=outage_queries.said_during(series, point_id, seen),
        meetings=_meetings(state, point_id, period.begins_at, ends_at)
        if step is not Step.DAY
        else (),
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
    grid = grid_of(span.period, span.figure_step)
    return History(
        begins_at=span.period.begins_at,
        ends_at=span.period.ends_at,
        now=now,
        step=span.figure_step,
        link=[LinkBucket(at, count) for at, count in zip(grid, samples, strict=True)],
        intervals=presence_queries.known_intervals(series, point_id, span.period, now),
    )


def _uplink(
    series: Session, charted: Charted, period: Period, step: Step
) -> Sequence[InterfacePoint]:
    """Return the rates of the way out, or of the only interface that is known."""
    facts = charted.inventory.interfaces if charted.inventory else ()
    names = [one.name for one in facts if one.is_uplink]
    known = chart_queries.interface_series(series, charted.point_id, period, step, names)
    if names and not known:
        known = chart_queries.interface_series(series, charted.point_id, period, step)
        known = known if len(known) == 1 else {}
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
