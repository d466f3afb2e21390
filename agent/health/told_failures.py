"""Writes a line when a collector begins to fail, and when it works again."""

from collections.abc import Iterable

import structlog

from monitoring.collectors.registry import Outcome

_log = structlog.get_logger()


class ToldFailures:
    """Knows which collectors fail; not all of them have a turn in each round."""

    def __init__(self) -> None:
        self._failing: set[str] = set()

    def tell(self, outcomes: Iterable[Outcome]) -> None:
        """Take one round's outcomes."""
        for outcome in outcomes:
            name = outcome.collector
            if outcome.section is not None:
                if name in self._failing:
                    self._failing.remove(name)
                    _log.info("collector_works_again", collector=name)
            elif name not in self._failing:
                self._failing.add(name)
                _log.warning(
                    "collector_failed",
                    collector=name,
                    error=outcome.error,
                    duration_s=round(outcome.duration_s, 3),
                )
