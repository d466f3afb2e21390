"""Meetings that a relay has called over: asked about again later, and never given up for good.

A relay whose clock runs hours ahead says of every meeting that it is over, and a point whose
own clock does so takes a relay that knows nothing yet for one that knows it no more. Either
clock is put right some time. So a refusal holds for a while only: 15 s at first, 2 min after
several. A meeting that is over indeed leaves the schedule soon, and nobody asks any more.
"""

from contracts.ids import MeetingId
from runtime.limits import BoundedMap

FIRST_S, CAP_S = 15.0, 120.0
MAX_MEETINGS = 64


class RefusedMeetings:
    """Which meetings are not to be joined now. Times are a monotonic clock's seconds."""

    def __init__(self) -> None:
        self._refusals: BoundedMap[MeetingId, tuple[int, float]] = BoundedMap(MAX_MEETINGS)

    def note(self, meeting_id: MeetingId, *, now_s: float) -> None:
        """Note that a relay called a meeting over."""
        count, _ = self._refusals.get(meeting_id, (0, 0.0))
        pause_s = min(CAP_S, FIRST_S * 2 ** min(count, 8))
        self._refusals[meeting_id] = (count + 1, now_s + pause_s)

    def at(self, now_s: float) -> frozenset[MeetingId]:
        """Return the meetings that are not asked about now."""
        return frozenset(
            meeting_id for meeting_id, (_, until_s) in self._refusals.items() if now_s < until_s
        )
