"""What a stream measures in bits per second, over the last second or so.

A frame that is far larger than the ones before it, as a keyframe is, is no price of the stream:
what it has beyond is counted over the next seconds. A stream that grows is known at once, for
its frames grow all.
"""

INTERVAL_S = 0.5
LARGEST_OVER = 8192  # frames: some five minutes
LARGE, USUAL_OVER = 4, 16  # times the usual frame; of how many frames that is made
SPREAD_S = 4.0
_KEPT = 0.5  # of what was measured before


class RateMeter:
    """One stream. `bps` is None until it was measured, and where it stands still.

    `largest_bytes` is what its largest frame of late took.
    """

    def __init__(self) -> None:
        self.bps: float | None = None
        self.largest_bytes = 0.0
        self._octets = self._octets_before = 0.0
        self._frame, self._frame_octets = -1, 0
        self._usual = self._beyond = 0.0
        self._measured_at = float("-inf")

    def add(self, octets: int, frame: int) -> None:
        """Count a packet of a frame, told by its RTP timestamp."""
        if frame != self._frame:
            self._end_frame()
            self._frame = frame
        self._frame_octets += octets

    def _end_frame(self) -> None:
        octets, self._frame_octets = self._frame_octets, 0
        falls_by = 1 if octets > self.largest_bytes else LARGEST_OVER
        self.largest_bytes += (octets - self.largest_bytes) / falls_by
        counted = min(octets, LARGE * self._usual) if self._usual else octets
        self._usual += (counted - self._usual) / (USUAL_OVER if self._usual else 1)
        self._octets += counted
        self._beyond += octets - counted

    def sample(self, *, now: float) -> None:
        """Measure what was added, where that is due."""
        passed_s = now - self._measured_at
        if passed_s < INTERVAL_S:
            return
        bps = 8 * (self._octets - self._octets_before) / passed_s
        if not bps or not self._octets_before:
            self.bps, self._beyond = None, 0.0
        else:
            spread = self._beyond * min(1.0, passed_s / SPREAD_S)
            self._beyond -= spread
            bps += 8 * spread / passed_s
            self.bps = bps if self.bps is None else self.bps + (1 - _KEPT) * (bps - self.bps)
        self._measured_at, self._octets_before = now, self._octets
