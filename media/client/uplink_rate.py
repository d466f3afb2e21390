"""What the line upwards carries by the relay's reports, and who gets how much of it.

    full       both pictures, as large as they are wanted
    thin       the large picture alone, with whatever is left beside the sound
    sound      no picture: the sound must get through

Sound comes first: what it needs is taken off before a picture gets anything. Where the large
picture is not taken, the small one has what is left. Where no picture
is sent nothing shows that the line has become better: padding is trickled up to what it is
taken to carry, and stops for longer each time that was too much.

An encoder goes on for a while with what it was told before. Where more is on the way than the line
can have taken no picture goes, for half a second at most, and then for some seconds no more
than is carried: what is too much waits in the room, or is given up there. Otherwise a picture
goes hardly faster than pictures do on the whole, whatever the line may carry: what is on the
way when a line falls makes its queue. Pure; seconds.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from media.client.paced_queue import PacedQueue
from media.errors import MalformedPacket
from media.sfu.bandwidth import Estimate
from media.sfu.sizes import SENT, Size
from media.wire import twcc

T = TypeVar("T")

# An IP packet of Opus every 20 ms, whole: 24 kbit/s of it are sound.
SOUND_BPS = 50_000
PICTURE_BPS = 60_000
SMALL_BPS = 100_000
USED = 0.95
RETURNS_AT = 1.3
SMALL_FROM_BPS = 300_000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 4.0
LEAST_PADDING, MOST_PADDING = 60, 240
AGAIN_SHARE = 0.25
_AGAIN_BURST_S = 0.5
LONGEST_STOP_S, FIRM_S = 0.5, 3.0
LEAST_FIRM_BPS = 30_000.0
LEAST_PACE_BPS = 1_500_000.0


@dataclass(frozen=True, slots=True)
class Shares:
    """What the pictures may take, in bits per second; 0: such a picture is not sent."""

    picture_bps: int
    small_bps: int


class UplinkRate:
    """The uplink of one source, over its sessions.

    Args:
        start_bps: what the line is taken to carry before anything is known.
        picture_max_bps: of the large picture, as it was set.
    """

    def __init__(self, *, start_bps: float, picture_max_bps: int) -> None:
        # One line, and each group of packets counts where it falls: no report is worth saving.
        self.estimate = Estimate(start_bps=start_bps, gathers_calm=False)
        self._picture_max_bps = picture_max_bps
        self._has_picture = self._has_small = True
        self._pause_s = FIRST_PAUSE_S
        self._paused_for = float("-inf")
        self._credit = 0.0
        self._credited_at: float | None = None
        self._again_left = 0.0
        self._again_at = 0.0
        self._stopped_since: float | None = None

    def number(self, size: int, *, now: float) -> int:
        """Return the transport-wide number of a packet that is sent now."""
        log = self.estimate.log
        number = log.next_number & 0xFFFF
        log.note(number, size, now=now)
        self._credit -= size
        return number

    def reported(self, control_information: bytes, *, now: float) -> None:
        """Take the relay's feedback; what cannot be read is passed over."""
        try:
            arrivals = twcc.read(control_information)
        except MalformedPacket:
            return
        self.estimate.feedback(arrivals, now=now)
        is_emptying = self._stopped_since is not None and self.estimate.is_draining
        if not (self.estimate.is_overfull or is_emptying):
            self._stopped_since = None
        elif self._stopped_since is None:
            self._stopped_since = now

    def turn(self, queue: PacedQueue[T], *, now: float) -> list[T]:
        """Return what of the pictures goes now."""
        stopped_since = self._stopped_since
        if stopped_since is not None and now - stopped_since < LONGEST_STOP_S:
            return []
        bps, is_firm = self._pace(self.estimate.bps, now=now)
        return queue.take(bps, now=now, is_firm=is_firm)

    def is_hopeless(self, queue: PacedQueue[T], *, now: float) -> bool:
        """Return whether what waits would go too late to be of use."""
        bps, is_firm = self._pace(self.estimate.usable_bps, now=now)
        return queue.is_hopeless(bps, is_firm=is_firm)

    def _pace(self, line_bps: float, *, now: float) -> tuple[float, bool]:
        """Return what pictures go at on a line that carries so much, and whether no faster."""
        estimate = self.estimate
        used_bps = estimate.acknowledged_bps
        if estimate.is_draining or now - estimate.decreased_at < FIRM_S:
            return max(line_bps - SOUND_BPS, LEAST_FIRM_BPS), True
        if used_bps is not None:
            line_bps = min(line_bps, max(used_bps, LEAST_PACE_BPS))
        return line_bps, False

    def shares(self, taken: Collection[Size] = SENT) -> Shares:
        """Return who gets how much now, of the sizes that the relay takes."""
        left = USED * self.estimate.bps - SOUND_BPS
        self._has_picture = left >= PICTURE_BPS * (1 if self._has_picture else RETURNS_AT)
        self._has_small = left >= SMALL_FROM_BPS * (1 if self._has_small else RETURNS_AT)
        if not self._has_picture:
            return Shares(0, 0)
        if Size.LOW in taken and Size.HIGH not in taken:
            return Shares(0, int(min(SMALL_BPS, left)))
        small_bps = SMALL_BPS if self._has_small else 0
        return Shares(int(min(self._picture_max_bps, left - small_bps)), small_bps)

    def may_send_again(self, size: int, *, now: float) -> bool:
        """Return whether a packet may be repeated now, and count it if so."""
        per_s = AGAIN_SHARE * self.estimate.bps / 8
        most = max(per_s * _AGAIN_BURST_S, 1500)
        self._again_left = min(most, self._again_left + per_s * (now - self._again_at))
        self._again_at = now
        if self._again_left < size:
            return False
        self._again_left -= size
        return True

    def padding(self, *, now: float) -> int:
        """Return how many bytes of padding to send now, where no picture fills the line."""
        passed_s = 0.0 if self._credited_at is None else min(now - self._credited_at, 0.1)
        self._credited_at = now
        estimate = self.estimate
        if self._has_picture or not estimate.has_feedback:
            self._credit, self._pause_s = 0.0, FIRST_PAUSE_S
            return 0
        if estimate.decreased_at > self._paused_for:
            self._paused_for = estimate.decreased_at
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._credit += estimate.bps / 8 * passed_s
        self._credit = min(max(self._credit, -MOST_PADDING), MOST_PADDING)
        if now - self._paused_for < self._pause_s or self._credit < LEAST_PADDING:
            return 0
        return int(self._credit)
