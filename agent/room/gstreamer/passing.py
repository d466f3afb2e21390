"""Whether a camera's H.264 can go on as it is, or must be encoded anew.

It cannot where nobody who comes later would see it soon (its keyframes are far apart, and
a camera need not listen to wishes), where it is larger than what is forwarded, where the
line does not carry its rate, or where what comes is no H.264 at all. Parameter sets are read
at the rate at which the centre reads them: a camera that says more is encoded anew.
"""

from typing import Literal

from media.errors import MalformedPacket
from media.sfu.ingress import SETS_BURST, SETS_PER_S
from media.wire.picture_size import is_too_large
from media.wire.video_codec import announced_size, sizes_said
from runtime.limits import TokenBucket

Hindrance = Literal["", "keyframes", "size", "sets", "rate", "nothing"]
LONGEST_WITHOUT_KEYFRAME_S = 4.5  # two intervals of 2 s, and some
NOTHING_LIMIT_S = 10.0
RATE_OVER_S = 3.0
_WINDOW_S = 1.0
_ALLOWANCE = 1.25


class Passing:
    """Looks at every packet of a camera that is passed on. Times are a monotonic clock's."""

    def __init__(self, *, now: float) -> None:
        self.hindrance: Hindrance = ""
        self._began = now
        self._took_at = now
        self._keyframe_at: float | None = None
        self._window_at = now
        self._window_bytes = 0
        self._over_since: float | None = None
        self._sets = TokenBucket(per_s=SETS_PER_S, burst=SETS_BURST)

    def took(self, payload: bytes, *, now: float) -> None:
        """Note a packet of the picture."""
        self._took_at = now
        self._window_bytes += len(payload)
        try:
            sets = sizes_said(payload, "H264")
            is_read = bool(sets) and self._sets.take(now_s=now, amount=sets)
            size = announced_size(payload, "H264") if is_read else None
        except MalformedPacket:
            return  # whoever forwards it counts it
        if sets or self._keyframe_at is None:
            self._keyframe_at = now
        if sets and not is_read:
            self.hindrance = self.hindrance or "sets"
        if size is not None and is_too_large(*size):
            self.hindrance = self.hindrance or "size"

    def look(self, limit_bps: int, *, now: float) -> Hindrance:
        """Return what hinders; "": nothing does.

        Args:
            limit_bps: what its picture may take of the line now; 0: it is not wanted.
        """
        if self._keyframe_at is None:
            found: Hindrance = "nothing" if now - self._began > NOTHING_LIMIT_S else ""
        else:
            # By the last packet: a stream that has stopped lacks more than keyframes.
            is_late = self._took_at - self._keyframe_at > LONGEST_WITHOUT_KEYFRAME_S
            found = "keyframes" if is_late else self._look_at_rate(limit_bps, now)
        self.hindrance = self.hindrance or found
        return self.hindrance

    def _look_at_rate(self, limit_bps: int, now: float) -> Hindrance:
        took_s = now - self._window_at
        if took_s < _WINDOW_S:
            return ""
        bps = self._window_bytes * 8 / took_s
        self._window_at, self._window_bytes = now, 0
        if not limit_bps or bps <= limit_bps * _ALLOWANCE:
            self._over_since = None
        elif self._over_since is None:
            self._over_since = now
        over_s = now - self._over_since if self._over_since is not None else 0.0
        return "rate" if over_s >= RATE_OVER_S else ""
