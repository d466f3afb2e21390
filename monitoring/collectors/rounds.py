"""Collectors run together, each with its own interval and limit.

A round begins all that are due and waits for them, but not for long: what has not answered
by then goes on by itself, ends at its own limit, and is told with a later report. So a
gateway, a switch or a disk that does not answer delays nothing.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contracts.reports import CollectorFailure, HealthBody
from monitoring.collectors.merge import merged
from monitoring.collectors.registry import Collector, Outcome, run_collector
from runtime.guard import start

PATIENCE_S = 2.5
MAX_FAILURES = 16
MAX_SENTENCE_CHARS = 400


@dataclass(slots=True)
class _Place:
    """One collector between its runs. `is_news`: its outcome was in no report yet."""

    collector: Collector
    due_s: float = float("-inf")
    task: asyncio.Task[None] | None = None
    outcome: Outcome | None = None
    is_news: bool = False

    async def run(self) -> None:
        self.outcome = await run_collector(self.collector)
        self.is_news = True

    def told(self) -> Outcome | None:
        """Return what the next report says: news, or what still holds of a longer interval."""
        is_told = self.is_news or self.collector.interval_s > 0
        self.is_news = False
        return self.outcome if is_told else None


class Rounds:
    """Belongs to one loop; `collect` is not called twice at once."""

    def __init__(
        self,
        collectors: Sequence[Collector],
        *,
        patience_s: float = PATIENCE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = [_Place(collector) for collector in collectors]
        self._patience_s = patience_s
        self._monotonic = monotonic

    async def collect(self, tasks: asyncio.TaskGroup) -> tuple[HealthBody, list[Outcome]]:
        """Run what is due; return the body, failures included, and each outcome."""
        now_s = self._monotonic()
        for place in self._places:
            is_running = place.task is not None and not place.task.done()
            if not is_running and now_s >= place.due_s:
                place.due_s = now_s + place.collector.interval_s
                name = place.collector.name
                place.task = start(tasks, place.run(), kind="collector", collector=name)
        running = {p.task for p in self._places if p.task is not None and not p.task.done()}
        if running:
            await asyncio.wait(running, timeout=self._patience_s)
        return _report([told for place in self._places if (told := place.told()) is not None])


def _report(outcomes: list[Outcome]) -> tuple[HealthBody, list[Outcome]]:
    failures = tuple(
        CollectorFailure(
            collector=outcome.collector,
            error=outcome.error[:MAX_SENTENCE_CHARS],
            duration_ms=round(outcome.duration_s * 1000, 1),
        )
        for outcome in outcomes
        if outcome.part is None
    )[:MAX_FAILURES]
    parts = [outcome.part for outcome in outcomes if outcome.part is not None]
    return merged([*parts, HealthBody(failures=failures)]), outcomes
