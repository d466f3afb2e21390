"""What thresholds would have said of figures that are kept: the rules as they stand. Pure.

Of five minutes the mean is kept, or the highest where that is what a rule looks at. So what is
told is what would have been seen at some moment of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

from contracts.reports import DiskSection, HealthBody, HostSection
from contracts.uplink import ModemSection, UplinkSection
from monitoring.judgement.health import LineWindow, figure_problems
from monitoring.judgement.problem import ProblemKey, Thresholds
from monitoring.judgement.replay_line import LineWeek, line_moments
from monitoring.judgement.replay_ports import PortCount, port_moments
from monitoring.judgement.replay_time import BUCKET, Moment
from monitoring.judgement.uplink import uplink_problems

PAUSE = timedelta(minutes=10)
"""What is well again for no longer is told of once."""
_A_BUDGET_BYTES = 10**12
"""Of the budget only the share that was used is kept."""


@dataclass(frozen=True, slots=True)
class KeptFigures:
    """Five minutes of a point; None: not measured."""

    begins_at: datetime
    line: LineWindow = field(default_factory=LineWindow)
    cpu_ratio: float | None = None
    memory_ratio: float | None = None
    disk_ratio: float | None = None
    temperature_c: float | None = None
    rsrp_dbm: float | None = None


@dataclass(frozen=True, slots=True)
class KeptUse:
    """What of a month's data was used in a time, at its end; a ratio, which only grows."""

    begins_at: datetime
    ends_at: datetime
    used_ratio: float


@dataclass(frozen=True, slots=True)
class KeptWeek:
    """What is kept of a point that something could be found wrong with, each the oldest first.

    `figures`: those of which nothing can be wrong may be missing, as of `data`. `line` None:
    nobody knows what it is sold for.
    """

    figures: Sequence[KeptFigures] = ()
    line: LineWeek | None = None
    ports: Sequence[PortCount] = ()
    data: Sequence[KeptUse] = ()


@dataclass(frozen=True, slots=True)
class Episode:
    """A time in which something would have been wrong, in whole buckets."""

    key: ProblemKey
    began_at: datetime
    ended_at: datetime


def episodes(kept: KeptWeek, limits: Thresholds) -> list[Episode]:
    """Return what would have been wrong with a point, by when it began."""
    line = line_moments(kept.line, limits) if kept.line is not None else ()
    found = chain(
        _figure_moments(kept.figures, limits),
        line,
        port_moments(kept.ports, limits),
        _data_moments(kept.data, limits),
    )
    return _joined(sorted(found, key=lambda one: one.began_at))


def _joined(moments: Iterable[Moment]) -> list[Episode]:
    """Return times with something wrong as one where it was well for no longer than PAUSE."""
    found: list[Episode] = []
    last: dict[ProblemKey, int] = {}
    for one in moments:
        place = last.get(one.key)
        if place is not None and one.began_at - found[place].ended_at <= PAUSE:
            before = found[place]
            ended_at = max(before.ended_at, one.ended_at)
            found[place] = Episode(one.key, before.began_at, ended_at)
        else:
            last[one.key] = len(found)
            found.append(Episode(one.key, one.began_at, one.ended_at))
    return found


def _figure_moments(kept: Iterable[KeptFigures], limits: Thresholds) -> Iterator[Moment]:
    for one in kept:
        for key in _wrong(one, limits):
            yield Moment(key, one.begins_at, one.begins_at + BUCKET)


def _data_moments(kept: Iterable[KeptUse], limits: Thresholds) -> Iterator[Moment]:
    for one in kept:
        uplink = UplinkSection(
            interface_bytes=round(one.used_ratio * _A_BUDGET_BYTES), budget_bytes=_A_BUDGET_BYTES
        )
        for problem in uplink_problems(HealthBody(uplink=uplink), limits):
            yield Moment(problem.key, one.begins_at, one.ends_at)


def _wrong(one: KeptFigures, limits: Thresholds) -> Iterator[ProblemKey]:
    host = HostSection(
        cpu_ratio=one.cpu_ratio, memory_ratio=one.memory_ratio, temperature_c=one.temperature_c
    )
    signal = {} if one.rsrp_dbm is None else {"rsrp_dbm": one.rsrp_dbm}
    body = HealthBody(
        host=host, disk=DiskSection(disk_ratio=one.disk_ratio), modem=ModemSection(figures=signal)
    )
    yield from (problem.key for problem in figure_problems(body, one.line, limits))
    yield from (problem.key for problem in uplink_problems(body, limits))
