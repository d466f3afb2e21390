"""What the room's page says of the pictures and sounds that it plays."""

from contracts.played import Played, SlotPlayed
from runtime.limits import TokenBucket

TOLD_PER_S, TOLD_BURST = 0.5, 4
TOLD_EVERY_S, OLD_AFTER_S = 10.0, 15.0


class PagePlayed:
    """The newest that a page has told. Times are seconds of one steady clock."""

    def __init__(self) -> None:
        self._newest = Played()
        self._told_at_s = float("-inf")
        self._bucket = TokenBucket(per_s=TOLD_PER_S, burst=TOLD_BURST)

    def tell(self, played: Played, *, now_s: float) -> bool:
        """Take over what a page tells; return whether it did not tell too often."""
        if not self._bucket.take(now_s=now_s):
            return False
        self._newest, self._told_at_s = played, now_s
        return True

    def slots(self, *, now_s: float) -> dict[str, SlotPlayed]:
        """Return what the page plays now, by slot; nothing where it has not told of late."""
        if now_s - self._told_at_s > OLD_AFTER_S:
            return {}
        return {one.slot: one for one in self._newest.slots}
