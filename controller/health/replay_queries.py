"""What is kept of points that thresholds could find something wrong with."""

from collections.abc import Iterable, Sequence

import sqlalchemy
from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col

from contracts.ids import PointId
from controller.ingest.tables import Health5Min
from monitoring.judgement.health import LineWindow
from monitoring.judgement.periods import Period
from monitoring.judgement.problem import Thresholds
from monitoring.judgement.replay import KeptFigures

_AT_ONCE = 100


def doubtful(
    session: Session,
    point_ids: Iterable[PointId],
    period: Period,
    limits: Sequence[Thresholds],
    *,
    most: int,
) -> dict[PointId, list[KeptFigures]]:
    """Return the five minutes of a period that any of some limits finds something wrong with.

    Args:
        most: of all points together; one more than that is the last that is read.
    """
    found: dict[PointId, list[KeptFigures]] = {}
    count, one = 0, Health5Min
    for ids in _parted(list(point_ids)):
        query = (
            sqlalchemy.select(Health5Min)
            .where(
                col(one.point_id).in_(ids),
                col(one.begins_at) >= period.begins_at,
                col(one.begins_at) < period.ends_at,
                or_(*(condition for each in limits for condition in _above(each))),
            )
            .order_by(col(one.point_id), col(one.begins_at))
            .limit(most + 1 - count)
        )
        for row in session.execute(query).scalars():
            found.setdefault(PointId(row.point_id), []).append(_figures(row))
            count += 1
    return found


def _parted(ids: list[PointId]) -> Iterable[list[PointId]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))


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
        rtt_ms=row.rtt_sum_ms / row.rtt_samples if row.rtt_samples else None,
        jitter_ms=row.jitter_sum_ms / row.jitter_samples if row.jitter_samples else None,
    )
    return KeptFigures(
        row.begins_at,
        line,
        row.cpu_ratio_max,
        row.memory_ratio_max,
        row.disk_ratio_max,
        row.temperature_max_c,
    )
