"""Whether a line is in trouble by its point's own judgement, so that its way is traced. Pure.

    cut     nothing came back for CUT_SAMPLES, though the gateway answers, or is not asked
    loss    of some samples in a row each lost much more than is normal
    delay   the round trip of some samples in a row is far above what is normal

Normal is the middle of the last NORMAL_SAMPLES (an hour of ten seconds), trouble included: what
lasts for half of that is how the line is by now, and traced no more.
"""

from collections import deque
from statistics import median

from contracts.reports import HealthBody
from contracts.way import WayTrouble

CUT_SAMPLES, TROUBLED_SAMPLES = 2, 3
NORMAL_SAMPLES, LEAST_NORMAL = 360, 12
LOSS_ABOVE = 0.03
DELAY_FACTOR, DELAY_ABOVE_MS = 2.0, 30.0
LEAST_LOST = 2


class LineTrouble:
    """Fed with every report of health; one for a line."""

    def __init__(self) -> None:
        self._losses: deque[float] = deque(maxlen=NORMAL_SAMPLES)
        self._round_trips_ms: deque[float] = deque(maxlen=NORMAL_SAMPLES)
        self._in_a_row: dict[WayTrouble, int] = {}
        self._has_passed = False

    @property
    def now(self) -> WayTrouble:
        """What is wrong, the worst first; empty: nothing is."""
        row = self._in_a_row
        if row.get("cut", 0) >= CUT_SAMPLES:
            return "cut"
        if row.get("loss", 0) >= TROUBLED_SAMPLES:
            return "loss"
        return "delay" if row.get("delay", 0) >= TROUBLED_SAMPLES else ""

    def reported(self, body: HealthBody) -> None:
        """Take a report; one that says nothing of the line changes nothing."""
        line = body.line
        if line is None or not line.sent:
            return
        gateway = body.gateway
        is_lan = gateway is not None and (gateway.address is None or gateway.rtt_ms is None)
        lost = max(0, line.sent - line.received)
        self._count("cut", self._has_passed and not line.received and not is_lan)
        above = lost / line.sent - self._normal(self._losses, 0.0)
        self._count("loss", bool(line.received) and lost >= LEAST_LOST and above > LOSS_ABOVE)
        if line.rtt_ms is not None:
            normal_ms = self._normal(self._round_trips_ms, line.rtt_ms)
            slow_ms = max(DELAY_FACTOR * normal_ms, normal_ms + DELAY_ABOVE_MS)
            self._count("delay", line.rtt_ms > slow_ms)
            self._round_trips_ms.append(line.rtt_ms)
        if line.received:
            self._has_passed = True
            self._losses.append(lost / line.sent)

    def _count(self, kind: WayTrouble, is_so: bool) -> None:
        self._in_a_row[kind] = self._in_a_row.get(kind, 0) + 1 if is_so else 0

    def _normal(self, samples: deque[float], unknown: float) -> float:
        return median(samples) if len(samples) >= LEAST_NORMAL else unknown
