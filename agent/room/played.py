"""What the room's page says of the pictures and sounds that it plays."""

from collections.abc import Callable

from contracts.played import Played, SlotPlayed
from runtime.limits import TokenBucket

TOLD_PER_S, TOLD_BURST = 0.5, 4
TOLD_EVERY_S, OLD_AFTER_S = 10.0, 15.0
CONTENT_SOUND = "sound-content"


class PagePlayed:
    """The newest that a page has told. Times are seconds of one steady clock.

    `on_told` is told each time how many seconds of sound were made up since the last time.
    """

    def __init__(self) -> None:
        self._newest = Played()
        self._told_at_s = float("-inf")
        self._bucket = TokenBucket(per_s=TOLD_PER_S, burst=TOLD_BURST)
        self.on_told: Callable[[float], None] = _heard_by_nobody

    def tell(self, played: Played, *, now_s: float) -> bool:
        """Take over what a page tells; return whether it did not tell too often."""
        if not self._bucket.take(now_s=now_s):
            return False
        over_s = min(now_s - self._told_at_s, OLD_AFTER_S)
        self._newest, self._told_at_s = played, now_s
        self.on_told(over_s * _concealed(played))
        return True

    def is_told(self, *, now_s: float, within_s: float = OLD_AFTER_S) -> bool:
        """Whether the page has told something of late."""
        return now_s - self._told_at_s <= within_s

    def slots(self, *, now_s: float) -> dict[str, SlotPlayed]:
        """Return what the page plays now, by slot; nothing where it has not told of late."""
        if not self.is_told(now_s=now_s):
            return {}
        return {one.slot: one for one in self._newest.slots}


def _concealed(played: Played) -> float:
    """Return which share of the worst of the people's sounds was made up."""
    people = (one for one in played.slots if one.slot != CONTENT_SOUND)
    return max((one.concealed_ratio or 0.0 for one in people), default=0.0)


def _heard_by_nobody(_made_up_s: float) -> None:
    return None
