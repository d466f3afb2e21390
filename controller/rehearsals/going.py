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
    """How many points stand how; `chair`: how its own stands, `share` is of those ready."""

    total: int
    ready: int
    at_risk: int
    not_ready: int
    no_result: int
    chair: PointVerdict

    @property
    def in_need(self) -> int:
        """Of how many somebody has to think."""
        return self.total - self.ready

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.ready / self.total if self.total else 0.0


def counted(verdicts: Collection[PointVerdict], chair: PointVerdict) -> CountedPoints:
    """Return how many stand how."""
    of = Counter(verdicts)
    return CountedPoints(
        len(verdicts),
        of[PointVerdict.READY],
        of[PointVerdict.AT_RISK],
        of[PointVerdict.NOT_READY],
        of[PointVerdict.NO_RESULT],
        chair,
    )


def going(count: CountedPoints, *, least_share: float, was_tried: bool = True) -> Going:
    """Return whether the meeting can begin.

    Args:
        least_share: of points that are ready or at risk, from which on the office begins.
        was_tried: some point was rehearsed; before that nobody is said not to be ready.
    """
    if not was_tried or count.no_result == count.total:
        return Going.UNKNOWN
    if count.chair in (PointVerdict.NOT_READY, PointVerdict.NO_RESULT):
        return Going.NOT_YET
    usable = count.ready + count.at_risk
    if usable < least_share * count.total:
        return Going.NOT_YET
    return Going.GO if count.ready == count.total else Going.NEARLY


def in_order(verdicts: Iterable[tuple[str, PointVerdict]], chair: str) -> list[str]:
    """Return those who are not ready: the chair's point first, then the worst, as invited."""
    order = {verdict: place for place, verdict in enumerate(PointVerdict)}
    wrong = [one for one in verdicts if one[1] is not PointVerdict.READY]
    wrong.sort(key=lambda one: (one[0] != chair, order[one[1]]))
    return [point_id for point_id, _ in wrong]
