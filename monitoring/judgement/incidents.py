"""When somebody is told of what is wrong, once, and when it is over. Pure.

    gathering   something is wrong; who fell with it is waited for, nobody is told yet
    told        people were told; whoever falls in the same minute joins without a further word
    over        all of it was well for long enough; that is told once

Hysteresis: what comes back is over only after a calm, the longer the more often it fell, so
that a line that flaps is one incident. What passes while it is gathered is told to nobody,
unless it keeps falling. A point that was well for so long falls anew, though others of its
incident are not well yet. Of a point of which nothing is known (the centre was blind) nothing
is concluded, and while the centre is blind only that is told. A point that is excluded takes no
part. While most of the province is out whatever falls belongs to that.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from contracts.ids import PointId
from monitoring.judgement.coincidence import Reach, Together, Units, is_most, together
from monitoring.judgement.problem import ProblemKey

DOWN, BLIND = "down", "centre_blind"
"""The point is not heard; the centre hears nobody. Every other key is a ProblemKey's value."""
ON_BATTERY = ProblemKey.ON_BATTERY.value

JOINS_FOR = timedelta(seconds=90)
FLAPPING_FALLS = 3
OFTEN_WITHIN = timedelta(hours=1)
LONGEST_CALM = timedelta(minutes=15)
STRAGGLERS_RATIO, STRAGGLERS_AFTER = 0.2, timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long is waited before telling: after the last that fell anywhere, at most; for a calm."""

    quiet: timedelta
    longest: timedelta
    calm: timedelta


# Points speak every ten seconds: of one cut the last is missed twelve after the first.
_OF_DOWN = Waits(timedelta(seconds=14), timedelta(seconds=24), timedelta(minutes=2))
_OF_BLIND = Waits(timedelta(seconds=30), timedelta(seconds=30), timedelta(minutes=2))
# A battery lasts minutes; mains that come back within twenty seconds were none's business.
_OF_MAINS = Waits(timedelta(seconds=20), timedelta(seconds=30), timedelta(minutes=2))
_OF_OTHERS = Waits(timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class Ailment:
    """One thing that is wrong with one point now; `falls`: how often it began in the last hour.

    `bond`: what it is known to have in common with others; those are one incident.
    """

    point_id: PointId
    key: str
    began_at: datetime
    falls: int = 1
    bond: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything as it is now. `known`: the points of which something is known."""

    now: datetime
    known: Units
    ailments: tuple[Ailment, ...] = ()
    excluded: frozenset[PointId] = frozenset()
    blind_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One point of an incident; `calm_since`: since when it is well again."""

    point_id: PointId
    began_at: datetime
    calm_since: datetime | None = None
    falls: int = 1


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that happened. `number` None: nobody was told of it yet.

    `joined_at`: when the last of its points fell; of a blindness since when the centre hears
    again, `opened_at` as long as it does not.
    """

    key: str
    reach: Reach
    unit_id: str
    began_at: datetime
    opened_at: datetime
    joined_at: datetime
    hits: tuple[Hit, ...] = ()
    number: int | None = None
    told_reach: Reach | None = None


class Turn(Enum):
    """What became of an incident of which people know; values as stored."""

    TOLD = "told"
    WIDER = "wider"
    LOOKED = "looked"
    RECOVERED = "recovered"
    MERGED = "merged"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Change:
    """An incident as it is now. `into`: with what it is one; `joined`: how many joined it."""

    incident: Incident
    turn: Turn
    into: int | None = None
    joined: int = 0


@dataclass(slots=True)
class Outlook:
    """What goes on being gathered, and what changed of what people know."""

    gathering: list[Incident] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


Wrong = Mapping[tuple[str, PointId], Ailment]


def judge(before: Sequence[Incident], scene: Scene) -> Outlook:
    """Return what became of the incidents that are not over, and of what is wrong now.

    Args:
        before: those that are gathered as well as those that were told.
    """
    blind = [one for one in before if one.key == BLIND]
    others = [one for one in before if one.key != BLIND]
    judged = Outlook()
    _judge_blindness(blind, scene, judged)
    if scene.blind_since is not None:
        judged.gathering.extend(one for one in others if one.number is None)
        return judged
    wrong = {
        (one.key, one.point_id): one
        for one in scene.ailments
        if one.point_id in scene.known and one.point_id not in scene.excluded
    }
    looked = {id(one): _looked(one, scene, wrong) for one in others}
    grown, merged = _grown(list(looked.values()), scene, wrong)
    known = {one.number: one for one in others if one.number is not None}
    last: dict[str, datetime] = {}
    for one in grown:
        if one.number is None:
            last[one.key] = max(one.joined_at, last.get(one.key, one.joined_at))
    for one in grown:
        if one.number is None:
            _judge_gathering(one, scene, wrong, last[one.key], judged)
        else:
            _judge_told(one, known.get(one.number), scene, judged)
    for one, into in merged:
        if one.number is not None:
            judged.changes.append(Change(one, Turn.MERGED, into))
    return judged


def calm_of(key: str, hit: Hit) -> timedelta:
    """Return for how long a point has to be well before it counts as that."""
    if key != DOWN:
        return _waits(key).calm
    return min(_OF_DOWN.calm * max(1, hit.falls - 1), LONGEST_CALM)


def well_since(one: Incident) -> datetime:
    """Return since when all is well of one that has recovered: before the calm, not after it."""
    return max((hit.calm_since for hit in one.hits if hit.calm_since), default=one.joined_at)


def _waits(key: str) -> Waits:
    return {DOWN: _OF_DOWN, BLIND: _OF_BLIND, ON_BATTERY: _OF_MAINS}.get(key, _OF_OTHERS)


def _judge_blindness(blind: Sequence[Incident], scene: Scene, judged: Outlook) -> None:
    now, since = scene.now, scene.blind_since
    if not blind and since is not None:
        judged.gathering.append(Incident(BLIND, Reach.CENTRE, "", since, now, now))
    for one in blind:
        if one.number is not None:
            judged.changes.extend(_told_blindness(one, now, is_blind=since is not None))
        elif since is None:
            continue
        elif now - one.opened_at >= _OF_BLIND.longest:
            judged.changes.append(Change(replace(one, told_reach=one.reach), Turn.TOLD))
        else:
            judged.gathering.append(one)


def _told_blindness(one: Incident, now: datetime, *, is_blind: bool) -> Iterator[Change]:
    """Give what became of it; over after a calm, should ingest start and end again and again."""
    hears = one.joined_at != one.opened_at
    if is_blind and hears:
        yield Change(replace(one, joined_at=one.opened_at), Turn.LOOKED)
    elif not is_blind and not hears:
        yield Change(replace(one, joined_at=now), Turn.LOOKED)
    elif not is_blind and now - one.joined_at >= _OF_BLIND.calm:
        yield Change(one, Turn.RECOVERED)


def _looked(one: Incident, scene: Scene, wrong: Wrong) -> Incident:
    """Return an incident with each of its points as it is now; without those excluded."""
    hits = (_hit(one.key, hit, scene, wrong) for hit in one.hits)
    return replace(one, hits=tuple(hit for hit in hits if hit.point_id not in scene.excluded))


def _hit(key: str, hit: Hit, scene: Scene, wrong: Wrong) -> Hit:
    if _is_settled(key, hit, scene.now):
        return hit
    ailment = wrong.get((key, hit.point_id))
    falls, calm_since = hit.falls, hit.calm_since or scene.now
    if ailment is not None:
        falls = max(falls + (hit.calm_since is not None), ailment.falls)
    is_silent = key != DOWN and (DOWN, hit.point_id) in wrong
    if ailment is not None or hit.point_id not in scene.known or is_silent:
        return _as(hit, None, falls)
    return _as(hit, calm_since, falls)


def _is_settled(key: str, hit: Hit, now: datetime) -> bool:
    """Whether a point is over it: if it falls again that is another incident."""
    return hit.calm_since is not None and now - hit.calm_since >= calm_of(key, hit)


def _as(hit: Hit, calm_since: datetime | None, falls: int) -> Hit:
    is_same = (hit.calm_since, hit.falls) == (calm_since, falls)
    return hit if is_same else replace(hit, calm_since=calm_since, falls=falls)


def _judge_gathering(
    one: Incident, scene: Scene, wrong: Wrong, last_fell_at: datetime, judged: Outlook
) -> None:
    if not one.hits or _is_over(one, scene):
        return
    waits, now = _waits(one.key), scene.now
    is_quiet = now - last_fell_at >= waits.quiet or now - one.opened_at >= waits.longest
    is_on = any((one.key, hit.point_id) in wrong for hit in one.hits)
    # Of another problem the values are known only while it is there.
    is_flapping = one.key == DOWN and any(hit.falls >= FLAPPING_FALLS for hit in one.hits)
    if is_quiet and (is_on or is_flapping):
        judged.changes.append(Change(replace(one, told_reach=one.reach), Turn.TOLD))
    else:
        judged.gathering.append(one)


def _judge_told(one: Incident, before: Incident | None, scene: Scene, judged: Outlook) -> None:
    joined = max(0, len(one.hits) - len(before.hits)) if before is not None else 0
    if not one.hits:
        judged.changes.append(Change(one, Turn.EXCLUDED))
    elif _is_over(one, scene):
        judged.changes.append(Change(one, Turn.RECOVERED))
        judged.gathering.extend(_stayed_away(one, scene.now))
    elif one.reach is Reach.CENTRE and one.told_reach is not Reach.CENTRE:
        wider = replace(one, told_reach=one.reach)
        judged.changes.append(Change(wider, Turn.WIDER, joined=joined))
    elif one != before:
        judged.changes.append(Change(one, Turn.LOOKED, joined=joined))


def _stayed_away(one: Incident, now: datetime) -> Iterator[Incident]:
    """Give those of an incident that are not well though it is over, as one of their own."""
    left = tuple(hit for hit in one.hits if hit.calm_since is None)
    if len(left) > 1:
        began_at = min(hit.began_at for hit in left)
        yield Incident(one.key, Reach.POINT, "", began_at, now, now, left)


def _is_over(one: Incident, scene: Scene) -> bool:
    """Whether all are well for long enough, or all but a few, which then stand for themselves."""
    calm = [hit.calm_since for hit in one.hits if _is_settled(one.key, hit, scene.now)]
    if len(calm) == len(one.hits):
        return True
    are_few = len(one.hits) - len(calm) <= STRAGGLERS_RATIO * len(one.hits)
    since = min((at for at in calm if at is not None), default=scene.now)
    return are_few and scene.now - since >= STRAGGLERS_AFTER


def _grown(
    looked: list[Incident], scene: Scene, wrong: Wrong
) -> tuple[list[Incident], list[tuple[Incident, int | None]]]:
    """Return incidents with what is newly wrong among them, and those that are one with another."""
    covered = {
        (one.key, hit.point_id)
        for one in looked
        for hit in one.hits
        if not _is_settled(one.key, hit, scene.now)
    }
    silent = {point_id for key, point_id in (*covered, *wrong) if key == DOWN}
    new: dict[str, dict[PointId, Ailment]] = {}
    for (key, point_id), ailment in wrong.items():
        if (key, point_id) not in covered and (key == DOWN or point_id not in silent):
            new.setdefault(key, {})[point_id] = ailment
    grown = [one for one in looked if one.key not in new]
    merged: list[tuple[Incident, int | None]] = []
    for key, fresh in new.items():
        mine = [one for one in looked if one.key == key]
        wide = next((one for one in mine if _is_wide(one, mine, scene, wrong)), None)
        if wide is not None:
            grown += [one for one in mine if one is not wide]
            grown.append(_joined(wide, fresh.values(), scene.now))
            continue
        young = [one for one in mine if one.hits and scene.now - one.opened_at <= JOINS_FOR]
        old = [one for one in mine if one not in young]
        grown += old
        for group in _groups(young, fresh, scene.known, _out(old, wrong)):
            kept, away = _one_of(key, group, young, fresh, scene.now)
            grown.append(kept)
            merged += [(one, kept.number) for one in away]
    return grown, merged


def _is_wide(one: Incident, all_of_key: Iterable[Incident], scene: Scene, wrong: Wrong) -> bool:
    if one.reach is not Reach.CENTRE:
        return False
    on = _out([one], wrong)
    others = _out((other for other in all_of_key if other is not one), wrong)
    return is_most(len(on), len(scene.known), len(others - on))


def _out(incidents: Iterable[Incident], wrong: Wrong) -> set[PointId]:
    """Return the points of incidents of which the same is wrong now."""
    return {
        hit.point_id for one in incidents for hit in one.hits if (one.key, hit.point_id) in wrong
    }


def _groups(
    young: Sequence[Incident],
    fresh: Mapping[PointId, Ailment],
    known: Units,
    out: Collection[PointId],
) -> Iterator[Together]:
    """Give who fell together; what is one incident already stays one."""
    fell = {hit.point_id: hit.began_at for one in young for hit in one.hits}
    fell |= {point_id: one.began_at for point_id, one in fresh.items() if not one.bond}
    left = together(fell, known, set(out) - set(fell))
    bound: dict[str, list[PointId]] = {}
    for point_id, ailment in fresh.items():
        if ailment.bond:
            bound.setdefault(ailment.bond, []).append(point_id)
    left += [Together(Reach.POINT, "", tuple(points)) for points in bound.values()]
    for one in young:
        own = {hit.point_id for hit in one.hits}
        of_it = [group for group in left if own & set(group.points)]
        if len(of_it) > 1:
            widest = max(of_it, key=lambda group: group.reach.rank)
            points = tuple(point_id for group in of_it for point_id in group.points)
            left = [group for group in left if group not in of_it]
            left.append(replace(widest, points=points))
    yield from left


def _one_of(
    key: str,
    group: Together,
    young: Sequence[Incident],
    fresh: Mapping[PointId, Ailment],
    now: datetime,
) -> tuple[Incident, list[Incident]]:
    """Return a group as one incident, and those that are no longer incidents of their own."""
    points = set(group.points)
    owners = [one for one in young if points & {hit.point_id for hit in one.hits}]
    new = [fresh[point_id] for point_id in group.points if point_id in fresh]
    if not owners:
        began_at = min(one.began_at for one in new)
        opened = Incident(key, group.reach, group.unit_id, began_at, now, now)
        return _joined(opened, new, now), []
    kept = min(owners, key=lambda one: (one.number is None, one.number or 0, one.opened_at))
    away = [one for one in owners if one is not kept]
    hits = {hit.point_id: hit for one in (kept, *away) for hit in one.hits}
    if group.reach.rank > kept.reach.rank:
        kept = replace(kept, reach=group.reach, unit_id=group.unit_id)
    return _joined(replace(kept, hits=tuple(hits.values())), new, now), away


def _joined(one: Incident, new: Iterable[Ailment], now: datetime) -> Incident:
    hits = tuple(Hit(t.point_id, t.began_at, falls=t.falls) for t in new)
    if not hits:
        return one
    began_at = min(one.began_at, *(hit.began_at for hit in hits))
    anew = {hit.point_id for hit in hits}
    kept = tuple(hit for hit in one.hits if hit.point_id not in anew)
    return replace(one, hits=kept + hits, began_at=began_at, joined_at=now)
