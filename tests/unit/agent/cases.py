"""Reports and instants for the tests beside."""

from datetime import UTC, datetime, timedelta

from agent.point.stamp import Stamp
from contracts import codec
from contracts.reports import ClockState, HealthBody, Report
from tests.bodies import health_body

T0 = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
BOOT = "0123456789abcdef0123456789abcdef"


def stamp_at(seconds: float) -> Stamp:
    """Return an instant some seconds after T0."""
    return Stamp(
        T0 + timedelta(seconds=seconds),
        BOOT,
        1000 + int(seconds * 1000),
        ClockState(source="ntp", error_ms=2.5),
    )


def body(number: int) -> HealthBody:
    """Return a body that can be told from others."""
    return health_body(uptime_s=number)


def report(payload: bytes) -> Report:
    """Return what was stored."""
    return codec.decode(Report, payload)
