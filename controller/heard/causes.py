"""Why a point did not hear a meeting: by the outage that took the most of it, and by the others.

An outage of the point that overlaps what it lost says why. Where none does, and as many others had
lost the same minute as no coincidence makes, it was the centre. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from controller.heard.verdicts import CutCause
from monitoring.judgement.outage_cause import MANY_POINTS, MANY_RATIO, OutageCause
from monitoring.judgement.periods import Period, within
from monitoring.judgement.uninterrupted import (
    MINUTE,
    HeardVerdict,
    MinuteState,
    PointJudged,
)

Outages = Sequence[tuple[Period, OutageCause]]


def lost_minutes(judged: PointJudged) -> list[datetime]:
    """Return the minutes that were bad, whether they count or not."""
    if judged.begins_at is None:
        return []
    return [
        judged.begins_at + number * MINUTE
        for number, one in enumerate(judged.minutes)
        if one.state in (MinuteState.BAD, MinuteState.EXCUSED)
    ]


def shared(points: Iterable[PointJudged], heard: int) -> frozenset[datetime]:
    """Return the minutes that so many points lost at once that their lines are not to blame.

    Args:
        heard: of how many points anything is known.
    """
    counts: dict[datetime, int] = {}
    for one in points:
        for at in lost_minutes(one):
            counts[at] = counts.get(at, 0) + 1
    least = max(MANY_POINTS, MANY_RATIO * heard)
    return frozenset(at for at, count in counts.items() if count >= least)


def cause_of(
    judged: PointJudged, outages: Outages, at_once: frozenset[datetime], *, is_absent: bool
) -> CutCause | None:
    """Return why; None: nothing was lost, or what was does not matter."""
    if is_absent:
        return CutCause.ABSENT
    if judged.verdict is HeardVerdict.EXCLUDED:
        return CutCause.PLANNED
    lost = lost_minutes(judged)
    if not lost:
        return None
    known = _overlaps(lost, outages)
    if known:
        return CutCause(max(known, key=lambda cause: known[cause]).value)
    if sum(at in at_once for at in lost) * 2 > len(lost):
        return CutCause.CENTRE
    return CutCause.UNKNOWN


def _overlaps(lost: Iterable[datetime], outages: Outages) -> Mapping[OutageCause, timedelta]:
    """Return how long outages of each cause took of some minutes."""
    found: dict[OutageCause, timedelta] = {}
    for at in lost:
        for period, cause in outages:
            length = within(Period(at, at + MINUTE), period).length
            if length:
                found[cause] = found.get(cause, timedelta()) + length
    return found
