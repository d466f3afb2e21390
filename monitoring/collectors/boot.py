"""Why the machine began anew, as far as its watchdog's chip tells everybody. linux/watchdog.h."""

from pathlib import Path
from typing import Literal

from monitoring.collectors.sysfs import number

ResetBy = Literal["watchdog", "heat", "power"]
_OVERHEAT, _POWER_UNDER, _CARD_RESET = 0x0001, 0x0010, 0x0020


def reset_by(sys: Path) -> ResetBy | None:
    """Return what reset the machine before this boot; None: nothing did, or nobody says."""
    states = (number(path) for path in (sys / "class/watchdog").glob("watchdog*/bootstatus"))
    bits = 0
    for state in states:
        bits |= state or 0
    told: tuple[tuple[int, ResetBy], ...] = (
        (_OVERHEAT, "heat"),
        (_POWER_UNDER, "power"),
        (_CARD_RESET, "watchdog"),
    )
    return next((what for bit, what in told if bits & bit), None)
