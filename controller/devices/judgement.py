"""How a point's device is, judged from what its point last said of it."""

from datetime import datetime, timedelta
from enum import StrEnum

from contracts.devices import METERED_REPORT_S, SeenDevice

STALE_AFTER = timedelta(seconds=2 * METERED_REPORT_S) + timedelta(minutes=5)
"""Two of a point's reports did not come, and one may be on its way."""


class DeviceCondition(StrEnum):
    """How a device is. Waiting: the point has said nothing of it yet; stale: not for long.

    Worn: a power supply that asks for another battery; ports: one damages frames, or cannot give
    the power it should.
    """

    WAITING = "waiting"
    STALE = "stale"
    ANSWERS = "answers"
    BATTERY = "battery"
    WORN = "worn"
    PORTS = "ports"
    SILENT = "silent"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    NO_SECRET = "no_secret"  # noqa: S105 - an answer, no password

    @property
    def needs_a_look(self) -> bool:
        """Whether somebody has something to do."""
        return self not in (DeviceCondition.WAITING, DeviceCondition.ANSWERS)


def condition_of(
    seen: SeenDevice | None, *, now: datetime, is_worn: bool = False, is_damaging: bool = False
) -> DeviceCondition:
    """Return how a device is; what was said long ago says nothing of now.

    Args:
        is_worn: it asks for another battery, and is not known to have one.
        is_damaging: it is a problem how many frames a port of it damages.
    """
    if seen is None:
        return DeviceCondition.WAITING
    if now - seen.asked_at > STALE_AFTER:
        return DeviceCondition.STALE
    if seen.answer == "answers" and seen.ups is not None and seen.ups.on_battery:
        return DeviceCondition.BATTERY
    if seen.answer == "answers" and is_worn:
        return DeviceCondition.WORN
    has_fault = any(one.state == "fault" for one in seen.poe)
    if seen.answer == "answers" and (is_damaging or has_fault):
        return DeviceCondition.PORTS
    return DeviceCondition(seen.answer)
