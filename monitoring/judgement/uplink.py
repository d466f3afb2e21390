"""What is wrong with a way out that is charged by volume: its budget, and its modem's signal."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from contracts.reports import HealthBody
from contracts.uplink import ModemSection, UplinkSection
from monitoring.judgement.problem import Argument, Problem, ProblemKey, Severity, Thresholds

_LEAST_COUNTED = timedelta(days=1)
"""By less than a day of a month nobody knows its pace."""


def uplink_problems(body: HealthBody, limits: Thresholds) -> Iterator[Problem]:
    """Give what is wrong by a point's last sections."""
    if body.uplink is not None:
        yield from _budget_problems(body.uplink, limits)
    if body.modem is not None:
        yield from _signal_problems(body.modem, limits)


def used_up_at(uplink: UplinkSection, at: datetime) -> datetime | None:
    """Return when the budget is used up at the pace until now; None: not this month, or unknown.

    Args:
        at: when the section was measured.
    """
    began_at = uplink.counted_from or uplink.month_began_at
    if uplink.budget_bytes is None or began_at is None or at - began_at < _LEAST_COUNTED:
        return None
    used = uplink.interface_bytes
    if used >= uplink.budget_bytes:
        return at
    if not used:
        return None
    whole_s = (at - began_at).total_seconds() * uplink.budget_bytes / used
    ends_at = uplink.month_ends_at
    left_s = (ends_at - began_at).total_seconds() if ends_at else None
    if left_s is not None and whole_s >= left_s:
        return None
    return began_at + timedelta(seconds=min(whole_s, 400 * 86_400))


def _budget_problems(uplink: UplinkSection, limits: Thresholds) -> Iterator[Problem]:
    ratio = uplink.budget_used_ratio
    if ratio is None or ratio < limits.budget_ratio:
        return
    arguments: dict[str, Argument] = {
        "percent": min(999, int(100 * ratio)),
        "used_mb": round(uplink.interface_bytes / 1e6),
    }
    yield Problem(ProblemKey.DATA_USED_UP, Severity.SERIOUS, arguments)


def _signal_problems(modem: ModemSection, limits: Thresholds) -> Iterator[Problem]:
    signal_dbm = modem.figures.get("rsrp_dbm")
    if signal_dbm is not None and signal_dbm < limits.rsrp_dbm:
        yield Problem(ProblemKey.SIGNAL_WEAK, Severity.MINOR, {"dbm": round(signal_dbm)})
