"""Input that is refused: counted by reason, and told in the log, but not in a flood."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

import structlog

_log = structlog.get_logger()

LOG_EVERY = timedelta(seconds=10)
MAX_SOURCES = 10_000


class Reason(Enum):
    """Why something was refused."""

    MALFORMED = "malformed"
    UNKNOWN_VERSION = "unknown_version"
    UNKNOWN_POINT = "unknown_point"
    UNKNOWN_TOPIC = "unknown_topic"
    UNSTORABLE = "unstorable"
    RETAINED = "retained"
    FAILED = "failed"
    TOO_MANY = "too_many"


@dataclass(slots=True)
class _Told:
    at: datetime
    untold: int = 0


@dataclass(slots=True)
class Rejections:
    """Counts of what was refused; per source at most one line in LOG_EVERY."""

    totals: Counter[Reason] = field(default_factory=Counter)
    _told: dict[str, _Told] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget what was told when: the clock was set."""
        self._told.clear()

    def reject(self, reason: Reason, source: str, detail: str, now: datetime) -> None:
        """Count it, and log it unless the same source was logged just now."""
        self.totals[reason] += 1
        told = self._told.get(source)
        if told is not None and now - told.at < LOG_EVERY:
            told.untold += 1
            return
        if len(self._told) >= MAX_SOURCES:
            self._told.clear()
        self._told[source] = _Told(now)
        _log.warning(
            "message_rejected",
            reason=reason.value,
            source=source,
            detail=detail[:300],
            untold_before=told.untold if told else 0,
        )
