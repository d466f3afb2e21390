"""When and where a report was measured: what is the same for every kind of it."""

from dataclasses import dataclass
from datetime import datetime

from contracts.reports import Body, BootId, ClockState, OutboxId, Report
from runtime.clock import Clock


@dataclass(frozen=True, slots=True)
class Stamp:
    """An instant by the point's clocks, and how far they may be trusted."""

    measured_at: datetime
    boot_id: BootId
    monotonic_ms: int
    clock: ClockState


def stamp(clock: Clock) -> Stamp:
    """Return the present instant."""
    return Stamp(clock.now(), clock.boot_id, clock.monotonic_ms(), clock.state())


def new_report(outbox_id: OutboxId, seq: int, body: Body, at: Stamp) -> Report:
    """Return a report with its key."""
    return Report(
        outbox_id=outbox_id,
        seq=seq,
        measured_at=at.measured_at,
        boot_id=at.boot_id,
        monotonic_ms=at.monotonic_ms,
        clock=at.clock,
        body=body,
    )
