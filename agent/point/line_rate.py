"""line.json: what this point's line carries each way, as its last good packet trains measured it.

The health agent writes it, and a room begins with it. It stays on the point: the centre would
only send back what was measured here, and a start needs no centre.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
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


Rate = Annotated[int, Meta(ge=1, le=10**13)]


class LineRate(Message, frozen=True):
    """The last measurement upwards, and the last downwards; None: there is none."""

    measured_at: Instant | None = None
    up_bps: Rate | None = None
    confidence_ratio: Ratio = 0.0
    down_measured_at: Instant | None = None
    down_bps: Rate | None = None


def measured(body: BandwidthBody, before: LineRate | None, *, now: datetime) -> LineRate | None:
    """Return what is known after a train; None: it has no verdict, or unsure ones."""
    known = before or LineRate()
    if body.available_bps and body.confidence_ratio >= MIN_CONFIDENCE:
        up_bps, confidence_ratio = body.available_bps, body.confidence_ratio
        known = msgspec.structs.replace(
            known, measured_at=now, up_bps=up_bps, confidence_ratio=confidence_ratio
        )
    if body.down_bps and body.down_confidence_ratio >= MIN_CONFIDENCE:
        known = msgspec.structs.replace(known, down_measured_at=now, down_bps=body.down_bps)
    return None if known in (before, LineRate()) else known


def start_bps(
    rate: LineRate | None, contract_bps: int | None, *, unknown_bps: int, now: datetime
) -> int:
    """Return what an uplink begins with, until the relay's feedback says better.

    What was measured within a day, and never more than the contract. A contract alone raises
    nothing: it is of the way down where the two differ, and nobody has tried the way up.

    Args:
        unknown_bps: what a line is taken to carry of which nothing is known.
    """
    known_bps = unknown_bps
    if rate is not None and rate.up_bps and _holds(rate.measured_at, now):
        known_bps = rate.up_bps
    return min(known_bps, contract_bps) if contract_bps else known_bps


def down_bps(rate: LineRate | None, *, now: datetime) -> int | None:
    """Return what was measured downwards within a day; None: nothing was."""
    return rate.down_bps if rate is not None and _holds(rate.down_measured_at, now) else None


def _holds(measured_at: datetime | None, now: datetime) -> bool:
    return measured_at is not None and timedelta() <= now - measured_at <= HOLDS


def keep(path: Path, rate: LineRate) -> None:
    """Write the file; where that fails the last one goes on until it is a day old."""
    try:
        atomic.write_bytes(path, codec.encode(rate))
    except OSError as exc:
        _log.warning("line_rate_not_kept", error=exc.strerror or str(exc))
