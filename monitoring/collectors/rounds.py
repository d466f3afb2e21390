"""Collectors run together, each with its own interval and limit.

A round begins all that are due and waits for them, but not for long: what has not answered
by then goes on by itself, ends at its own limit, and is told with a later report. So a
gateway, a switch or a disk that does not answer delays nothing. A report has what was found
since the one before and nothing else: what a longer interval found is not said again.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from contracts.reports import MAX_SECTIONS, CollectorFailure, HealthBody, of_sections
from monitoring.collectors.registry import Collector, Outcome, run_collector
from runtime.guard import start

PATIENCE_S = 2.5
# Rounds come a little early or late; one of 30 s is the third of 10 s all the same.
EARLY_S = 0.5
MAX_SENTENCE_CHARS = 400


@dataclass(slots=True)
class _Place:
    """One collector between its runs. `news`: its outcome, until a report has it.

    `own_s`: the interval that was set for it; None: its own, which may be another after a run.
    """

    collector: Collector
    own_s: float | None
    began_s: float = float("-inf")
    task: asyncio.Task[None] | None = None
    news: Outcome | None = None

    @property
    def due_s(self) -> float:
        interval_s = self.collector.interval_s if self.own_s is None else self.own_s
        return self.began_s + interval_s

    async def run(self) -> None:
        self.news = await run_collector(self.collector)

    def told(self) -> Outcome | None:
        told, self.news = self.news, None
        return told


class Rounds:
    """Belongs to one loop; `collect` is not called twice at once."""

    def __init__(
        self,
        collectors: Sequence[Collector],
        *,
        intervals_s: Mapping[str, float] | None = None,
        patience_s: float = PATIENCE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        own = intervals_s or {}
        self._places = [_Place(one, own.get(one.name)) for one in collectors]
        self._patience_s = patience_s
        self._monotonic = monotonic

    async def collect(self, tasks: asyncio.TaskGroup) -> tuple[HealthBody, list[Outcome]]:
        """Run what is due; return the body, failures included, and each outcome."""
        await self.run_due(tasks)
        return _report([told for place in self._places if (told := place.told()) is not None])

    async def run_due(self, tasks: asyncio.TaskGroup) -> None:
        """Run what is due, and leave what it found to the next report."""
        now_s = self._monotonic()
        for place in self._places:
            is_running = place.task is not None and not place.task.done()
            if not is_running and now_s >= place.due_s - EARLY_S:
                place.began_s = now_s
                name = place.collector.name
                place.task = start(tasks, place.run(), kind="collector", collector=name)
        running = {p.task for p in self._places if p.task is not None and not p.task.done()}
        if running:
            await asyncio.wait(running, timeout=self._patience_s)


def _report(outcomes: list[Outcome]) -> tuple[HealthBody, list[Outcome]]:
    failures = tuple(
        CollectorFailure(
            collector=outcome.collector,
            error=outcome.error[:MAX_SENTENCE_CHARS],
            duration_ms=round(outcome.duration_s * 1000, 1),
        )
        for outcome in outcomes
        if outcome.section is None
    )[:MAX_SECTIONS]
    found = {one.collector: one.section for one in outcomes if one.section is not None}
    return of_sections(found, failures), outcomes
