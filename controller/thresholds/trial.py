"""What thresholds would have told of in the last week, beside those that hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.ids import PointId
from controller.carriers import contracted
from controller.errors import AskedTooOften, BadRequest
from controller.health import service as health
from controller.places.service import Point, identifier
from controller.thresholds.fields import TOLD
from controller.thresholds.scheme import PointThresholds, differing
from controller.turns import Turns
from monitoring.judgement.availability import Interval
from monitoring.judgement.periods import Period
from monitoring.judgement.replay import Episode, KeptWeek, episodes

LASTS, MOST_POINTS, MOST_ROWS = timedelta(days=7), 400, 60_000
MANY_A_DAY = 20
NEAR = timedelta(minutes=15)
"""What was told no earlier before an outage, or after it, may have been its first sign."""
TURNS = Turns(most_at_once=1, waits_s=0.0)
Found = Mapping[PointId, Sequence[Episode]]


@dataclass(frozen=True, slots=True)
class Missed:
    """What would not have been told any more; `outage_at`: when the point fell near it."""

    point_id: PointId
    episode: Episode
    outage_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What was tried of which points, and what was found with what holds, and with what is new.

    `affected`: how many points are judged otherwise, though fewer were tried. `is_too_much`: more
    than can be counted. Nothing was tried where nobody is judged otherwise.
    """

    points: Sequence[Point] = ()
    affected: int = 0
    before: Found = field(default_factory=dict)
    after: Found = field(default_factory=dict)
    missed: Sequence[Missed] = ()
    is_too_much: bool = False

    @property
    def told_a_day(self) -> float:
        """How often a day somebody would be told, of all that are judged otherwise."""
        count = sum(e.key in TOLD for own in self.after.values() for e in own)
        scale = self.affected / len(self.points) if self.points else 0
        return count * scale / LASTS.days

    @property
    def is_loud(self) -> bool:
        """Whether it would be too many."""
        before = sum(e.key in TOLD for own in self.before.values() for e in own)
        after = sum(e.key in TOLD for own in self.after.values() for e in own)
        return self.is_too_much or (self.told_a_day > MANY_A_DAY and after > before)


def tried(
    state: Session,
    series: Session,
    points: Sequence[Point],
    before: PointThresholds,
    after: PointThresholds,
    now: datetime,
) -> Trial:
    """Return what both would have told of the points that they judge otherwise.

    Raises:
        BadRequest: somebody else is trying some just now.
    """
    otherwise = set(differing(before, after, (one.point_id for one in points)))
    affected = [one for one in points if one.point_id in otherwise]
    if not affected:
        return Trial()
    try:
        with TURNS.taken():
            return _tried(state, series, affected, before, after, now)
    except AskedTooOften as exc:
        raise BadRequest(
            "busy", "Có người khác đang thử ngưỡng: thử lại sau vài giây.",
            "Somebody else is trying thresholds: try again in some seconds.",
        ) from exc  # fmt: skip


def _tried(
    state: Session,
    series: Session,
    affected: Sequence[Point],
    before: PointThresholds,
    after: PointThresholds,
    now: datetime,
) -> Trial:
    # Of more than can be tried at once every so manyth, so that all units are among them.
    step = -(-len(affected) // MOST_POINTS)
    chosen = affected[::step]
    ids = [identifier(one) for one in chosen]
    period = Period(now - LASTS, now)
    limits = {found.of(one) for one in ids for found in (before, after)}
    sold = contracted.of_points(state, chosen, now)
    points = {one: sold.get(one) for one in ids}
    kept = health.kept_weeks(series, points, period, list(limits), most=MOST_ROWS)
    if kept is None:
        return Trial(chosen, len(affected), is_too_much=True)
    was, becomes = _episodes(kept, before), _episodes(kept, after)
    outages = health.silences(series, [one for one in ids if was.get(one)], period)
    return Trial(chosen, len(affected), was, becomes, missed(was, becomes, outages))


def _episodes(kept: Mapping[PointId, KeptWeek], by: PointThresholds) -> Found:
    return {point_id: episodes(own, by.of(point_id)) for point_id, own in kept.items()}


def missed(
    before: Found, after: Found, outages: Mapping[PointId, Sequence[Interval]]
) -> list[Missed]:
    """Return what would be told no more of what was, those near outages first."""
    found = [
        Missed(point_id, one, _outage_near(one, outages.get(point_id, ())))
        for point_id, own in before.items()
        for one in own
        if one.key in TOLD and not _is_told(one, after.get(point_id, ()))
    ]
    return sorted(found, key=lambda one: (one.outage_at is None, one.episode.began_at))


def _is_told(one: Episode, told: Iterable[Episode]) -> bool:
    return any(
        other.key is one.key and other.began_at < one.ended_at and one.began_at < other.ended_at
        for other in told
    )


def _outage_near(one: Episode, outages: Iterable[Interval]) -> datetime | None:
    for outage in outages:
        ended_at = outage.ended_at or one.ended_at
        if outage.began_at <= one.ended_at + NEAR and ended_at >= one.began_at - NEAR:
            return outage.began_at
    return None
