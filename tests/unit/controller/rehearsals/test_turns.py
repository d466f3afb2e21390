"""Nobody is rehearsed twice at once, no shared line carries two, and all are through in time."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.ids import PointId, RelayId
from controller.rehearsals.turns import (
    ANNOUNCED,
    LEAD,
    TOLD_AHEAD,
    WITHIN,
    PointToRehearse,
    TakenTurn,
    TurnRules,
    WithoutTurn,
    plan,
)
from monitoring.judgement.periods import Period

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
RULES = TurnRules()
R1, R2 = RelayId("relay-1"), RelayId("relay-2")
BY = NOW + WITHIN


def point(number: int, *shared: str, relay: RelayId = R1, **more: object) -> PointToRehearse:
    return PointToRehearse(PointId(f"p-{number}"), relay, frozenset(shared), **more)  # type: ignore[arg-type]


def at_once(periods: list[Period]) -> int:
    return max(
        (sum(a.begins_at <= b.begins_at < a.ends_at for a in periods) for b in periods), default=0
    )


def test_170_points_are_through_within_ten_minutes():
    found = plan([point(one) for one in range(170)], [], RULES, now=NOW, by=BY)
    assert not found.left
    assert len(found.turns) == 170
    periods = list(found.turns.values())
    assert at_once(periods) == 24
    assert (
        max(one.ends_at for one in periods) - NOW == LEAD + 8 * RULES.lasts < timedelta(minutes=6)
    )
    assert min(one.begins_at for one in periods) - NOW >= ANNOUNCED


def test_those_of_one_line_follow_each_other_beside_the_others():
    points = [point(one, "trunk") for one in range(12)] + [point(one) for one in range(12, 170)]
    found = plan(points, [], RULES, now=NOW, by=BY)
    assert not found.left
    trunk = [found.turns[PointId(f"p-{one}")] for one in range(12)]
    assert len(set(trunk)) == 12


def test_what_more_points_share_than_there_are_slots_is_a_trunk_and_nobody_is_left():
    found = plan([point(one, "trunk") for one in range(170)], [], RULES, now=NOW, by=BY)
    assert not found.left
    assert at_once(list(found.turns.values())) == 12  # of 15 slots


def test_where_time_is_short_the_rest_is_left_and_that_is_said():
    by = NOW + LEAD + RULES.lasts
    found = plan([point(one) for one in range(30)], [], RULES, now=NOW, by=by)
    assert len(found.turns) == RULES.at_once
    assert set(found.left.values()) == {WithoutTurn.NO_TIME}


def test_each_relay_takes_as_many_as_it_may():
    points = [point(one, relay=R1 if one % 2 else R2) for one in range(48)]
    found = plan(points, [], RULES, now=NOW, by=BY)
    assert len(set(found.turns.values())) == 1


def test_who_is_in_a_meeting_waits_for_its_end_or_is_left():
    on = Period(NOW - timedelta(hours=1), NOW + timedelta(minutes=4))
    free = plan([point(1, meetings=(on,))], [], RULES, now=NOW, by=BY)
    assert free.turns[PointId("p-1")].begins_at - ANNOUNCED >= on.ends_at
    long = Period(NOW, NOW + timedelta(hours=1))
    assert plan([point(1, meetings=(long,))], [], RULES, now=NOW, by=BY).left == {
        PointId("p-1"): WithoutTurn.IN_MEETING
    }


def test_the_chair_is_first_among_equals():
    points = [*(point(one) for one in range(60)), point(99, is_first=True)]
    found = plan(points, [], RULES, now=NOW, by=BY)
    assert found.turns[PointId("p-99")].begins_at == NOW + LEAD


def test_a_point_that_has_its_turn_for_another_meeting_has_the_second_after_it():
    first = Period(NOW + LEAD, NOW + LEAD + RULES.lasts)
    taken = [TakenTurn(PointId("p-1"), R1, frozenset({"line"}), first)]
    found = plan([point(1, "line"), point(2, "line")], taken, RULES, now=NOW, by=BY)
    assert found.turns[PointId("p-2")].begins_at == first.ends_at
    assert found.turns[PointId("p-1")].begins_at >= first.ends_at + TOLD_AHEAD


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_no_point_and_no_shared_line_has_two_at_once(seed: int):
    """Lines of up to twelve points, two relays, and turns of other meetings beside."""
    dice = random.Random(seed)
    many = dice.randint(1, 60)
    province = [(dice.randrange(many), dice.random() < 0.7, dice.randrange(2)) for _ in range(170)]
    busy = {dice.randrange(170) for _ in range(dice.randrange(20))}
    lines: Counter[int] = Counter()
    points = []
    for number, (line, is_shared, relay) in enumerate(province):
        is_shared = is_shared and lines[line] < 12
        lines[line] += is_shared
        shared = (f"line-{line}",) if is_shared else ()
        points.append(point(number, *shared, relay=(R1, R2)[relay]))
    taken = [
        TakenTurn(one.point_id, one.relay_id, one.shared, Period(NOW, NOW + RULES.lasts))
        for one in (points[number] for number in sorted(busy))
    ]
    found = plan(points, taken, RULES, now=NOW, by=BY)
    assert not found.left
    by_id = {one.point_id: one for one in points}
    given = [TakenTurn(p, by_id[p].relay_id, by_id[p].shared, at) for p, at in found.turns.items()]
    for one, other in chain(combinations(given, 2), product(given, taken)):
        if (
            one.period.begins_at < other.period.ends_at
            and other.period.begins_at < one.period.ends_at
        ):
            assert one.point_id != other.point_id
            assert not one.shared & other.shared
    for own in (R1, R2):
        periods = [one.period for one in (*given, *taken) if one.relay_id == own]
        assert at_once(periods) <= RULES.at_once
    assert all(one.period.ends_at <= BY for one in given)
