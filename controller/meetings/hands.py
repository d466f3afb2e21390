"""Who has raised a hand: people who take part by a browser. Kept in memory only.

A hand falls when its owner is given the floor, lowers it or leaves. After a restart of this
process nobody's is up: whoever still wants to speak raises it again.
"""

import threading
from collections.abc import Iterable
from datetime import datetime

from contracts.floor import MAX_PEOPLE
from contracts.ids import MeetingId
from runtime.limits import BoundedMap

KNOWN_MEETINGS = 200


class Hands:
    """Raised hands by meeting, as the floor names their owners. Used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._raised: BoundedMap[MeetingId, dict[str, datetime]] = BoundedMap(KNOWN_MEETINGS)

    def put(self, meeting_id: MeetingId, who: str, *, is_up: bool, now: datetime) -> bool:
        """Raise or lower a hand; return whether that changed anything."""
        with self._lock:
            raised = dict(self._raised.get(meeting_id) or {})
            if is_up == (who in raised) or (is_up and len(raised) >= MAX_PEOPLE):
                return False
            if is_up:
                raised[who] = now
            else:
                del raised[who]
            self._raised[meeting_id] = raised
            return True

    def raised(self, meeting_id: MeetingId, present: Iterable[str]) -> dict[str, datetime]:
        """Return since when whose hand is up, of those who are in; the first of them first."""
        with self._lock:
            raised = self._raised.get(meeting_id) or {}
            return {who: raised[who] for who in raised if who in set(present)}
