"""Whom to ask for a room, for how long it is held, and who goes before whom."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import PointId
from controller.meetings.holds.rules import (
    TIME_TO_ANSWER,
    ActsFor,
    AskWhom,
    BookedBefore,
    HoldPlan,
    HoldState,
    HoldTimes,
    Ranked,
    RoomHours,
    expires_at,
    is_displaced,
    needs_yes,
    planned_holds,
    rank,
)
from controller.places.owner import Owner

NOW = datetime(2026, 11, 30, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = ActsFor(frozenset((Owner.PEOPLE_COMMITTEE,)))
A, B, C = PointId("p-a"), PointId("p-b"), PointId("p-c")
ROOMS = {A: Owner.PEOPLE_COMMITTEE, B: Owner.PARTY, C: Owner.COUNCIL}
SPAN = RoomHours(NOW + 24 * HOUR, NOW + 26 * HOUR)
TIMES = HoldTimes(48 * HOUR, HOUR)


@pytest.mark.parametrize(
    ("asks", "appointed", "asked"),
    [
        ("none", {Owner.PARTY}, set()),
        ("appointed", set(), set()),
        ("appointed", {Owner.PARTY}, {Owner.PARTY}),
        ("others", set(), {Owner.PARTY, Owner.COUNCIL}),
        ("all", set(), set(Owner)),
    ],
)
def test_whom_a_meeting_of_the_office_asks(
    asks: AskWhom, appointed: set[Owner], asked: set[Owner]
) -> None:
    assert {one for one in Owner if needs_yes(one, OFFICE, asks, appointed)} == asked


@pytest.mark.parametrize("asks", ["appointed", "others", "all"])
def test_who_agrees_for_an_owner_need_not_ask_themselves(asks: AskWhom) -> None:
    clerk = ActsFor(frozenset((Owner.PARTY,)), frozenset((Owner.PARTY,)))
    assert not needs_yes(Owner.PARTY, clerk, asks, {Owner.PARTY})


def test_a_room_is_held_for_its_time_and_no_longer_than_shortly_before_the_meeting() -> None:
    far, near, soon = NOW + 100 * HOUR, NOW + 10 * HOUR, NOW + HOUR / 2
    assert expires_at(NOW, far, TIMES) == NOW + 48 * HOUR
    assert expires_at(NOW, near, TIMES) == near - HOUR
    assert expires_at(NOW, soon, TIMES) == soon
    assert expires_at(NOW, NOW + HOUR, TIMES) == NOW + HOUR
    assert expires_at(NOW, NOW, TIMES) == NOW + TIME_TO_ANSWER


NEEDING = {Owner.PARTY, Owner.COUNCIL}


def test_a_new_meeting_asks_for_the_rooms_of_others_and_has_its_own() -> None:
    assert planned_holds(ROOMS, {}, SPAN, NEEDING, None) == HoldPlan((B, C), (), (A,))


def test_what_was_answered_stays_while_the_meeting_lies_within_the_time_asked_for() -> None:
    held = {B: SPAN, C: SPAN}
    before = BookedBefore(frozenset(ROOMS), SPAN)
    shorter = RoomHours(SPAN.begins_at, SPAN.ends_at - HOUR)
    assert planned_holds(ROOMS, held, SPAN, NEEDING, before) == HoldPlan((), (), ())
    assert planned_holds(ROOMS, held, shorter, NEEDING, before) == HoldPlan((), (), ())
    later = RoomHours(SPAN.begins_at, SPAN.ends_at + HOUR)
    assert planned_holds(ROOMS, held, later, NEEDING, before) == HoldPlan((B, C), (), (A,))


def test_a_room_that_is_left_out_is_held_no_more_and_one_that_is_new_is_asked_for() -> None:
    rooms = {A: Owner.PEOPLE_COMMITTEE, C: Owner.COUNCIL}
    before = BookedBefore(frozenset((A, B)), SPAN)
    assert planned_holds(rooms, {B: SPAN}, SPAN, NEEDING, before) == HoldPlan((C,), (B,), ())


def test_rooms_had_before_anybody_was_asked_stay_until_the_meeting_is_moved() -> None:
    before = BookedBefore(frozenset(ROOMS), SPAN)
    assert planned_holds(ROOMS, {}, SPAN, NEEDING, before) == HoldPlan((), (), ())
    moved = RoomHours(SPAN.begins_at + HOUR, SPAN.ends_at + HOUR)
    assert planned_holds(ROOMS, {}, moved, NEEDING, before).asked == (B, C)


hours = st.integers(0, 6)


def hours_of(begin: int, length: int) -> RoomHours:
    return RoomHours(NOW + begin * HOUR, NOW + (begin + 1 + length) * HOUR)


spans = st.builds(hours_of, hours, hours)


@given(
    points=st.sets(st.sampled_from(list(ROOMS))),
    held=st.dictionaries(st.sampled_from(list(ROOMS)), spans),
    span=spans,
    needing=st.sets(st.sampled_from(list(Owner))),
    before=st.none() | st.builds(BookedBefore, st.frozensets(st.sampled_from(list(ROOMS))), spans),
)
def test_no_room_is_used_at_a_time_that_was_not_asked_for(
    points: set[PointId],
    held: dict[PointId, RoomHours],
    span: RoomHours,
    needing: set[Owner],
    before: BookedBefore | None,
) -> None:
    rooms = {one: ROOMS[one] for one in points}
    plan = planned_holds(rooms, held, span, needing, before)
    for one in points - set(plan.claimed):
        was = held.get(one) or (before.span if before and one in before.points else None)
        assert was is not None
        assert was.holds(span)
    assert {ROOMS[one] for one in plan.asked} <= needing
    assert not {ROOMS[one] for one in plan.own} & needing
    kept = set(held) - set(plan.dropped)
    assert kept <= points
    assert not set(plan.asked) & set(plan.own)


def test_the_first_rule_that_names_a_meeting_is_its_rank() -> None:
    order: tuple[Ranked, ...] = ("emergency", "own", "party", "briefing")
    assert rank(order, "emergency", "party", is_own=False) == 0
    assert rank(order, "briefing", "council", is_own=True) == 1
    assert rank(order, "briefing", "party", is_own=False) == 2
    assert rank(order, "briefing", "council", is_own=False) == 3
    assert rank(order, "other", "council", is_own=False) == 4


@pytest.mark.parametrize("state", list(HoldState))
def test_only_what_nobody_has_agreed_to_is_displaced_and_by_a_higher_rank(
    state: HoldState,
) -> None:
    is_asked = state is HoldState.ASKED
    assert is_displaced(state, rank_held=1, rank_wanted=0) is is_asked
    assert not is_displaced(state, rank_held=1, rank_wanted=1)
    assert not is_displaced(state, rank_held=0, rank_wanted=1)


def test_a_state_holds_a_room_lets_it_be_used_or_neither() -> None:
    assert [one for one in HoldState if one.is_lapsed] == [
        HoldState.REFUSED,
        HoldState.EXPIRED,
        HoldState.DISPLACED,
    ]
    assert HoldState.AGREED.is_holding
    assert HoldState.AGREED.is_agreed
    assert not HoldState.TAKEN.is_holding
