"""When a line may be filled to see what it carries, and how much that may take. Pure.

At night a point is tested once, at a time of its own within the night, so that the province is
spread over it; by day where somebody asks. Never in a meeting of the point nor in the 15 minutes
before one, never two at once on a line that is shared, never where the point is not well, and
within the bytes of a day. What a test may take is counted when it is allowed, whatever it takes
then, so that no order of requests exceeds a day's bytes.

A line that is charged by volume is tested only where somebody asks and confirms what it takes.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from contracts.ids import PointId
from contracts.local_days import ZONE, day_of, midnight
from contracts.meeting_times import LINE_FREE_BEFORE
from monitoring.judgement.office_hours import OfficeHours
from monitoring.judgement.periods import Period

TRY_AGAIN_AFTER = timedelta(minutes=30)
MOST_TRIES = 3
"""In one night, until one was made whole."""
OVERHEAD_S = 8.0
"""Idle round trips before, and what is let out of queues between."""
SPREAD_OVER = 0.8
"""Of the night: who has to try again has the rest."""
MARGIN_RATIO = 1.3
"""So much more than the line is sold for may come."""
WAYS = 2


class Hindrance(Enum):
    """Why a line is not tested now."""

    MEETING = "meeting"
    NOT_WELL = "not_well"
    METERED = "metered"
    BUDGET = "budget"
    SHARED = "shared"
    FULL = "full"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class TestRules:
    """What the settings say; `most_bytes` is of one way, `day_bytes` of a point with both."""

    __test__ = False

    night_begins: time = time(21, 0)
    night_ends: time = time(5, 0)
    at_once: int = 2
    together_bps: int = 100_000_000
    duration_s: int = 6
    most_bytes: int = 40_000_000
    day_bytes: int = 200_000_000


@dataclass(frozen=True, slots=True)
class TestedLine:
    """A point's line, as far as it matters for tests.

    `shared`: names of what it shares with others. `meetings`: those on, and to come; of one that
    is on the end is not known. `used_bytes`: allowed since midnight.
    """

    __test__ = False

    point_id: PointId
    shared: frozenset[str] = frozenset()
    is_metered: bool = False
    is_well: bool = True
    contract_bps: int | None = None
    meetings: tuple[Period, ...] = ()
    used_bytes: int = 0


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A test that was allowed and may still be running; until `ends_at` at the latest."""

    point_id: PointId
    shared: frozenset[str]
    rate_bps: int
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TriedTest:
    """A test of a night that was allowed; `is_whole`: it was made to its end."""

    point_id: PointId
    at: datetime
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not, and from when on it may be possible; None: nobody knows."""

    why: Hindrance
    possible_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a test may take each way."""

    most_bytes: int
    duration_s: int

    @property
    def rate_bps(self) -> int:
        """The most it can take of the centre's line."""
        return round(self.most_bytes * 8 / self.duration_s)

    @property
    def lasts(self) -> timedelta:
        """How long it takes at most, once it has begun."""
        return timedelta(seconds=WAYS * self.duration_s + OVERHEAD_S)


def size_of(line: TestedLine, rules: TestRules) -> Allowed:
    """Return what a test of a line takes at most."""
    wanted = rules.most_bytes
    if line.contract_bps:
        wanted = round(line.contract_bps * MARGIN_RATIO / 8 * rules.duration_s)
    return Allowed(max(1, min(wanted, rules.most_bytes)), rules.duration_s)


def judge_request(
    line: TestedLine,
    under_way: Collection[UnderWay],
    rules: TestRules,
    *,
    now: datetime,
    is_confirmed: bool = False,
) -> Allowed | Refused:
    """Return what a test may take now, or why there is to be none.

    Args:
        is_confirmed: somebody knows what it takes of a line that is charged by volume.
    """
    size = size_of(line, rules)
    if not rules.at_once:
        return Refused(Hindrance.OFF)
    if not line.is_well:
        return Refused(Hindrance.NOT_WELL)
    meeting = _meeting_in_the_way(line.meetings, now, size.lasts)
    if meeting is not None:
        # Of one that is on nobody knows the end.
        return Refused(Hindrance.MEETING, meeting.ends_at if now < meeting.begins_at else None)
    if line.is_metered and not is_confirmed:
        return Refused(Hindrance.METERED)
    if line.used_bytes + WAYS * size.most_bytes > rules.day_bytes:
        return Refused(Hindrance.BUDGET, midnight(day_of(now) + timedelta(days=1)))
    running = [one for one in under_way if one.ends_at > now]
    for one in running:
        if one.point_id == line.point_id or one.shared & line.shared:
            return Refused(Hindrance.SHARED, one.ends_at)
    together_bps = sum(one.rate_bps for one in running) + size.rate_bps
    if running and (len(running) >= rules.at_once or together_bps > rules.together_bps):
        return Refused(Hindrance.FULL, min(one.ends_at for one in running))
    return size


def _meeting_in_the_way(
    meetings: Iterable[Period], now: datetime, lasts: timedelta
) -> Period | None:
    """Return the meeting that is on, or begins too soon after a test's end."""
    begins_by = now + lasts + LINE_FREE_BEFORE
    near = [one for one in meetings if one.begins_at < begins_by and now < one.ends_at]
    return max(near, key=lambda one: one.ends_at, default=None)


def night_of(now: datetime, rules: TestRules) -> Period | None:
    """Return the night that is on; None: it is day."""
    today = day_of(now)
    for evening in (today - timedelta(days=1), today):
        night = _night(evening, rules)
        if night.begins_at <= now < night.ends_at:
            return night
    return None


def _night(evening: date, rules: TestRules) -> Period:
    morning = evening if rules.night_begins < rules.night_ends else evening + timedelta(days=1)
    return Period(
        datetime.combine(evening, rules.night_begins, ZONE),
        datetime.combine(morning, rules.night_ends, ZONE),
    )


def turn_of(point_id: PointId, night: Period) -> datetime:
    """Return when a point's turn is in a night: another each night, the same at every look."""
    digest = hashlib.sha256(f"{point_id}\0{night.begins_at.isoformat()}".encode()).digest()
    share = int.from_bytes(digest[:4]) / 2**32
    return night.begins_at + share * SPREAD_OVER * night.length


def planned(
    lines: Iterable[TestedLine],
    under_way: Sequence[UnderWay],
    tried: Iterable[TriedTest],
    rules: TestRules,
    office: OfficeHours,
    *,
    now: datetime,
) -> list[tuple[TestedLine, Allowed]]:
    """Return which lines are to be tested now, and what that may take; whose turn was first first.

    Args:
        tried: at least those of this night.
    """
    night = night_of(now, rules)
    if night is None or office.open_in(Period(now, now + LINE_FREE_BEFORE)):
        return []
    tries: dict[PointId, list[TriedTest]] = {}
    for one in tried:
        if one.at >= night.begins_at:
            tries.setdefault(one.point_id, []).append(one)
    turns = sorted((turn_of(one.point_id, night), one.point_id, one) for one in lines)
    running, found = list(under_way), list[tuple[TestedLine, Allowed]]()
    for turn_at, point_id, line in turns:
        if now < turn_at or not _may_try(tries.get(point_id, ()), now):
            continue
        verdict = judge_request(line, running, rules, now=now)
        if isinstance(verdict, Allowed):
            found.append((line, verdict))
            ends_at = now + verdict.lasts
            running.append(UnderWay(point_id, line.shared, verdict.rate_bps, ends_at))
    return found


def _may_try(tries: Sequence[TriedTest], now: datetime) -> bool:
    if len(tries) >= MOST_TRIES or any(one.is_whole for one in tries):
        return False
    return all(now - one.at >= TRY_AGAIN_AFTER for one in tries)
