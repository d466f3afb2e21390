"""What was sent of one stream and may be asked for again."""

from collections import OrderedDict
from collections.abc import Iterable

CACHE_PACKETS = 512


class SentPackets:
    """The last encrypted packets: a retransmission repeats the same bytes (RFC 3711, 9.1)."""

    def __init__(self) -> None:
        self._sent: OrderedDict[int, bytes] = OrderedDict()
        self._again_at: dict[int, float] = {}

    def remember(self, number: int, encrypted: bytes) -> None:
        """Keep what was sent under a sequence number."""
        self._sent[number] = encrypted
        if len(self._sent) > CACHE_PACKETS:
            gone, _ = self._sent.popitem(last=False)
            self._again_at.pop(gone, None)

    def again(self, numbers: Iterable[int], *, now: float, pause_s: float) -> list[bytes]:
        """Return those of the asked packets that are still kept, each once in a round trip."""
        found = []
        for number in numbers:
            encrypted = self._sent.get(number)
            if encrypted is None or now - self._again_at.get(number, float("-inf")) < pause_s:
                continue
            self._again_at[number] = now
            found.append(encrypted)
        return found

    def forget(self) -> None:
        """Drop what was sent under keys that are no longer in use."""
        self._sent.clear()
        self._again_at.clear()
