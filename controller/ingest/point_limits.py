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
    """Read in the writer's thread, exchanged between two judgements.

    `before`: what held when this process, or the one before it, judged last.
    """

    standing: PointThresholds
    before: PointThresholds
    _last: dict[PointId, Thresholds] = field(default_factory=dict)
    _judged: dict[PointId, Thresholds] = field(default_factory=dict)

    @classmethod
    def fixed(cls, limits: Thresholds) -> "PointLimits":
        """Return the same for every point, now and before."""
        return cls(PointThresholds(limits), PointThresholds(limits))

    def of(self, point_id: PointId) -> tuple[Thresholds, Thresholds]:
        """Return those of a point, and those it was judged by before; it is judged now."""
        now = self.standing.of(point_id)
        self._judged[point_id] = now
        return now, self._last.get(point_id) or self.before.of(point_id)

    def begin(self) -> None:
        """A judgement begins; what was not written of the one before does not count."""
        self._judged.clear()

    def settle(self) -> None:
        """What was judged was written."""
        self._last |= self._judged
