"""Whether a meeting can go on as planned, by the verdicts on its points: one sentence. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from controller.rehearsals.verdict import PointVerdict


class Going(Enum):
    """What the office is told first."""

    UNKNOWN = "unknown"
    GO = "go"
    NEARLY = "nearly"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class CountedPoints:
    """How many points stand how; `chair`: how its own stands, `share` is of those ready.

    `required_missing`: how many others are required and cannot take part, or may not.
    """

    total: int
    ready: int
    at_risk: int
    not_ready: int
    no_result: int
    chair: PointVerdict
    required_missing: int = 0

    @property
    def in_need(self) -> int:
        """Of how many somebody has to think."""
        return self.total - self.ready

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.ready / self.total if self.total else 0.0


def is_missing(verdict: PointVerdict) -> bool:
    """Whether a meeting that needs a point has to wait for it."""
    return verdict in (PointVerdict.NOT_READY, PointVerdict.NO_RESULT)


def counted(
    verdicts: Collection[PointVerdict],
    chair: PointVerdict,
    required: Iterable[PointVerdict] = (),
) -> CountedPoints:
    """Return how many stand how. `required`: those that are required besides the chair's."""
    of = Counter(verdicts)
    return CountedPoints(
        len(verdicts),
        of[PointVerdict.READY],
        of[PointVerdict.AT_RISK],
        of[PointVerdict.NOT_READY],
        of[PointVerdict.NO_RESULT],
        chair,
        sum(is_missing(one) for one in required),
    )


def going(count: CountedPoints, *, least_share: float, was_tried: bool = True) -> Going:
    """Return whether the meeting can begin.

    Args:
        least_share: of points that are ready or at risk, from which on the office begins.
        was_tried: some point was rehearsed; before that nobody is said not to be ready.
    """
    if not was_tried or count.no_result == count.total:
        return Going.UNKNOWN
    if is_missing(count.chair) or count.required_missing:
        return Going.NOT_YET
    usable = count.ready + count.at_risk
    if usable < least_share * count.total:
        return Going.NOT_YET
    return Going.GO if count.ready == count.total else Going.NEARLY


def in_order(
    verdicts: Iterable[tuple[str, PointVerdict]], chair: str, required: Collection[str] = ()
) -> list[str]:
    """Return those not ready: the chair's point, those required, then the worst, as invited."""
    order = {verdict: place for place, verdict in enumerate(PointVerdict)}
    wrong = [one for one in verdicts if one[1] is not PointVerdict.READY]
    wrong.sort(key=lambda one: (one[0] != chair, one[0] not in required, order[one[1]]))
    return [point_id for point_id, _ in wrong]
