"""What may come from one address, and what of it is told. Pure.

A device that says the same thing a thousand times, or whose address somebody uses, costs so much
time of this process, so much memory and so many reports, and no more. What is left out is
counted, and told as a number.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from monitoring.listeners.traps.meaning import TrapMeaning
from monitoring.listeners.traps.trap import Trap
from runtime.limits import BoundedMap, TokenBucket

READ_PER_S, READ_AT_ONCE = 5.0, 50
"""Datagrams of an address that are looked into: a fiftieth of the processor."""
TOLD_PER_S, TOLD_AT_ONCE = 0.1, 30
AGAIN_S = timedelta(minutes=5).total_seconds()
MOST_REMEMBERED = 256
STILL_S = 150.0
"""RFC 1628: a power supply says once a minute that it still is on battery."""
LEFT_OUT_EVERY_S, NOT_PROVED_EVERY_S = 60.0, 3600.0


@dataclass(slots=True)
class Told:
    """A number that is told now and then, the first time at once."""

    every_s: float
    count: int = 0
    _told_s: float = float("-inf")

    def due(self, *, now_s: float) -> int:
        """Return the number if it is to be told now, and begin anew; else 0."""
        if not self.count or now_s - self._told_s < self.every_s:
            return 0
        count, self.count, self._told_s = self.count, 0, now_s
        return count


@dataclass(slots=True)
class TrapSource:
    """One address. `left_out`, `not_proved`: what is told as a number alone."""

    left_out: Told = field(default_factory=lambda: Told(LEFT_OUT_EVERY_S))
    not_proved: Told = field(default_factory=lambda: Told(NOT_PROVED_EVERY_S))
    doubled_total: int = 0
    _read: TokenBucket = field(
        default_factory=lambda: TokenBucket(per_s=READ_PER_S, burst=READ_AT_ONCE)
    )
    _told: TokenBucket = field(
        default_factory=lambda: TokenBucket(per_s=TOLD_PER_S, burst=TOLD_AT_ONCE)
    )
    _known: BoundedMap[tuple[str, int], float] = field(
        default_factory=lambda: BoundedMap(MOST_REMEMBERED)
    )
    _on_battery_s: dict[str, float] = field(default_factory=dict)

    def admits(self, *, now_s: float) -> bool:
        """Return whether one more datagram is looked into."""
        if self._read.take(now_s=now_s):
            return True
        self.left_out.count += 1
        return False

    def is_news(self, device_id: str, trap: Trap, said: TrapMeaning, *, now_s: float) -> bool:
        """Return whether a proved trap is told; one that came before is not, nor one too many."""
        key = (device_id, trap.key)
        known_s = self._known.get(key)
        if known_s is not None and now_s - known_s < AGAIN_S:
            self.doubled_total += 1
            return False
        self._known[key] = now_s
        if said.kind == "power_restored":
            self._on_battery_s.pop(device_id, None)
        is_still_so = said.kind == "on_battery" and self._is_known_on_battery(device_id, now_s)
        if not is_still_so and not self._told.take(now_s=now_s):
            self.left_out.count += 1
            return False
        if said.kind == "on_battery":
            self._on_battery_s[device_id] = now_s
        return not is_still_so

    def _is_known_on_battery(self, device_id: str, now_s: float) -> bool:
        """Return whether it was told, and the device has said so ever since."""
        said_s = self._on_battery_s.get(device_id)
        return said_s is not None and now_s - said_s < STILL_S
