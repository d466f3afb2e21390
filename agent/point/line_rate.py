"""line.json: what this point's line carries upwards, as its last good packet train measured it.

The health agent writes it, and a room begins with it. It stays on the point: the centre would
only send back what was measured here, and a start needs no centre.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import structlog
from msgspec import Meta

from contracts import codec
from contracts.message import Instant, Message, Ratio
from contracts.reports import BandwidthBody
from runtime import atomic

HOLDS = timedelta(hours=24)
# A start is not averaged over anything: a doubtful train is none.
MIN_CONFIDENCE = 0.5
_log = structlog.get_logger()


class LineRate(Message, frozen=True):
    """One measurement upwards. No train says anything of the way down."""

    measured_at: Instant
    up_bps: Annotated[int, Meta(ge=1, le=10**13)]
    confidence_ratio: Ratio


def measured(body: BandwidthBody, *, now: datetime) -> LineRate | None:
    """Return what a train says to begin with; None: it has no verdict, or an unsure one."""
    if not body.available_bps or body.confidence_ratio < MIN_CONFIDENCE:
        return None
    return LineRate(
        measured_at=now, up_bps=body.available_bps, confidence_ratio=body.confidence_ratio
    )


def start_bps(
    rate: LineRate | None, contract_bps: int | None, *, unknown_bps: int, now: datetime
) -> int:
    """Return what an uplink begins with, until the relay's feedback says better.

    What was measured within a day, and never more than the contract. A contract alone raises
    nothing: it is of the way down where the two differ, and nobody has tried the way up.

    Args:
        unknown_bps: what a line is taken to carry of which nothing is known.
    """
    is_fresh = rate is not None and timedelta() <= now - rate.measured_at <= HOLDS
    known_bps = rate.up_bps if rate is not None and is_fresh else unknown_bps
    return min(known_bps, contract_bps) if contract_bps else known_bps


def keep(path: Path, rate: LineRate) -> None:
    """Write the file; where that fails the last one goes on until it is a day old."""
    try:
        atomic.write_bytes(path, codec.encode(rate))
    except OSError as exc:
        _log.warning("line_rate_not_kept", error=exc.strerror or str(exc))
