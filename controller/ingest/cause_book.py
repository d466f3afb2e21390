"""Of which points the causes of outages are to be judged, and when.

At once where presence changed or a session said something, and again a little later: that
others went too, and the first reports after an outage, come one after another. While a
backlog comes in a point is judged once in AGAIN_S.
"""

from datetime import datetime

from contracts.ids import PointId
from controller.ingest.cause_rows import Touched

AGAIN_S = 2.0
LOOKS_S = (0.0, 15.0, 45.0)
MAX_LOOKS = 30
AT_ONCE = 12
"""Points in one turn: the writer's thread belongs to the reports of all."""


class CauseBook:
    """Not thread-safe: belongs to the event loop."""

    def __init__(self) -> None:
        self._due: dict[PointId, Touched] = {}
        self._looks: dict[PointId, list[tuple[float, datetime]]] = {}
        self._watched_until_s: dict[PointId, float] = {}
        self._judged_at_s: dict[PointId, float] = {}

    def changed(self, point_id: PointId, at: datetime, now_s: float) -> None:
        """Its presence changed, or its session said something, at `at`."""
        looks = self._looks.setdefault(point_id, [])
        looks.extend((now_s + later_s, at) for later_s in LOOKS_S)
        del looks[:-MAX_LOOKS]  # the last one comes after all of them
        self._watched_until_s[point_id] = now_s + LOOKS_S[-1]

    def reported(self, point_id: PointId, at: datetime, now_s: float, *, is_late: bool) -> None:
        """A report of `at` was stored; what is not late only counts soon after a change."""
        if is_late or self._watched_until_s.get(point_id, float("-inf")) >= now_s:
            self._note(point_id, at)

    def take_due(self, now_s: float) -> dict[PointId, Touched]:
        """Return whose outages to judge now, and of which time."""
        for point_id, looks in list(self._looks.items()):
            for at_s, at in looks:
                if at_s <= now_s:
                    self._note(point_id, at)
            self._looks[point_id] = [look for look in looks if look[0] > now_s]
            if not self._looks[point_id]:
                del self._looks[point_id]
        self._watched_until_s = {p: s for p, s in self._watched_until_s.items() if s >= now_s}
        self._judged_at_s = {p: s for p, s in self._judged_at_s.items() if now_s - s < AGAIN_S}
        ready = [one for one in self._due if one not in self._judged_at_s][:AT_ONCE]
        self._judged_at_s.update(dict.fromkeys(ready, now_s))
        return {one: self._due.pop(one) for one in ready}

    def give_back(self, touched: dict[PointId, Touched]) -> None:
        """Take back what could not be judged now, or is to be judged anew."""
        for point_id, span in touched.items():
            self._note(point_id, span.first_at)
            self._note(point_id, span.last_at)

    def _note(self, point_id: PointId, at: datetime) -> None:
        known = self._due.get(point_id)
        self._due[point_id] = known.and_at(at) if known else Touched(at, at)
