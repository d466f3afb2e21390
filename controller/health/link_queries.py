"""An interface of a point's machine, or a port of a device of it, over the charts' grid."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, func
from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.db.millis import from_ms
from controller.devices.ports import PortFaults
from controller.health.bucket_sums import Columns, whole, within
from controller.health.figure_queries import Over
from controller.health.steps import Step, bucket_in, bucket_of, grid_of
from controller.ingest.tables import Interface1H, Interface5Min, Port1H, Port5Min
from monitoring.judgement.periods import Period
from monitoring.judgement.ports import port_key

IN, OUT, SIGNAL, ERRORS, DROPS = "in", "out", "signal", "errors", "drops"
NAMES = (IN, OUT, SIGNAL, ERRORS, DROPS)
MAX_KEY, MAX_NUMBER = 60, 2**31 - 1
_INTERFACES: dict[Step, type[Interface5Min] | type[Interface1H]] = {
    Step.FIVE_MINUTES: Interface5Min,
    Step.HOUR: Interface1H,
    Step.DAY: Interface1H,
}
_PORTS: dict[Step, type[Port5Min] | type[Port1H]] = {
    Step.FIVE_MINUTES: Port5Min,
    Step.HOUR: Port1H,
    Step.DAY: Port1H,
}


@dataclass(frozen=True, slots=True)
class NamedLink:
    """An interface of the machine by its name, or a port of a device by its number.

    `device_id`: empty for the machine's own.
    """

    device_id: str
    name: str

    @property
    def key(self) -> str:
        """What stands for it in an address; no interface has a stroke in its name."""
        return f"{self.device_id}/{self.name}" if self.device_id else self.name


def link_of(key: str) -> NamedLink | None:
    """Return what a key stands for; None: for nothing."""
    device_id, stroke, number = key.rpartition("/")
    if not stroke:
        return NamedLink("", key) if 0 < len(key) <= MAX_KEY else None
    is_number = number.isascii() and number.isdigit() and len(number) <= len(str(MAX_NUMBER))
    if not device_id or len(key) > MAX_KEY or not is_number or int(number) > MAX_NUMBER:
        return None
    return NamedLink(device_id, str(int(number)))


def series(
    session: Session, point_id: PointId, link: NamedLink, period: Period, step: Step
) -> dict[str, list[Over]]:
    """Return its rates, its signal and what it counted of errors over the period's grid.

    A lowest rate is not kept.

    Args:
        step: five minutes at least.
    """
    found: dict[str, dict[datetime, Over]] = {}
    for at, *sums in session.execute(_sums(point_id, link, period, step)):
        for name, one in _told(*sums):
            found.setdefault(name, {})[from_ms(at)] = one
    counting = _counted_by_port if link.device_id else _counted
    for name, counts in counting(session, point_id, link, period, step).items():
        found[name] = {at: Over(1, count, None, count) for at, count in counts.items()}
    grid, none = grid_of(period, step), Over()
    return {name: [found.get(name, {}).get(at, none) for at in grid] for name in NAMES}


def lately(
    session: Session, point_id: PointId, *, since: datetime, damaging: Collection[str]
) -> dict[tuple[str, int], PortFaults]:
    """Return what ports of a point's devices counted since then, by device and number.

    Args:
        damaging: the keys of those of which that is a problem.
    """
    port = Port5Min
    query = (
        select(
            col(port.device_id), col(port.if_index),
            whole(col(port.errors_counted)), whole(col(port.drops_counted)),
        )
        .where(col(port.point_id) == point_id, col(port.begins_at) >= since)
        .group_by(col(port.device_id), col(port.if_index))
    )  # fmt: skip
    return {
        (device_id, index): PortFaults(errors, drops, port_key(device_id, index) in damaging)
        for device_id, index, errors, drops in session.exec(query)
    }


def _sums(point_id: PointId, link: NamedLink, period: Period, step: Step) -> Select[Any]:
    if link.device_id:
        port = _PORTS[step]
        shown = (
            (port.samples, port.up_samples),
            (port.in_samples, port.in_sum_bps, port.in_max_bps),
            (port.out_samples, port.out_sum_bps, port.out_max_bps),
        )
        query = _summed(port.point_id, port.begins_at, point_id, period, step, *shown)
        return query.where(
            col(port.device_id) == link.device_id, col(port.if_index) == int(link.name)
        )
    one = _INTERFACES[step]
    shown = (
        (one.samples, one.carrier_samples),
        (one.rx_samples, one.rx_sum_bps, one.rx_max_bps),
        (one.tx_samples, one.tx_sum_bps, one.tx_max_bps),
    )
    query = _summed(one.point_id, one.begins_at, point_id, period, step, *shown)
    return query.where(col(one.name) == link.name)


_Rate = tuple[int, int, int | None]


def _summed(
    point: str,
    instant: datetime,
    point_id: PointId,
    period: Period,
    step: Step,
    signal: tuple[int, int],
    received: _Rate,
    sent: _Rate,
) -> Select[Any]:
    columns: list[SQLColumnExpression[Any]] = [whole(col(one)) for one in signal]
    for count, total, highest in (received, sent):
        columns += [whole(col(count)), whole(col(total)), func.max(col(highest))]
    query = within(point, instant, point_id, period, step, tuple(columns))
    return query.group_by(bucket_in(col(instant), step))


def _told(
    samples: int,
    up: int,
    in_samples: int,
    in_sum: int,
    in_max: int | None,
    out_samples: int,
    out_sum: int,
    out_max: int | None,
) -> Iterator[tuple[str, Over]]:
    for name, count, total, highest in (
        (IN, in_samples, in_sum, in_max),
        (OUT, out_samples, out_sum, out_max),
    ):
        yield name, Over(count, total / count if count else None, None, highest)
    yield SIGNAL, Over(samples, up / samples if samples else None)


def _counted_by_port(
    session: Session, point_id: PointId, link: NamedLink, period: Period, step: Step
) -> dict[str, dict[datetime, int]]:
    """Return what a port of a device counted in each bucket, where it is known."""
    port = _PORTS[step]
    columns: Columns = (whole(col(port.errors_counted)), whole(col(port.drops_counted)))
    query: Select[Any] = within(port.point_id, port.begins_at, point_id, period, step, columns)
    query = query.where(col(port.device_id) == link.device_id, col(port.if_index) == int(link.name))
    found: dict[str, dict[datetime, int]] = {ERRORS: {}, DROPS: {}}
    for at, *counts in session.execute(query.group_by(bucket_in(col(port.begins_at), step))):
        for name, count in zip(found, counts, strict=True):
            if count is not None:
                found[name][from_ms(at)] = count
    return found


def _counted(
    session: Session, point_id: PointId, link: NamedLink, period: Period, step: Step
) -> dict[str, dict[datetime, int]]:
    """Return by how much counters of errors and drops grew in each bucket."""
    one, fine = _INTERFACES[step], Step.FIVE_MINUTES if step is Step.FIVE_MINUTES else Step.HOUR
    # What a counter stood at before the period says how much of the first bucket is its own.
    earlier = Period(bucket_of(period.begins_at, step) - fine.value, period.ends_at)
    columns: Columns = (
        col(one.errors_min),
        col(one.errors_max),
        col(one.drops_min),
        col(one.drops_max),
    )
    query: Select[Any] = within(one.point_id, one.begins_at, point_id, earlier, fine, columns)
    rows = session.execute(
        query.where(col(one.name) == link.name).order_by(col(one.begins_at))
    ).all()
    begins_at = bucket_of(period.begins_at, step)
    found: dict[str, dict[datetime, int]] = {ERRORS: {}, DROPS: {}}
    for figure, lowest, highest in ((ERRORS, 1, 2), (DROPS, 3, 4)):
        sums = found[figure]
        for at_ms, grown in growths((row[0], row[lowest], row[highest]) for row in rows):
            at = bucket_of(from_ms(at_ms), step)
            if at >= begins_at:
                sums[at] = sums.get(at, 0) + grown
    return found


def growths(
    rows: Iterable[tuple[int, int | None, int | None]],
) -> Iterator[tuple[int, int]]:
    """Give by how much a counter grew up to the end of each bucket, where that is known.

    Where it is lower than it was it began anew, and nobody knows what it counted in between.

    Args:
        rows: time, lowest and highest of each bucket, oldest first.
    """
    last: int | None = None
    for at, lowest, highest in rows:
        if lowest is None or highest is None:
            continue
        if last is not None and lowest >= last:
            yield at, highest - last
        last = highest
