"""How fast the past may follow, and what was sent so recently that it is only waited for."""

from collections.abc import Sequence

from contracts.reports import OutboxId

DEFAULT_BACKLOG_BPS = 20_000
# A tenth of what the line carries: the other nine are for the living.
LINE_SHARE = 0.1
# A report's headers on the wire: MQTT, TLS, TCP, IP, Ethernet, and its acknowledgement.
MESSAGE_OVERHEAD_BYTES = 220
# Longer than the centre takes to acknowledge: it batches for up to 30 s.
RESEND_AFTER_S = 45.0
MAX_RECENT = 5000

Key = tuple[OutboxId, int]


def backlog_rate_bps(*, measured_bps: int | None, contract_bps: int | None) -> float:
    """Return how fast backlog may go: a tenth of the line as measured, else as contracted."""
    known = measured_bps or contract_bps
    return known * LINE_SHARE if known else DEFAULT_BACKLOG_BPS


class Pacer:
    """A token bucket of one second's worth. One message always fits into a full one."""

    def __init__(self) -> None:
        self._owed_bytes = 0.0
        self._at_s: float | None = None

    def wait_s(self, now_s: float, *, rate_bps: float) -> float:
        """Return how long to wait before the next message may go."""
        self._drain(now_s, rate_bps)
        return self._owed_bytes * 8 / rate_bps

    def spend(self, now_s: float, payload_bytes: int, *, rate_bps: float) -> None:
        """Take note of a message sent."""
        self._drain(now_s, rate_bps)
        self._owed_bytes += payload_bytes + MESSAGE_OVERHEAD_BYTES

    def _drain(self, now_s: float, rate_bps: float) -> None:
        if self._at_s is not None:
            passed_s = max(0.0, now_s - self._at_s)
            self._owed_bytes = max(0.0, self._owed_bytes - passed_s * rate_bps / 8)
        self._at_s = now_s


class RecentlySent:
    """Reports handed to the broker and not acknowledged by the centre yet.

    Bounded: beyond MAX_RECENT the oldest are forgotten, and perhaps sent twice.
    """

    def __init__(self) -> None:
        self._sent_at_s: dict[Key, float] = {}

    def add(self, key: Key, now_s: float) -> None:
        """Take note of one that is handed to the broker."""
        self._sent_at_s.pop(key, None)
        self._sent_at_s[key] = now_s
        while len(self._sent_at_s) > MAX_RECENT:
            self._sent_at_s.pop(next(iter(self._sent_at_s)))

    def discard(self, key: Key) -> None:
        """Forget one that the broker did not take."""
        self._sent_at_s.pop(key, None)

    def acknowledge(self, outbox_id: OutboxId, ranges: Sequence[tuple[int, int]]) -> None:
        """Forget what the centre holds, and what went before something that it holds.

        The session, the broker and the centre keep the order: what went earlier and is
        not held now is lost, and there is nothing to wait for.
        """
        mine = [key for key in self._sent_at_s if key[0] == outbox_id]
        last = -1
        for index, (_, seq) in enumerate(mine):
            if any(low <= seq <= high for low, high in ranges):
                last = index
        for key in mine[: last + 1]:
            del self._sent_at_s[key]

    def clear(self) -> None:
        """Forget everything: the centre or the broker has lost it, there is nothing to wait for."""
        self._sent_at_s.clear()

    def has(self, key: Key, now_s: float) -> bool:
        """Return whether it went so recently that its acknowledgement may be on the way."""
        self._forget_old(now_s)
        return key in self._sent_at_s

    def _forget_old(self, now_s: float) -> None:
        while self._sent_at_s:
            key = next(iter(self._sent_at_s))
            if now_s - self._sent_at_s[key] < RESEND_AFTER_S:
                return
            del self._sent_at_s[key]
