"""Puts one RTP stream back in order, says what to ask for again, and gives up in time.

A packet that is not the next one opens a gap. What is missing in it is asked for
(media/wire/nack.py). When the gap is older than `patience_ms` it is given up: what lies
behind it is released and the loss is counted. RFC 3550, section 5.1.

How long it pays to wait depends on where packets are lost: what the sender lost on its own
leg comes after that leg's round trip, of which a receiver knows nothing. `lateness_ms` is
measured: how long after their gap was seen the missing packets came, those included that
came after they were given up. It rises at once and falls slowly.
"""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from media.wire.nack import NackGenerator
from media.wire.seqnum import add16, difference16
from runtime.limits import BoundedMap

P = TypeVar("P")

_RESTART_DISTANCE = 3000
_ASKS = 3
_MAX_HELD = 512
_MAX_GIVEN_UP = 512
_FALLS_BY = 32
MAX_LATENESS_MS = 5_000


@dataclass(frozen=True, slots=True)
class Released(Generic[P]):
    """A packet in order; `lost_before` packets between it and the last never came.

    After a restart by a gap that number is not known, and at least 1.
    """

    packet: P
    lost_before: int


@dataclass(slots=True)
class JitterBuffer(Generic[P]):
    """The order of one stream (one SSRC). Times are milliseconds of any steady clock."""

    patience_ms: int
    received_total: int = 0
    lost_total: int = 0
    lateness_ms: float = 0.0
    _next: int | None = None
    _held: dict[int, P] = field(default_factory=dict)
    missing: NackGenerator = field(
        default_factory=lambda: NackGenerator(max_requests=_ASKS, max_step=_RESTART_DISTANCE)
    )
    _given_up: BoundedMap[int, float] = field(default_factory=lambda: BoundedMap(_MAX_GIVEN_UP))

    def push(self, seq: int, packet: P, now_ms: int) -> list[Released[P]]:
        """Take a packet in; return what is in order now."""
        if self._next is None:
            self._next = seq
        ahead = difference16(seq, self._next)
        lost = 0
        if abs(ahead) > _RESTART_DISTANCE:
            lost = self._restart(seq)
            ahead = 0
        if ahead < 0 or seq in self._held:
            self._note_late(self._given_up.pop(seq, None), now_ms)
            return []
        self.received_total += 1
        self._note_late(self.missing.received(seq, now_ms=now_ms), now_ms)
        self._held[seq] = packet
        released = self._in_order(lost)
        return released if released else self.expire(now_ms)

    def lacks(self, seq: int) -> bool:
        """Return whether a packet would be new here: neither released nor given up, nor held."""
        return (
            self._next is not None
            and seq not in self._held
            and (difference16(seq, self._next) >= 0)
        )

    def is_awaited(self, seq: int) -> bool:
        """Return whether a number is missing, or came too late by now."""
        return self.missing.missing_since(seq) is not None or seq in self._given_up

    def expire(self, now_ms: int) -> list[Released[P]]:
        """Give up gaps that are too old; return what that sets free."""
        released: list[Released[P]] = []
        while self._next is not None and self._held:
            since_ms = self.missing.missing_since(self._next)
            is_too_old = since_ms is not None and now_ms - since_ms >= self.patience_ms
            if not is_too_old and len(self._held) < _MAX_HELD:
                break
            lost = 0
            while self._next not in self._held:
                since_ms = self.missing.fill(self._next)
                self._given_up[self._next] = now_ms if since_ms is None else since_ms
                self._next = add16(self._next, 1)
                lost += 1
            self.lost_total += lost
            released += self._in_order(lost)
        return released

    def _note_late(self, since_ms: float | None, now_ms: int) -> None:
        if since_ms is None:
            return
        late_ms = now_ms - since_ms
        if late_ms > MAX_LATENESS_MS:
            return
        falls_by = 1 if late_ms > self.lateness_ms else _FALLS_BY
        self.lateness_ms += (late_ms - self.lateness_ms) / falls_by

    def _restart(self, seq: int) -> int:
        """Follow a stream that jumped; return how many are lost, as far as that is known."""
        lost = max(1, self.missing.count + len(self._held))
        self.lost_total += lost
        self._next = seq
        self._held.clear()
        self.missing.skip_to(add16(seq, -1))
        self._given_up.clear()
        return lost

    def _in_order(self, lost_before: int) -> list[Released[P]]:
        released: list[Released[P]] = []
        while self._next is not None and self._next in self._held:
            released.append(Released(self._held.pop(self._next), lost_before))
            lost_before = 0
            self._next = add16(self._next, 1)
        return released
