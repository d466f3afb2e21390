"""Nobody is told twice, nobody after somebody has taken it, and who sleeps is left to."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.local_days import ZONE
from controller.incidents.duty.ladder import (
    WITH_ROSTER,
    WITHOUT_ROSTER,
    Climb,
    LadderRung,
    Quiet,
    counts_since,
    due,
    ladder_of,
)
from monitoring.judgement.priority import Priority

T0 = datetime(2026, 11, 27, 14, tzinfo=ZONE)


def minute(count: float) -> datetime:
    return T0 + timedelta(minutes=count)


def steps(stands: Climb, now_min: float, ladder: tuple[LadderRung, ...] = WITH_ROSTER) -> list[str]:
    return [one.step for one in due(ladder, stands, minute(now_min))]


def test_without_a_roster_every_channel_is_told_at_once_and_nobody_later() -> None:
    stands = Climb(T0, Priority.LOW, T0)
    assert steps(stands, 0, WITHOUT_ROSTER) == ["channels"]
    told = replace(stands, climbed=frozenset({"channels"}))
    assert steps(told, 9999, WITHOUT_ROSTER) == []


@pytest.mark.parametrize(
    ("priority", "wait_min"), [(Priority.HIGH, 10), (Priority.NORMAL, 30), (Priority.LOW, 240)]
)
def test_the_next_is_told_after_the_minutes_of_its_priority(
    priority: Priority, wait_min: int
) -> None:
    stands = Climb(T0, priority, T0, climbed=frozenset({"duty"}))
    assert steps(stands, wait_min - 0.1) == []
    assert steps(stands, wait_min) == ["channels"]
    assert steps(replace(stands, acknowledged_at=minute(1)), wait_min) == []
    assert steps(replace(stands, over_at=minute(1)), wait_min) == []


def test_what_rises_counts_from_then_but_no_later_than_it_would_have() -> None:
    risen = Climb(
        T0, Priority.HIGH, minute(15), climbed=frozenset({"duty"}), before=Priority.NORMAL
    )
    assert steps(risen, 24.9) == []
    assert steps(risen, 25) == ["channels"]
    late = replace(risen, since=minute(28))
    assert steps(late, 30) == ["channels"]
    was_low = replace(risen, since=minute(35), before=Priority.LOW)
    assert (steps(was_low, 44.9), steps(was_low, 45)) == ([], ["channels"])


def test_a_priority_that_a_rung_does_not_name_is_never_told_by_it() -> None:
    ladder = (LadderRung("duty", "duty", {Priority.LOW: timedelta(minutes=30)}),)
    for priority in (Priority.HIGH, Priority.NORMAL):
        assert steps(Climb(T0, priority, T0), 9999, ladder) == []
    assert steps(Climb(T0, Priority.LOW, T0), 30, ladder) == ["duty"]


def test_a_rung_that_is_taken_away_leaves_the_others_what_they_were() -> None:
    rungs = [("duty", (0, 0, 0)), ("person:a", (5, 5, 5)), ("channels", (10, 10, 10)),
             ("duty", (20, None, None))]  # fmt: skip
    stands = Climb(T0, Priority.HIGH, T0, climbed=frozenset({"duty", "person:a"}))
    assert steps(stands, 20, ladder_of(rungs)) == ["channels", "duty#2"]
    assert steps(stands, 20, ladder_of([rungs[0], *rungs[2:]])) == ["channels", "duty#2"]
    assert steps(stands, 20, WITH_ROSTER) == ["channels"]


@pytest.mark.parametrize(
    ("before", "now_is", "since_min"),
    [
        (Priority.NORMAL, Priority.NORMAL, 5),
        (Priority.NORMAL, Priority.HIGH, 12),
        (Priority.HIGH, Priority.NORMAL, 0),
    ],
)
def test_what_falls_again_counts_as_if_it_had_never_risen(
    before: Priority, now_is: Priority, since_min: float
) -> None:
    since = counts_since(before, minute(5), now_is, told_at=T0, now=minute(12))
    assert since == minute(since_min)


WAITS = st.dictionaries(
    st.sampled_from(Priority), st.integers(0, 300).map(lambda one: timedelta(minutes=one))
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(WAITS, min_size=1, max_size=6),
    st.dictionaries(st.integers(0, 400), st.sampled_from(Priority), max_size=5),
    st.none() | st.integers(0, 400),
    st.none() | st.integers(0, 400),
)
def test_no_step_is_told_twice_and_none_after_somebody_has_it(
    waits: list[dict[Priority, timedelta]],
    rises: dict[int, Priority],
    taken_min: int | None,
    over_min: int | None,
) -> None:
    ladder = tuple(LadderRung(str(place), "duty", one) for place, one in enumerate(waits))
    stands = Climb(T0, Priority.NORMAL, T0)
    told: list[str] = []
    for now_min in range(401):
        priority = rises.get(now_min, stands.priority)
        if priority is not stands.priority:
            stands = replace(stands, priority=priority, since=minute(now_min))
        if now_min == taken_min:
            stands = replace(stands, acknowledged_at=minute(now_min))
        if now_min == over_min:
            stands = replace(stands, over_at=minute(now_min))
        now_told = steps(stands, now_min, ladder)
        ended = [one for one in (taken_min, over_min) if one is not None]
        assert not (now_told and ended and now_min >= min(ended))
        told += now_told
        stands = replace(stands, climbed=stands.climbed | set(now_told))
    assert len(told) == len(set(told))


NIGHT = Quiet(22 * 60, 6 * 60)


@pytest.mark.parametrize(
    ("hour", "until_hour"),
    [(21.99, None), (22, 30), (24 + 3, 30), (24 + 5.99, 30), (30, None), (12, None)],
)
def test_what_is_not_pressing_waits_for_the_morning(hour: float, until_hour: int | None) -> None:
    midnight = T0.replace(hour=0)
    expected = midnight + timedelta(hours=until_hour) if until_hour else None
    now = midnight + timedelta(hours=hour)
    assert NIGHT.holds_until(Priority.NORMAL, now) == expected
    assert NIGHT.holds_until(Priority.HIGH, now) is None


def test_quiet_hours_of_a_noon_and_of_none() -> None:
    noon = Quiet(11 * 60 + 30, 13 * 60, Priority.NORMAL)
    twelve = T0.replace(hour=12)
    assert noon.holds_until(Priority.LOW, twelve) == T0.replace(hour=13)
    assert noon.holds_until(Priority.NORMAL, twelve) is None
    assert Quiet(0, 0).holds_until(Priority.LOW, twelve) is None


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 3000), st.sampled_from(Priority))
def test_what_waits_does_so_for_less_than_a_day_and_then_goes(
    begins: int, ends: int, now_min: int, priority: Priority
) -> None:
    quiet, now = Quiet(begins, ends), minute(now_min)
    until = quiet.holds_until(priority, now)
    if until is not None:
        assert now < until <= now + timedelta(days=1)
        assert quiet.holds_until(priority, until) is None
