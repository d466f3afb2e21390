"""When each frame was, on one line of time for all tracks: gaps stay gaps, lips stay with words.

A packet's time is its RTP time, put on the relay's clock by the relay's sender reports; these
keep sound and picture of one source together. Before the first report, and where the two
differ by more than is believable, its arrival counts. Times are milliseconds of one steady
clock since the recording began.
"""

from dataclasses import dataclass, field

from media.wire.rtcp import NTP_EPOCH_OFFSET_S
from media.wire.rtp import CLOCK_HZ
from media.wire.sdp import Kind

MAX_ERROR_MS = 1_000
_WHOLE, _HALF = 2**32, 2**31


@dataclass(slots=True)
class RelayClock:
    """How far the relay's wall clock is from ours: by the report that was quickest here."""

    offset_ms: float | None = None

    def heard(self, wall_ms: float, arrived_ms: float) -> None:
        """Take note of a report that says a wall time. A clock that was set is followed."""
        offset = arrived_ms - wall_ms
        if self.offset_ms is None or abs(offset - self.offset_ms) > MAX_ERROR_MS:
            self.offset_ms = offset
        else:
            self.offset_ms = min(self.offset_ms, offset)


@dataclass(slots=True)
class TrackClock:
    """One track, over all sessions: `renew` with each new stream."""

    kind: Kind
    relay: RelayClock
    _last_ms: int = -1
    _reference: int | None = None
    _unwrapped: int = 0
    _zero_ms: float | None = None
    _hz: int = field(init=False)

    def __post_init__(self) -> None:
        """Know the clock's rate."""
        self._hz = CLOCK_HZ[self.kind]

    def renew(self) -> None:
        """A new stream has a clock of its own."""
        self._reference = self._zero_ms = None

    def reported(self, rtp_timestamp: int, ntp: int, *, arrived_ms: float) -> None:
        """Take the relay's sender report."""
        wall_ms = (ntp / 2**32 - NTP_EPOCH_OFFSET_S) * 1000
        self.relay.heard(wall_ms, arrived_ms)
        if self._reference is not None and self.relay.offset_ms is not None:
            self._zero_ms = wall_ms + self.relay.offset_ms - self._since_zero_ms(rtp_timestamp)

    def at_ms(self, rtp_timestamp: int, *, arrived_ms: float) -> int:
        """Return when a frame was; each is later than the one before."""
        since_zero_ms = self._since_zero_ms(rtp_timestamp)
        if self._zero_ms is None or abs(self._zero_ms + since_zero_ms - arrived_ms) > MAX_ERROR_MS:
            self._zero_ms = arrived_ms - since_zero_ms
        self._last_ms = max(self._last_ms + 1, round(self._zero_ms + since_zero_ms), 0)
        return self._last_ms

    def _since_zero_ms(self, timestamp: int) -> float:
        if self._reference is None:
            self._reference, self._unwrapped = timestamp, 0
        step = (timestamp - self._reference + _HALF) % _WHOLE - _HALF
        self._unwrapped += step
        self._reference = timestamp
        return self._unwrapped * 1000 / self._hz
