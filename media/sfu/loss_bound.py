"""How much may be sent by what is lost: the branch for queues too short to be seen as delay.

Above a tenth that is lost the rate falls by half of the share (draft-ietf-rmcat-gcc-02,
section 6). A radio link loses a share whatever is sent on it: where half the rate loses as
much, the loss is taken to be the line's own and counts no more until it is less.
Of few packets a tenth is lost by chance where a twentieth is on the whole: what is not clear by
so many is told by more.
"""

from math import sqrt

INTERVAL_S = 0.25
LEAST_PACKETS, MOST_PACKETS = 50, 200
TOO_MUCH = 0.10
FEW = 0.05
USUAL = 0.05  # of a poor line without any queue
SURE = 3.5  # standard deviations above that
_OWN_SHARE = 0.5
_MOST_OWN = 0.3


class LossBound:
    """The bound of one direction. `bps` is None while losses bound nothing."""

    def __init__(self) -> None:
        self.bps: float | None = None
        self.ratio = 0.0
        self.own_ratio = 0.0
        self._came = self._lost = 0
        self._since: float | None = None
        self._before: tuple[float, float] | None = None  # rate and loss where it began to fall

    @property
    def is_own(self) -> bool:
        """Whether the line itself loses a share."""
        return self.own_ratio > FEW

    @property
    def allows_more(self) -> bool:
        """Whether so little is lost that more may be tried."""
        return self.ratio - self.own_ratio < FEW

    @property
    def is_usual(self) -> bool:
        """Whether no more is lost than a poor line loses without any queue."""
        return self.ratio - self.own_ratio < TOO_MUCH

    def noted(self, came: int, lost: int, sent_bps: float, *, now: float) -> None:
        """Note how many packets came and were lost while so much was sent."""
        self._came += came
        self._lost += lost
        self._since = now if self._since is None else self._since
        count = self._came + self._lost
        if count < LEAST_PACKETS or now - self._since < INTERVAL_S or not self._is_clear(count):
            return
        self.reported(self._lost / count, sent_bps)
        self._came = self._lost = 0
        self._since = now

    def _is_clear(self, count: int) -> bool:
        """Return whether so many packets tell whether too much is lost."""
        usual = min(0.5, self.own_ratio + USUAL)
        by_chance = usual * count + SURE * sqrt(usual * (1 - usual) * count)
        return count >= MOST_PACKETS or not usual * count < self._lost < by_chance

    def reported(self, ratio: float, sent_bps: float) -> None:
        """Take a share that was lost over some interval."""
        self.ratio = ratio
        self.own_ratio += (min(self.own_ratio, ratio) - self.own_ratio) / 8
        excess = ratio - self.own_ratio
        if excess <= TOO_MUCH:
            if excess < FEW:
                self.bps = self._before = None
            return
        rate = sent_bps if self.bps is None else min(self.bps, sent_bps)
        if self._before is None:
            self._before = (rate, ratio)
        began_bps, began_ratio = self._before
        if rate <= began_bps / 2 and _OWN_SHARE * began_ratio <= ratio <= _MOST_OWN:
            self.own_ratio = ratio
            self.bps = self._before = None
            return
        self.bps = rate * (1 - excess / 2)

    def forget(self) -> None:
        """Pass over what was lost while the line was away."""
        self._came = self._lost = 0
        self._since = None
