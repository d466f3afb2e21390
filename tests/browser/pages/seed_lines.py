"""What is kept of the lines of a meeting that is over: good ones, a bad quarter, one who left."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from controller.ingest.call_tables import CallMinute

MINUTES = 90
FINE: dict[str, Any] = {
    "up_samples": 12, "up_loss_sum": 0.012, "up_loss_max": 0.002, "up_mos_min": 4.3,
    "up_bps_max": 1_480_000, "down_samples": 12, "down_loss_sum": 0.0, "down_loss_max": 0.0,
    "down_mos_min": 4.4, "rung_min": 4, "rtt_max_ms": 30.0,
}  # fmt: skip
BAD = {"up_loss_max": 0.12, "up_loss_sum": 0.6, "up_mos_min": 2.9, "frozen_ratio_max": 0.3,
       "rung_min": 1, "rtt_max_ms": 870.0}  # fmt: skip


def kept(meeting_id: str, points: tuple[str, ...], begins_at: datetime) -> Iterator[CallMinute]:
    """Yield the minutes of a meeting: the last two points had it bad, the last left early."""
    at = begins_at.replace(second=0, microsecond=0)
    for point_id in points:
        count = 61 if point_id == points[-1] else MINUTES
        for number in range(count):
            figures = FINE
            if point_id in points[-2:] and 20 <= number % 50 < 32:
                figures = FINE | (BAD if number % 3 else {"down_loss_max": 0.03})
            yield CallMinute(
                meeting_id=meeting_id,
                subject=point_id,
                begins_at=at + timedelta(minutes=number),
                **figures,
            )
