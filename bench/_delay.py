"""How long packets take through a relay that numbers them anew, by a player next to the sender.

What is measured holds the player's own waiting for the processor too. Streams keep the steps
between their numbers, so the last packet that was sent when one comes tells by how much a stream's
numbers differ, most of the time; most of the time is what counts.
"""

from collections import Counter, deque

_LEARNED, _KEPT = 40, 512


class Delays:
    """One player's. `sent` is the publisher's record, by kind of stream: its last numbers."""

    def __init__(self, sent: dict[str, deque[tuple[int, float]]]) -> None:
        self.measured_s: list[float] = []
        self._sent = sent
        self._differences: dict[bytes, Counter[int]] = {}

    def came(self, kind: str, stream: bytes, number: int, *, now: float) -> None:
        """Note the last packet of a picture, or one of sound."""
        sent = self._sent[kind]
        if not sent:
            return
        learned = self._differences.setdefault(stream, Counter())
        last, _ = sent[-1]
        if learned.total() < _LEARNED:
            learned[(number - last) & 0xFFFF] += 1
            return
        wanted = (number - learned.most_common(1)[0][0]) & 0xFFFF
        sent_at = next((at for known, at in reversed(sent) if known & 0xFFFF == wanted), None)
        if sent_at is not None:
            self.measured_s.append(now - sent_at)


def record() -> dict[str, deque[tuple[int, float]]]:
    """Return where a publisher notes what it sends."""
    return {"video": deque(maxlen=_KEPT), "audio": deque(maxlen=_KEPT)}


def shares_ms(measured_s: list[float]) -> tuple[float, float]:
    """Return the median and what 99 of 100 are below, in milliseconds."""
    known = sorted(measured_s)
    return 1e3 * known[len(known) // 2], 1e3 * known[int(0.99 * (len(known) - 1))]
