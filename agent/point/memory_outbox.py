"""An outbox in memory, for as long as the disk is full: bounded, with a name of its own.

Its numbers are not the file's: should the process end before the disk is free, the
file's numbering has no hole and no number is given out twice.
"""

from collections import OrderedDict

from agent.point.outbox import MAX_ROW, Entry, new_outbox_id
from agent.point.stamp import Stamp, new_report
from contracts import codec
from contracts.reports import Body, Held

MAX_ENTRIES = 1000


class MemoryOutbox:
    """Oldest out first when full; `lost_total` counts them."""

    def __init__(self) -> None:
        self.outbox_id = new_outbox_id()
        self.lost_total = 0
        self._next_seq = 1
        self._entries: OrderedDict[int, tuple[Entry, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, body: Body, at: Stamp) -> Entry:
        """Keep a report; the oldest one leaves where there are too many."""
        seq, self._next_seq = self._next_seq, self._next_seq + 1
        payload = codec.encode(new_report(self.outbox_id, seq, body, at))
        # Rows above every row of the file: these are the newest.
        entry = Entry(MAX_ROW + seq, self.outbox_id, seq, payload)
        self._entries[seq] = (entry, int(at.measured_at.timestamp() * 1000))
        while len(self._entries) > MAX_ENTRIES:
            self._entries.popitem(last=False)
            self.lost_total += 1
        return entry

    def after(self, row: int, limit: int) -> list[Entry]:
        """Return entries after a row, oldest first."""
        found = [entry for entry, _ in self._entries.values() if entry.row > row]
        return found[:limit]

    def newest(self, below_row: int, limit: int) -> list[Entry]:
        """Return entries before a row, newest first."""
        found = [e for e, _ in reversed(self._entries.values()) if e.row < below_row]
        return found[:limit]

    def apply(self, held: Held) -> None:
        """Drop what the centre holds."""
        if held.outbox_id != self.outbox_id:
            return
        for low, high in held.ranges:
            for seq in [seq for seq in self._entries if low <= seq <= high]:
                del self._entries[seq]

    def all(self) -> list[tuple[Entry, int]]:
        """Return everything, with when it was measured (ms since 1970)."""
        return list(self._entries.values())

    def clear(self) -> None:
        """Forget the entries; numbers go on."""
        self._entries.clear()
