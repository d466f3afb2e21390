"""Who is on duty when, and what nobody covers: weekly shifts, swaps, nights, midnight."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.local_days import ZONE
from controller.incidents.duty.roster import (
    DutySpan,
    RosterGap,
    Swap,
    WeeklyShift,
    answering,
    gaps,
    on_duty,
    spans,
)
from monitoring.judgement.periods import Period

MONDAY = datetime(2026, 11, 23, tzinfo=ZONE)
WEEK = timedelta(days=7)


def at(day: int, hour: float) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def week(*shifts: WeeklyShift, swaps: tuple[Swap, ...] = ()) -> list[DutySpan]:
    return spans(shifts, swaps, begins_at=MONDAY, ends_at=MONDAY + WEEK)


def test_a_night_ends_the_next_day_and_last_sunday_s_is_still_on() -> None:
    night = WeeklyShift("an", 6, 22 * 60, 6 * 60)
    assert week(night) == [
        DutySpan("an", at(-1, 22), at(0, 6)),
        DutySpan("an", at(6, 22), at(7, 6)),
    ]
    assert on_duty(week(night), at(0, 5.9)) == ["an"]
    assert on_duty(week(night), at(0, 6)) == []


def test_on_one_date_somebody_else_takes_it_and_two_may_exchange_theirs() -> None:
    shifts = WeeklyShift("an", 1, 420, 1020), WeeklyShift("ba", 2, 420, 1020)
    swaps = (
        Swap(date(2026, 11, 24), "an", "ba"),
        Swap(date(2026, 11, 25), "ba", "an"),
        Swap(date(2026, 12, 1), "an", "ca"),
    )
    assert [(one.person_id, one.instead_of) for one in week(*shifts, swaps=swaps)] == [
        ("ba", "an"), ("an", "ba"),
    ]  # fmt: skip


def test_what_nobody_covers_is_named_for_each_branch() -> None:
    day = [WeeklyShift("an", one, 0, 0) for one in range(6)]
    branch = WeeklyShift("ba", 6, 0, 12 * 60)
    found = week(*day, branch)
    branches = {"an": "", "ba": "u-1"}
    assert gaps(found, branches, begins_at=MONDAY, ends_at=MONDAY + WEEK) == [
        RosterGap("", Period(at(6, 0), at(7, 0))),
        RosterGap("u-1", Period(at(6, 12), at(7, 0))),
    ]


def test_who_answers_is_who_has_the_branch_or_everything() -> None:
    branches = {"an": "", "ba": "u-1", "ca": "u-2"}
    assert answering(branches, branches, ["x-1", "u-1"]) == ["an", "ba"]
    assert answering(branches, ["ba", "ca"], ["x-1", "u-3"]) == []
    assert answering(branches, branches, ()) == ["an"]


SHIFTS = st.lists(
    st.builds(
        WeeklyShift,
        st.sampled_from(("an", "ba", "ca")),
        st.integers(0, 6),
        st.integers(0, 1439),
        st.integers(0, 1439),
    ),
    max_size=8,
)
SWAPS = st.lists(
    st.builds(
        Swap,
        st.dates(date(2026, 11, 20), date(2026, 12, 3)),
        st.sampled_from(("an", "ba", "ca")),
        st.sampled_from(("an", "ba", "ca")),
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(SHIFTS, SWAPS, st.integers(0, 7 * 1440 - 1))
def test_a_minute_is_a_gap_where_nobody_is_on_duty_and_nowhere_else(
    shifts: list[WeeklyShift], swaps: list[Swap], minute: int
) -> None:
    found = spans(shifts, swaps, begins_at=MONDAY, ends_at=MONDAY + WEEK)
    now = MONDAY + timedelta(minutes=minute)
    everything = {"an": "", "ba": "", "ca": ""}
    missing = gaps(found, everything, begins_at=MONDAY, ends_at=MONDAY + WEEK)
    is_gap = any(one.period.begins_at <= now < one.period.ends_at for one in missing)
    assert is_gap == (on_duty(found, now) == [])
    assert all(one.period.begins_at < one.period.ends_at for one in missing)


@settings(max_examples=40, deadline=None)
@given(SHIFTS)
def test_of_each_shift_a_week_has_one_of_its_own_length(shifts: list[WeeklyShift]) -> None:
    """Vietnam's days have 24 hours, all of them."""
    begun = [one for one in week(*shifts) if one.begins_at >= MONDAY]
    assert len(begun) == len(shifts)
    lengths = sorted((one.until_min - one.from_min - 1) % 1440 + 1 for one in shifts)
    found = sorted((one.ends_at - one.begins_at) // timedelta(minutes=1) for one in begun)
    assert found == lengths
