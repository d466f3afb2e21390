"""What ports counted of damaged and dropped frames over several polls. Pure.

Counters are of 32 bits. One that is lower than it was has wrapped or begun anew: more frames than
a port can have spoiled in that time say that it began anew, and what it counted is not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from monitoring.collectors.snmp.rates import TOLERANCE
from monitoring.collectors.snmp.report import DeviceReport, PolledInterface

_WIDTH = 2**32
SHORTEST_FRAME_BITS = 672  # with preamble and gap (IEEE 802.3)
# More than any port here loses, and so few that no counter wraps unseen within ten minutes.
MOST_PER_S = 5_000_000


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one port, both directions; None: not known."""

    errors: int | None = None
    drops: int | None = None


class FaultCounts:
    """Counts from poll to poll until what was counted is told."""

    def __init__(self) -> None:
        self._before: DeviceReport | None = None
        self._read_s = 0.0
        self._counted: dict[int, Counted] = {}
        self.span_s = 0.0

    @property
    def counted(self) -> Mapping[int, Counted]:
        """By index; a port that is missing was not there twice."""
        return self._counted

    def take(self, report: DeviceReport, read_s: float) -> None:
        """Add what was counted since the poll before; what a restart left is not known."""
        before, span_s = self._before, read_s - self._read_s
        self._before, self._read_s = report, read_s
        if before is None or span_s <= 0 or not has_run_on(before, report):
            return
        self.span_s += span_s
        known = {row.index: row for row in before.interfaces}
        for row in report.interfaces:
            if (was := known.get(row.index)) is not None:
                old, new = self._counted.get(row.index, Counted()), _grown(was, row, span_s)
                self._counted[row.index] = Counted(
                    _sum(old.errors, new.errors), _sum(old.drops, new.drops)
                )

    def clear(self) -> None:
        """Begin anew: what was counted was told."""
        self._counted, self.span_s = {}, 0.0


def has_run_on(before: DeviceReport, now: DeviceReport) -> bool:
    """Say whether the device has run on: counters of two runs are not to be compared."""
    then_s, now_s = before.uptime_s, now.uptime_s
    return then_s is not None and now_s is not None and now_s >= then_s


def _grown(was: PolledInterface, now: PolledInterface, span_s: float) -> Counted:
    speed_bps = now.speed_bps or was.speed_bps
    fastest = min(speed_bps / SHORTEST_FRAME_BITS, MOST_PER_S) if speed_bps else MOST_PER_S
    most = fastest * span_s * TOLERANCE

    def grown(then: int | None, after: int | None) -> int | None:
        if then is None or after is None or most >= _WIDTH:
            return None
        count = (after - then) % _WIDTH
        return count if count <= most else None

    return Counted(
        _sum(grown(was.in_errors, now.in_errors), grown(was.out_errors, now.out_errors)),
        _sum(grown(was.in_drops, now.in_drops), grown(was.out_drops, now.out_drops)),
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return (one or 0) + (other or 0) if one is not None or other is not None else None
