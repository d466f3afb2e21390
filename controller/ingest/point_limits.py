"""By which thresholds each point is judged, and by which it was judged last.

Whoever sets thresholds makes things wrong, or well, that were not in one moment at many points:
what is wrong by that alone is told from what happened (problem_rows.py).
"""

from dataclasses import dataclass, field

from contracts.ids import PointId
from controller.thresholds.scheme import PointThresholds
from monitoring.judgement.problem import Thresholds

BY_LIMITS = "limits_set"
"""The argument of a problem that began by thresholds that were set: with which revision."""


@dataclass(slots=True)
class PointLimits:
    """`standing` is exchanged by the event loop; all else happens in the writer's thread.

    `before`: what held when everyone was judged last, by this process or the one before it.
    """

    standing: PointThresholds
    before: PointThresholds
    _by: PointThresholds | None = None
    _is_everyone: bool = False
    _last: dict[PointId, Thresholds] = field(default_factory=dict)
    """Of whom it is known otherwise than by `before`."""
    _judged: dict[PointId, Thresholds] = field(default_factory=dict)
    _left: dict[PointId, Thresholds] = field(default_factory=dict)

    @classmethod
    def fixed(cls, limits: Thresholds) -> "PointLimits":
        """Return the same for every point, now and before."""
        return cls(PointThresholds(limits), PointThresholds(limits))

    @property
    def is_anybody_left(self) -> bool:
        """Whether somebody was not judged when everyone else was."""
        return bool(self._left)

    @property
    def revision(self) -> int:
        """What is judged by now."""
        return self._standing.revision

    def begin(self, *, is_everyone: bool) -> None:
        """A judgement begins; what was not written of the one before does not count."""
        self._by, self._is_everyone = self.standing, is_everyone
        self._judged, self._left = {}, {}

    def of(self, point_id: PointId) -> tuple[Thresholds, Thresholds]:
        """Return those of a point, and those it was judged by before."""
        before = self._last.get(point_id) or self.before.of(point_id)
        return self._standing.of(point_id), before

    def leave(self, point_id: PointId) -> None:
        """A point is there. Unless it is judged, what held before holds for it the next time."""
        self._left[point_id] = self.of(point_id)[1]

    def judged(self, point_id: PointId) -> None:
        """A point was judged."""
        del self._left[point_id]
        self._judged[point_id] = self._standing.of(point_id)

    def settle(self) -> None:
        """What was judged was written. Who is new from now on was judged by nothing else."""
        if self._is_everyone:
            self.before, self._last = self._standing, dict(self._left)
        else:
            self._last |= self._judged

    @property
    def _standing(self) -> PointThresholds:
        return self._by or self.standing
