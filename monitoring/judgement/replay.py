"""What thresholds would have said of figures that are kept: the rules as they stand. Pure.

Of five minutes the mean is kept, or the highest where that is what a rule looks at. So what is
told is what would have been seen at some moment of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.reports import DiskSection, HealthBody, HostSection
from monitoring.judgement.health import LineWindow, figure_problems
from monitoring.judgement.problem import ProblemKey, Thresholds

BUCKET = timedelta(minutes=5)
PAUSE = timedelta(minutes=10)
"""What is well again for no longer is told of once."""


@dataclass(frozen=True, slots=True)
class KeptFigures:
    """Five minutes of a point; None: not measured."""

    begins_at: datetime
    line: LineWindow = field(default_factory=LineWindow)
    cpu_ratio: float | None = None
    memory_ratio: float | None = None
    disk_ratio: float | None = None
    temperature_c: float | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """A time in which something would have been wrong, in whole buckets."""

    key: ProblemKey
    began_at: datetime
    ended_at: datetime


def episodes(kept: Iterable[KeptFigures], limits: Thresholds) -> list[Episode]:
    """Return what would have been wrong with a point, by when it began.

    Args:
        kept: of one point, oldest first; those of which nothing can be wrong may be missing.
    """
    found: list[Episode] = []
    last: dict[ProblemKey, int] = {}
    for one in kept:
        for key in _wrong(one, limits):
            place, ends_at = last.get(key), one.begins_at + BUCKET
            if place is not None and one.begins_at - found[place].ended_at <= PAUSE:
                found[place] = Episode(key, found[place].began_at, ends_at)
            else:
                last[key] = len(found)
                found.append(Episode(key, one.begins_at, ends_at))
    return found


def _wrong(one: KeptFigures, limits: Thresholds) -> Iterator[ProblemKey]:
    host = HostSection(
        cpu_ratio=one.cpu_ratio, memory_ratio=one.memory_ratio, temperature_c=one.temperature_c
    )
    body = HealthBody(host=host, disk=DiskSection(disk_ratio=one.disk_ratio))
    yield from (problem.key for problem in figure_problems(body, one.line, limits))
