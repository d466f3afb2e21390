"""When a port that gives power has a fault: not at the first sight, nor gone at the first. Pure.

A switch tries again every few seconds, and shows one moment of it: a port with a fault is seen
searching in between.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitoring.collectors.snmp.report import PoePort

FAULTS = ("fault", "other_fault")
SEEN_POLLS, CALM_POLLS = 2, 5


@dataclass(slots=True)
class _FaultSeen:
    """Of one port: polls running with a fault and without; `stands`: it is told."""

    faulty: int = 0
    calm: int = 0
    stands: bool = False


class PoeFaults:
    """Knows a device's ports from poll to poll."""

    def __init__(self) -> None:
        self._seen: dict[str, _FaultSeen] = {}

    def judged(self, ports: Iterable[PoePort]) -> list[PoePort]:
        """Return the ports as they are told of; those that are gone are forgotten."""
        seen, self._seen = self._seen, {}
        return [self._judged(one, seen.get(one.port, _FaultSeen())) for one in ports]

    def _judged(self, port: PoePort, seen: _FaultSeen) -> PoePort:
        self._seen[port.port] = seen
        if port.state in FAULTS:
            seen.faulty, seen.calm = seen.faulty + 1, 0
            seen.stands |= seen.faulty >= SEEN_POLLS
        else:
            seen.faulty, seen.calm = 0, seen.calm + 1
            seen.stands &= seen.calm < CALM_POLLS
        if seen.stands:
            return replace(port, state="fault", power_class=None, power_w=None)
        return replace(port, state="searching") if port.state in FAULTS else port
