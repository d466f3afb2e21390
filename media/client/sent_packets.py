"""What was sent of one stream and may be asked for again."""

from collections import OrderedDict
from collections.abc import Iterable

CACHE_PACKETS = 512


class SentPackets:
    """The last encrypted packets: a retransmission repeats the same bytes (RFC 3711, 9.1)."""

    def __init__(self) -> None:
        self._sent: OrderedDict[int, bytes] = OrderedDict()

    def remember(self, number: int, encrypted: bytes) -> None:
        """Keep what was sent under a sequence number."""
        self._sent[number] = encrypted
        if len(self._sent) > CACHE_PACKETS:
            self._sent.popitem(last=False)

    def again(self, numbers: Iterable[int]) -> list[bytes]:
        """Return those of the asked packets that are still kept."""
        return [self._sent[number] for number in numbers if number in self._sent]

    def forget(self) -> None:
        """Drop what was sent under keys that are no longer in use."""
        self._sent.clear()
