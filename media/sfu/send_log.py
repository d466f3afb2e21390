"""What was sent to one transport under transport-wide numbers: when, and how much.

A ring of three flat arrays: a packet costs three writes and no object. Whoever sends
many packets writes it in place, as `note` does; so does the C (media/native), which counts
in `shared`.
"""

from array import array

from media.native.slot import new_log
from media.wire.seqnum import extended16

SENT = 2048  # four seconds of a viewer of three videos
MASK = SENT - 1
# Numbers begin so high that whatever the 16 bits on the wire say is taken for a number above
# NO_NUMBER, which stands where there is none.
FIRST, NO_NUMBER = 0x10001, -1


class SendLog:
    """The last packets. `next_number` is unbounded; 16 bits of it are on the wire."""

    __slots__ = ("numbers", "sent_at", "shared", "sizes")

    def __init__(self) -> None:
        self.numbers = array("q", [NO_NUMBER]) * SENT
        self.sent_at = array("d", [0.0]) * SENT
        self.sizes = array("H", [0]) * SENT
        self.shared = new_log(self.numbers, self.sent_at, self.sizes, MASK)
        self.shared.next_number = FIRST

    @property
    def next_number(self) -> int:
        """The number that the next packet has."""
        return self.shared.next_number

    @next_number.setter
    def next_number(self, number: int) -> None:
        self.shared.next_number = number

    def note(self, number: int, size: int, *, now: float) -> None:
        """Note a packet that is sent under a number, of 16 bits or unbounded."""
        number = extended16(number, self.next_number)
        at = number & MASK
        self.numbers[at], self.sent_at[at], self.sizes[at] = number, now, size
        self.next_number = max(self.next_number, number + 1)

    def sent_again(self, number: int, *, now: float) -> None:
        """Note that a packet goes again under its number, of 16 bits, if it is still awaited."""
        at = self.index(extended16(number, self.next_number))
        if at is not None:
            self.sent_at[at] = now

    def index(self, number: int) -> int | None:
        """Return where a number's entry is; None: it was told of before, is gone, or never was."""
        at = number & MASK
        return at if self.numbers[at] == number else None

    def bytes_after(self, number: int) -> int:
        """Return the bytes of all that was sent after a number, as far as they are kept."""
        end = self.next_number
        return self.bytes_between(max(number + 1, end - SENT), end)

    def bytes_between(self, first: int, end: int) -> int:
        """Return the bytes of what was sent under numbers from `first` to before `end`."""
        if first >= end:
            return 0
        start, stop = first & MASK, end & MASK
        if start < stop:
            return sum(self.sizes[start:stop])
        return sum(self.sizes[start:]) + sum(self.sizes[:stop])

    def forget(self, at: int) -> None:
        """Let an entry not be found again."""
        self.numbers[at] = NO_NUMBER

    def forget_all(self) -> None:
        """Let nothing that was sent so far be found again."""
        self.numbers[:] = array("q", [NO_NUMBER]) * SENT


class Flight:
    """The bytes of a log after a number that only rises: each is added and taken off once."""

    __slots__ = ("_bytes", "_log", "_next", "_number")

    def __init__(self, log: SendLog) -> None:
        self._log = log
        self._number, self._next, self._bytes = log.next_number - 1, log.next_number, 0

    def bytes_after(self, number: int) -> int:
        """Return what `SendLog.bytes_after` returns."""
        log = self._log
        following = log.next_number
        if number < self._number or number >= following or following - self._number > SENT:
            self._bytes = log.bytes_after(number)
        else:
            self._bytes += log.bytes_between(self._next, following)
            self._bytes -= log.bytes_between(self._number + 1, number + 1)
        self._number, self._next = number, following
        return self._bytes
