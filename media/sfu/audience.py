"""The slots that show an encoding, parted by who sends to them: the C to all at once, Python to
one after another. A burst asks no slot how it is sent to as long as no way has changed.
"""

from collections.abc import Sequence

from media.native.library import Pointer
from media.native.slot import NativeSlot
from media.sfu.down_track import DownTrack

NEVER = -1


class Audience:
    """One encoding's slots, in the order in which they began.

    `changes` is how many ways had changed when they were parted.
    """

    __slots__ = ("_turn", "changes", "native", "others", "outs", "pointers")

    def __init__(self, outs: Sequence[DownTrack] = ()) -> None:
        self.outs = outs
        self.changes = NEVER
        self.others: Sequence[DownTrack] = outs
        self.native: Sequence[NativeSlot] = ()
        self.pointers: Pointer = None  # of the C's slots, twice over
        self._turn = 0

    def next_turn(self) -> int:
        """Return whose turn it is to be first: each burst begins with another."""
        self._turn += 1
        return self._turn
