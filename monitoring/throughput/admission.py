"""Who may test the line now, and how much: one test a point, a few together. Pure.

A pass is good between its times. What a test may send is counted over all its connections, each
way by itself, and how long from the first of them: a second connection gives no more of either.
A test that is known stays known until its pass is over, so that nobody begins it anew.
"""

from collections import Counter
from dataclasses import dataclass, field

from monitoring.throughput.wire import CONNECTIONS, DoorVerdict, TestPass, Way

MOST_KNOWN = 1000
LONGEST_PASS_S = 900
GRACE_S = 4.0
"""What a point began in time is still under way when its time is over."""


@dataclass(slots=True)
class WayUsed:
    """What one way of a test has used."""

    began_s: float
    ends_s: float
    left_bytes: int
    connections: int = 0

    def allowed(self, wanted: int, *, now_s: float) -> int:
        """Return how many of so many bytes may still go."""
        return min(wanted, self.left_bytes) if now_s < self.ends_s else 0

    def spend(self, count: int) -> None:
        """Count bytes that went."""
        self.left_bytes = max(0, self.left_bytes - count)


@dataclass(slots=True)
class _Test:
    passed: TestPass
    ways: dict[Way, WayUsed] = field(default_factory=dict)
    open: int = 0


class Admission:
    """The tests of one reflector. Not thread-safe."""

    def __init__(self, *, most_tests: int) -> None:
        self._most_tests = most_tests
        self._tests: dict[str, _Test] = {}
        self.totals: Counter[DoorVerdict] = Counter()

    @property
    def running(self) -> int:
        """How many tests are under way."""
        return sum(one.open > 0 for one in self._tests.values())

    def enter(
        self, passed: TestPass, way: Way, *, wall_s: float, now_s: float
    ) -> WayUsed | DoorVerdict:
        """Return what one more connection may use, or why it may not.

        Args:
            wall_s: seconds since 1970, by the clock of the machine that made the pass.
            now_s: a monotonic clock.
        """
        found = self._entered(passed, way, wall_s, now_s)
        self.totals[DoorVerdict.WELCOME if isinstance(found, WayUsed) else found] += 1
        return found

    def leave(self, passed: TestPass) -> None:
        """Say that a connection that was let in has ended."""
        self._tests[passed.test_id].open -= 1

    def _entered(
        self, passed: TestPass, way: Way, wall_s: float, now_s: float
    ) -> WayUsed | DoorVerdict:
        self._forget(wall_s)
        is_long = passed.expires_s - passed.begins_s > LONGEST_PASS_S
        if not passed.begins_s <= wall_s < passed.expires_s or is_long:
            return DoorVerdict.NOT_NOW
        test = self._tests.get(passed.test_id)
        others = [one for id_, one in self._tests.items() if one.open and id_ != passed.test_id]
        is_own_running = any(one.passed.probe_id == passed.probe_id for one in others)
        if is_own_running or len(others) >= self._most_tests:
            return DoorVerdict.BUSY
        if test is None:
            if len(self._tests) >= MOST_KNOWN:
                return DoorVerdict.BUSY
            test = self._tests[passed.test_id] = _Test(passed)
        if test.passed != passed:
            return DoorVerdict.USED_UP
        used = test.ways.get(way)
        if used is None:
            ends_s = now_s + passed.most_ms / 1000 + GRACE_S
            used = test.ways[way] = WayUsed(now_s, ends_s, passed.most_bytes)
        if used.connections >= CONNECTIONS or not used.allowed(1, now_s=now_s):
            return DoorVerdict.USED_UP
        used.connections += 1
        test.open += 1
        return used

    def _forget(self, wall_s: float) -> None:
        over = [
            id_
            for id_, one in self._tests.items()
            if not one.open and not one.passed.begins_s <= wall_s < one.passed.expires_s
        ]
        for id_ in over:
            del self._tests[id_]
