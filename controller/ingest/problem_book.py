"""Which points are to be judged, and when: at most once a second each, everyone twice a minute.

What is wrong may change though nothing comes in: the line's window moves on.
"""

from collections.abc import Iterable

from contracts.ids import PointId

EVERYONE_S = 30.0
AGAIN_S = 1.0


class ProblemBook:
    """Not thread-safe: belongs to the event loop."""

    def __init__(self) -> None:
        self._due: set[PointId] = set()
        self._judged_at_s: dict[PointId, float] = {}
        self._everyone_at_s = float("-inf")

    def note(self, point_ids: Iterable[PointId]) -> None:
        """Something of these points changed."""
        self._due.update(point_ids)

    def note_everyone(self) -> None:
        """All are to be judged the next time."""
        self._everyone_at_s = float("-inf")

    def due_points(self, now_s: float) -> list[PointId] | None:
        """Return whom to judge now; None: everyone."""
        if now_s - self._everyone_at_s >= EVERYONE_S:
            self._everyone_at_s = now_s
            self._due.clear()
            self._judged_at_s.clear()
            return None
        never = float("-inf")
        taken = [p for p in self._due if now_s - self._judged_at_s.get(p, never) >= AGAIN_S]
        self._due.difference_update(taken)
        self._judged_at_s.update(dict.fromkeys(taken, now_s))
        return taken
