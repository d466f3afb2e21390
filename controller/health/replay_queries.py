"""What is kept of points that thresholds could find something wrong with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Select, func, or_
from sqlmodel import Session, col

from contracts.ids import PointId
from controller.db.millis import UtcMillis
from controller.health.steps import Step, bucket_in
from controller.ingest.tables import (
    HAS_ERRORS,
    Bandwidth,
    Figure5Min,
    Health5Min,
    Interface5Min,
    Port5Min,
)
from controller.ingest.throughput_rows import tested_in
from controller.ingest.train_rows import of_rates
from monitoring.judgement.contract_problems import LineUse
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.health import LineWindow
from monitoring.judgement.periods import Period
from monitoring.judgement.ports import port_key
from monitoring.judgement.problem import Thresholds
from monitoring.judgement.replay import KeptFigures, KeptUse, KeptWeek
from monitoring.judgement.replay_line import KeptTrain, LineWeek
from monitoring.judgement.replay_ports import PortCount
from monitoring.judgement.replay_time import BUCKET
from monitoring.judgement.slow_nights import LOOKED_BACK

_AT_ONCE = 100
_Query = Select[*tuple[Any, ...]]
_Table = type[Health5Min | Figure5Min | Port5Min | Interface5Min]


class TooMuch(Exception):
    """More is kept than may be read."""


@dataclass(frozen=True, slots=True)
class WeekAsked:
    """Whose week is read. `ways`: the interface that leads out of each point."""

    point_ids: Sequence[PointId]
    period: Period
    limits: Sequence[Thresholds]
    contracted: Mapping[PointId, Contracted]
    ways: Mapping[PointId, str]


class _Reader:
    """Reads rows, of all queries together no more than `most`."""

    def __init__(self, session: Session, most: int) -> None:
        self._session, self._left = session, most

    def rows(self, query: _Query) -> Iterator[Any]:
        """Give the rows of a query.

        Raises:
            TooMuch: there are more than may be read.
        """
        for row in self._session.execute(query.limit(self._left + 1)):
            self._left -= 1
            if self._left < 0:
                raise TooMuch
            yield row


def weeks(session: Session, asked: WeekAsked, *, most: int) -> dict[PointId, KeptWeek]:
    """Return what any of some limits finds something wrong with, and what is needed to say so.

    Args:
        most: rows of all points together.

    Raises:
        TooMuch: there are more.
    """
    reader = _Reader(session, most)
    figures: dict[PointId, list[KeptFigures]] = {one: [] for one in asked.point_ids}
    ports: dict[PointId, list[PortCount]] = {}
    data: dict[PointId, list[KeptUse]] = {}
    for at in range(0, len(asked.point_ids), _AT_ONCE):
        ids = asked.point_ids[at : at + _AT_ONCE]
        for (row,) in reader.rows(_health(asked, ids)):
            figures[row.point_id].append(_figures(row))
        for point_id, begins_at, lowest in reader.rows(_signals(asked, ids)):
            figures[point_id].append(KeptFigures(begins_at, rsrp_dbm=lowest))
        for point_id, device_id, index, begins_at, errors in reader.rows(_ports(asked, ids)):
            one = PortCount(port_key(device_id, index), begins_at, errors)
            ports.setdefault(point_id, []).append(one)
        for point_id, _, first, last, used_ratio in reader.rows(_data(asked, ids)):
            data.setdefault(point_id, []).append(KeptUse(first, last + BUCKET, used_ratio))
    lines = _lines(session, reader, asked)
    return {
        one: KeptWeek(own, lines.get(one), ports.get(one, ()), data.get(one, ()))
        for one, own in figures.items()
    }


def _lines(session: Session, reader: _Reader, asked: WeekAsked) -> dict[PointId, LineWeek]:
    sold = [one for one in asked.point_ids if one in asked.contracted]
    since = replace(asked.period, begins_at=asked.period.begins_at - LOOKED_BACK)
    tested = tested_in(session, sold, since)
    return {
        one: LineWeek(
            asked.contracted[one],
            asked.period,
            list(_kept_trains(reader, asked, one)),
            tested.get(one, ()),
            [_use(row) for (row,) in reader.rows(_uses(asked, one))] if asked.ways.get(one) else (),
        )
        for one in sold
    }


def _kept_trains(reader: _Reader, asked: WeekAsked, point_id: PointId) -> Iterator[KeptTrain]:
    one, sold = Bandwidth, asked.contracted[point_id]
    up = _trains(asked, point_id, one.available_bps, one.confidence_ratio, sold.up_bps)
    for at, until, bps, sure in reader.rows(up):
        yield KeptTrain(at, until, of_rates(bps, sure, None, None))
    if sold.is_one_figure:
        return
    down = _trains(asked, point_id, one.down_bps, one.down_confidence_ratio, sold.down_bps)
    for at, until, bps, sure in reader.rows(down):
        yield KeptTrain(at, until, of_rates(None, 0.0, bps, sure))


def _use(row: Interface5Min) -> tuple[datetime, LineUse]:
    down, up = _mean(row.rx_sum_bps, row.rx_samples), _mean(row.tx_sum_bps, row.tx_samples)
    return row.begins_at, LineUse(down, up)


def _health(asked: WeekAsked, ids: Sequence[PointId]) -> _Query:
    one = Health5Min
    return (
        sqlalchemy.select(one)
        .where(
            *_within(one, asked, ids),
            or_(*(condition for each in asked.limits for condition in _above(each))),
        )
        .order_by(col(one.point_id), col(one.begins_at))
    )


def _signals(asked: WeekAsked, ids: Sequence[PointId]) -> _Query:
    one = Figure5Min
    weakest_dbm = max(each.rsrp_dbm for each in asked.limits)
    return sqlalchemy.select(col(one.point_id), col(one.begins_at), col(one.lowest)).where(
        *_within(one, asked, ids), col(one.name) == "rsrp_dbm", col(one.lowest) < weakest_dbm
    )


def _ports(asked: WeekAsked, ids: Sequence[PointId]) -> _Query:
    one = Port5Min
    wanted = (one.point_id, one.device_id, one.if_index, one.begins_at, one.errors_counted)
    return sqlalchemy.select(*map(col, wanted)).where(*_within(one, asked, ids), HAS_ERRORS)


def _data(asked: WeekAsked, ids: Sequence[PointId]) -> _Query:
    """By the hour: what is used up stays so for the rest of a month."""
    one, at = Figure5Min, col(Figure5Min.begins_at)
    point_id, hour = col(one.point_id), bucket_in(at, Step.HOUR).label("hour")
    least_ratio = min(each.budget_ratio for each in asked.limits)
    is_much = col(one.name) == "budget_used_ratio", col(one.highest) >= least_ratio
    return (
        sqlalchemy.select(
            point_id,
            hour,
            func.min(at, type_=UtcMillis()),
            func.max(at, type_=UtcMillis()),
            func.max(col(one.highest)),
        )
        .where(*_within(one, asked, ids), *is_much)
        .group_by(point_id, hour)
        .order_by(point_id, hour)
    )


def _trains(
    asked: WeekAsked,
    point_id: PointId,
    rate_bps: int | None,
    confidence_ratio: float | None,
    sold_bps: int,
) -> _Query:
    """Of one way, of the slow ones alone; each says when the next one told of that way."""
    one, at, period = Bandwidth, col(Bandwidth.at), asked.period
    following = func.lead(at, type_=UtcMillis()).over(order_by=at).label("until")
    known = (
        sqlalchemy.select(
            at, following, col(rate_bps).label("bps"), col(confidence_ratio).label("sure")
        )
        .where(
            col(one.point_id) == point_id,
            at >= period.begins_at,
            at < period.ends_at,
            col(rate_bps).is_not(None),
        )
        .subquery()
    )
    most_ratio = max(each.contract_ratio for each in asked.limits)
    slow = known.c.bps < most_ratio * sold_bps
    return sqlalchemy.select(known).where(slow).order_by(known.c.at)


def _uses(asked: WeekAsked, point_id: PointId) -> _Query:
    one, sold = Interface5Min, asked.contracted[point_id]
    least_ratio = min(each.utilisation_ratio for each in asked.limits)
    return (
        sqlalchemy.select(one)
        .where(
            *_within(one, asked, [point_id]),
            col(one.name) == asked.ways[point_id],
            or_(
                col(one.rx_sum_bps) >= least_ratio * sold.down_bps * col(one.rx_samples),
                col(one.tx_sum_bps) >= least_ratio * sold.up_bps * col(one.tx_samples),
            ),
        )
        .order_by(col(one.begins_at))
    )


def _within(
    one: _Table, asked: WeekAsked, ids: Iterable[PointId]
) -> tuple[ColumnElement[bool], ...]:
    period = asked.period
    return (
        col(one.point_id).in_(ids),
        col(one.begins_at) >= period.begins_at,
        col(one.begins_at) < period.ends_at,
    )


def _above(limits: Thresholds) -> list[ColumnElement[bool]]:
    one = Health5Min
    sent, received = col(one.probes_sent), col(one.probes_received)
    return [
        sent - received > limits.loss_ratio * sent,
        col(one.rtt_sum_ms) > limits.rtt_ms * col(one.rtt_samples),
        col(one.jitter_sum_ms) > limits.jitter_ms * col(one.jitter_samples),
        col(one.cpu_ratio_max) > limits.cpu_ratio,
        col(one.memory_ratio_max) > limits.memory_ratio,
        col(one.disk_ratio_max) > limits.disk_ratio,
        col(one.temperature_max_c) > limits.temperature_c,
    ]


def _figures(row: Health5Min) -> KeptFigures:
    line = LineWindow(
        row.probes_sent,
        min(row.probes_received, row.probes_sent),
        rtt_ms=_mean(row.rtt_sum_ms, row.rtt_samples),
        jitter_ms=_mean(row.jitter_sum_ms, row.jitter_samples),
    )
    return KeptFigures(
        row.begins_at,
        line,
        row.cpu_ratio_max,
        row.memory_ratio_max,
        row.disk_ratio_max,
        row.temperature_max_c,
    )


def _mean(total: float, samples: int) -> float | None:
    return total / samples if samples else None
