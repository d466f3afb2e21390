"""Judging a row of pictures: how many, how far apart, how old, and whose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scripts.demo.check import statistics, strip


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture in a slot; `at_ms` is the wall clock at its showing."""

    slot: str
    at_ms: float
    number: int
    counter: int
    clock_ms: int

    @property
    def latency_ms(self) -> float:
        """How long ago it was made when it was shown."""
        return strip.latency_ms(self.at_ms, self.clock_ms)


@dataclass(frozen=True, slots=True)
class Flow:
    """What a slot showed over a stretch of time."""

    seconds: float
    frames: int
    gap_max_ms: float
    latencies_ms: tuple[float, ...]

    @property
    def frames_per_s(self) -> float:
        """Different pictures per second, told apart by their counters."""
        return self.frames / self.seconds


def from_rows(rows: Iterable[Sequence[object]]) -> list[Picture]:
    """Return the pictures the observer in the browser saw."""
    return [
        Picture(str(slot), float(str(at)), int(str(n)), int(str(counter)), int(str(clock)))
        for slot, at, n, counter, clock in rows
    ]


def flow(pictures: Sequence[Picture], slot: str, *, begin_ms: float, end_ms: float) -> Flow:
    """Return what one slot showed between two instants; edges count as gaps too."""
    chosen = [p for p in pictures if p.slot == slot and begin_ms <= p.at_ms < end_ms]
    return Flow(
        seconds=(end_ms - begin_ms) / 1000,
        frames=len({p.counter for p in chosen}),
        gap_max_ms=statistics.gap_max([p.at_ms for p in chosen], begin=begin_ms, end=end_ms),
        latencies_ms=tuple(p.latency_ms for p in chosen),
    )


def first_of(
    pictures: Sequence[Picture], slot: str, number: int, *, after_ms: float
) -> Picture | None:
    """Return the first picture of a point in a slot after an instant."""
    later = (p for p in pictures if p.slot == slot and p.number == number and p.at_ms >= after_ms)
    return min(later, key=lambda p: p.at_ms, default=None)
