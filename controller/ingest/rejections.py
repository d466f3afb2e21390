"""Input that is refused: counted by reason, and told in the log, but not in a flood."""

from collections import Counter
from datetime import datetime
from enum import Enum

import structlog

from runtime.limits import Seldom

_log = structlog.get_logger()

LOG_EVERY_S = 10.0
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


class Rejections:
    """Counts of what was refused; per source at most one line in LOG_EVERY_S."""

    def __init__(self) -> None:
        self.totals: Counter[Reason] = Counter()
        self._log_lines: Seldom[str] = Seldom(every_s=LOG_EVERY_S, limit=MAX_SOURCES)

    def reject(self, reason: Reason, source: str, detail: str, now: datetime) -> None:
        """Count it, and log it unless the same source was logged just now."""
        self.totals[reason] += 1
        untold = self._log_lines.untold(source, now_s=now.timestamp())
        if untold is None:
            return
        _log.warning(
            "message_rejected",
            reason=reason.value,
            source=source,
            detail=detail[:300],
            untold_before=untold,
        )
