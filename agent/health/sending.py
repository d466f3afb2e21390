"""How fast the past may follow, and what is on its way and only waited for."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.packed import MAX_PACK
from contracts.reports import OutboxId

DEFAULT_BACKLOG_BPS = 20_000
# A tenth of what the line carries: the other nine are for the living.
LINE_SHARE = 0.1
# A report's headers on the wire: MQTT, TLS, TCP, IP, Ethernet, and its acknowledgement.
MESSAGE_OVERHEAD_BYTES = 220
MAX_BACKLOG_PER_S = 20
# Of the past, sent and not held: so much of each point waits before what is measured now, at most.
WINDOW = MAX_PACK
RUN_LENGTH = 64
MAX_RUNS = 4096

Key = tuple[OutboxId, int]


def backlog_rate_bps(*, measured_bps: int | None, contract_bps: int | None) -> float:
    """Return how fast backlog may go: a tenth of the line as measured, else as contracted."""
    known = measured_bps or contract_bps
    return known * LINE_SHARE if known else DEFAULT_BACKLOG_BPS


class Pacer:
    """When the next message may go: once the line has had the time that the last one takes."""

    def __init__(self) -> None:
        self._free_at_s = float("-inf")

    def wait_s(self, now_s: float) -> float:
        """Return how long to wait before the next message may go."""
        return max(0.0, self._free_at_s - now_s)

    def spend(self, now_s: float, payload_bytes: int, *, rate_bps: float) -> None:
        """Take note of a message sent; on a fast line the centre sets the pace."""
        takes_s = (payload_bytes + MESSAGE_OVERHEAD_BYTES) * 8 / rate_bps
        self._free_at_s = max(self._free_at_s, now_s) + max(takes_s, 1 / MAX_BACKLOG_PER_S)


@dataclass(slots=True)
class _Run:
    """Numbers sent one after another, up or down; places are counted over all that is sent."""

    outbox_id: OutboxId
    first: int
    first_place: int
    last_place: int
    step: int = 1
    count: int = 1

    def has(self, key: Key) -> bool:
        return key[0] == self.outbox_id and 0 <= (key[1] - self.first) * self.step < self.count

    def is_extended(self, key: Key, place: int) -> bool:
        """Take the number where it is the next one; return whether it was."""
        away = key[1] - self.first
        if key[0] != self.outbox_id or self.count >= RUN_LENGTH:
            return False
        if self.count == 1 and away == -1:
            self.step = -1
        if away * self.step != self.count:
            return False
        self.count += 1
        self.last_place = place
        return True

    def newest_within(self, ranges: Sequence[tuple[int, int]]) -> int | None:
        """Return how many numbers went before the last one that lies within the ranges."""
        last = self.first + (self.count - 1) * self.step
        low, high = min(self.first, last), max(self.first, last)
        within = [(max(low, a), min(high, b)) for a, b in ranges if a <= high and b >= low]
        if not within:
            return None
        number = max(b for _, b in within) if self.step > 0 else min(a for a, _ in within)
        return abs(number - self.first)

    def drop(self, count: int) -> None:
        """Forget the numbers that went first."""
        self.first += count * self.step
        self.first_place += count
        self.count -= count


class OnTheWay:
    """Reports handed to the broker in this session and not heard of from the centre yet.

    They are not sent again while the session holds, however long the centre is silent: the
    broker has them. Kept as runs of numbers, so that a month of them fits; beyond MAX_RUNS
    the oldest are forgotten, and perhaps sent twice.
    """

    def __init__(self) -> None:
        self._runs: deque[_Run] = deque(maxlen=MAX_RUNS)
        self._place = 0

    def add(self, key: Key) -> None:
        """Take note of one that is handed to the broker."""
        self._place += 1
        # What is measured now and the past that follows take turns: two runs grow at once.
        recent = (self._runs[index] for index in range(-min(2, len(self._runs)), 0))
        if not any(run.is_extended(key, self._place) for run in recent):
            self._runs.append(_Run(*key, self._place, self._place))

    def discard(self, key: Key) -> None:
        """Forget one that the broker did not take, a moment after it was added."""
        for run in self._runs:
            if run.has(key):
                run.count = abs(key[1] - run.first)
        self._forget_empty()

    def acknowledge(self, outbox_id: OutboxId, ranges: Sequence[tuple[int, int]]) -> None:
        """Forget what the centre holds, and what went before something that it holds.

        The session, the broker and the centre keep the order: what went earlier and is
        not held now is lost, and there is nothing to wait for.
        """
        mine = [run for run in self._runs if run.outbox_id == outbox_id]
        found = [(run, run.newest_within(ranges)) for run in mine]
        held_place = max(
            (run.first_place + before for run, before in found if before is not None), default=0
        )
        for run, before in found:
            surely_earlier = held_place - (run.last_place - run.count)
            run.drop(min(run.count, max(0, surely_earlier, 0 if before is None else before + 1)))
        self._forget_empty()

    def clear(self) -> None:
        """Forget everything: the centre or the broker has lost it, there is nothing to wait for."""
        self._runs.clear()

    def has(self, key: Key) -> bool:
        """Return whether it is on its way."""
        return any(run.has(key) for run in self._runs)

    def _forget_empty(self) -> None:
        self._runs = deque((run for run in self._runs if run.count), maxlen=MAX_RUNS)
