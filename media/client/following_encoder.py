"""A video encoder whose rate follows what it may take: by steps, down at once, up after a second.

Its library sets a rate once: another one is another encoder, which begins with a keyframe.
Steps of two thirds make such changes few.
"""

from media.client.codecs import EncodedPicture, Plane, VideoEncoder

STEP = 2 / 3
LEAST_BPS = 50_000
UP_AFTER_MS = 1_000


def fitting(wanted_bps: float, most_bps: int) -> int:
    """Return the largest step that is not more than wanted, or the least one."""
    bps = most_bps
    while bps > wanted_bps and bps * STEP >= LEAST_BPS:
        bps = int(bps * STEP)
    return bps


class FollowingEncoder:
    """An encoder of one size, at `most_bps` until it is told of less."""

    def __init__(self, width: int, height: int, *, rate_hz: int, most_bps: int, gop: int) -> None:
        self.bitrate_bps = most_bps
        self._size = (width, height)
        self._rate_hz, self._gop = rate_hz, gop
        self._most_bps = most_bps
        self._low_since_ms: float | None = None
        self._encoder = self._made()

    def _made(self) -> VideoEncoder:
        return VideoEncoder(
            *self._size, rate_hz=self._rate_hz, bitrate_bps=self.bitrate_bps, gop=self._gop
        )

    @property
    def planes(self) -> list[Plane]:
        """Where to draw the next picture."""
        return self._encoder.planes

    def follow(self, wanted_bps: float, now_ms: float) -> None:
        """Take note of what may be taken; call it before a picture is drawn."""
        bps = fitting(wanted_bps, self._most_bps)
        if bps <= self.bitrate_bps:
            self._low_since_ms = None
        elif self._low_since_ms is None:
            self._low_since_ms = now_ms
        is_up = self._low_since_ms is not None and now_ms - self._low_since_ms >= UP_AFTER_MS
        if bps < self.bitrate_bps or is_up:
            self.bitrate_bps, self._low_since_ms = bps, None
            self._encoder = self._made()

    def encode(self, *, is_keyframe: bool) -> EncodedPicture | None:
        """Encode what `planes` hold. None: the encoder dropped the frame to keep its rate."""
        return self._encoder.encode(is_keyframe=is_keyframe)
