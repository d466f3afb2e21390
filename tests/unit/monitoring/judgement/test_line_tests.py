"""When a line is tested: never beside a meeting, never two on one line, never beyond the day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.ids import PointId
from contracts.local_days import ZONE
from contracts.meeting_times import LINE_FREE_BEFORE
from monitoring.judgement.line_tests import (
    WAYS,
    Allowed,
    Hindrance,
    Refused,
    TestedLine,
    TestRules,
    TriedTest,
    UnderWay,
    judge_request,
    night_of,
    planned,
    size_of,
    turn_of,
)
from monitoring.judgement.office_hours import OfficeHours
from monitoring.judgement.periods import Period

NOON = datetime(2026, 11, 24, 12, 5, tzinfo=ZONE)
RULES = TestRules(
    time(22, 0), time(4, 30), at_once=3, together_bps=90_000_000, duration_s=5,
    most_bytes=30_000_000, day_bytes=150_000_000,
)  # fmt: skip
OFFICE = OfficeHours(("mon", "tue"), ((time(7, 30), time(11, 30)),))
P = [PointId(f"p-{i}") for i in range(6)]


def line(point: PointId = P[0], **changed: object) -> TestedLine:
    return TestedLine(point, **changed)  # type: ignore[arg-type]


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_a_test_is_as_long_as_the_line_needs_and_no_longer():
    assert size_of(line(contract_bps=10_000_000), RULES) == Allowed(8_125_000, 5)
    assert size_of(line(contract_bps=10**9), RULES) == Allowed(30_000_000, 5)
    assert size_of(line(), RULES) == Allowed(30_000_000, 5)


@pytest.mark.parametrize(
    ("begins_in", "ends_in", "is_refused"),
    [(15.2, 60, True), (15.4, 60, False), (-30, 1, True), (-30, 0, False)],
)
def test_a_quarter_of_an_hour_before_a_meeting_and_all_of_it_are_free(
    begins_in, ends_in, is_refused
):
    meeting = Period(NOON + minutes(begins_in), NOON + minutes(ends_in))
    verdict = judge_request(line(meetings=(meeting,)), (), RULES, now=NOON)
    expected = Refused(Hindrance.MEETING, meeting.ends_at if begins_in > 0 else None)
    assert (verdict == expected) if is_refused else isinstance(verdict, Allowed)


def test_what_is_refused_says_why_and_until_when():
    soon = NOON + minutes(1)
    busy = UnderWay(P[1], frozenset({"contract:vnpt/7"}), 40_000_000, soon)
    shared = line(shared=frozenset({"contract:vnpt/7", "unit:xa-b"}))
    assert judge_request(shared, [busy], RULES, now=NOON) == Refused(Hindrance.SHARED, soon)
    assert judge_request(line(P[1]), [busy], RULES, now=NOON) == Refused(Hindrance.SHARED, soon)
    # 40 of the centre's 90 Mbit/s are taken, and this line may bring 48.
    assert isinstance(judge_request(line(), [busy], RULES, now=NOON), Allowed)
    wider = UnderWay(P[1], frozenset(), 43_000_000, soon)
    assert judge_request(line(), [wider], RULES, now=NOON) == Refused(Hindrance.FULL, soon)
    assert judge_request(line(is_well=False), (), RULES, now=NOON) == Refused(Hindrance.NOT_WELL)
    tomorrow = datetime(2026, 11, 25, tzinfo=ZONE)
    used = judge_request(line(used_bytes=90_000_001), (), RULES, now=NOON)
    assert used == Refused(Hindrance.BUDGET, tomorrow)
    assert isinstance(judge_request(line(used_bytes=90_000_000), (), RULES, now=NOON), Allowed)


def test_a_line_that_is_charged_is_tested_only_where_somebody_confirms_it():
    metered = line(is_metered=True)
    assert judge_request(metered, (), RULES, now=NOON) == Refused(Hindrance.METERED)
    assert isinstance(judge_request(metered, (), RULES, now=NOON, is_confirmed=True), Allowed)
    at_night = datetime(2026, 11, 25, 4, 20, tzinfo=ZONE)
    assert planned([metered], (), (), RULES, OFFICE, now=at_night) == []


def test_a_night_is_one_over_midnight_and_everybody_has_a_turn_in_it():
    night = Period(
        datetime(2026, 11, 24, 22, 0, tzinfo=ZONE), datetime(2026, 11, 25, 4, 30, tzinfo=ZONE)
    )
    assert night_of(night.begins_at, RULES) == night
    assert night_of(night.ends_at - minutes(1), RULES) == night
    assert night_of(night.ends_at, RULES) is None
    turns = [turn_of(PointId(f"p-{i}"), night) for i in range(170)]
    assert all(night.begins_at <= one < night.ends_at for one in turns)
    quarter = night.length / 5
    counts = [
        sum(night.begins_at + i * quarter <= one < night.begins_at + (i + 1) * quarter
            for one in turns)
        for i in range(4)
    ]  # fmt: skip
    assert min(counts) > 25
    assert turn_of(P[0], night) == turn_of(P[0], night)


def test_a_night_test_is_made_once_and_tried_again_where_it_was_not():
    late = datetime(2026, 11, 25, 4, 0, tzinfo=ZONE)
    whole, broken = (TriedTest(P[0], late - minutes(31), one) for one in (True, False))
    one = [line()]
    assert planned(one, (), [whole], RULES, OFFICE, now=late) == []
    assert [found for found, _ in planned(one, (), [broken], RULES, OFFICE, now=late)] == one
    assert (
        planned(one, (), [TriedTest(P[0], late - minutes(29), False)], RULES, OFFICE, now=late)
        == []
    )
    assert planned(one, (), [broken] * 3, RULES, OFFICE, now=late) == []


def test_by_day_and_in_office_hours_nobody_is_tested_unasked():
    assert planned([line()], (), (), RULES, OFFICE, now=NOON) == []
    open_at_night = OfficeHours(("mon", "tue", "wed"), ((time(4, 0), time(6, 0)),))
    before = datetime(2026, 11, 25, 3, 40, tzinfo=ZONE)
    assert planned([line()], (), (), RULES, open_at_night, now=before)
    assert planned([line()], (), (), RULES, open_at_night, now=before + minutes(6)) == []


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[TestedLine], list[tuple[float, int, bool]]]:
    """Return lines with meetings, and who asks when besides."""
    groups = st.frozensets(st.sampled_from(["a", "b", "c"]), max_size=2)
    lines = []
    for point in P[: draw(st.integers(1, 6))]:
        begins = draw(st.lists(st.integers(0, 480), max_size=3))
        start = datetime(2026, 11, 24, 21, 30, tzinfo=ZONE)
        meetings = tuple(
            Period(start + minutes(one), start + minutes(one + draw(st.integers(1, 90))))
            for one in begins
        )
        lines.append(
            TestedLine(
                point,
                shared=draw(groups),
                is_metered=draw(st.booleans()),
                is_well=draw(st.booleans()),
                contract_bps=draw(st.sampled_from([None, 2_000_000, 50_000_000])),
                meetings=meetings,
            )
        )
    asks = draw(
        st.lists(st.tuples(st.floats(0, 480), st.integers(0, 5), st.booleans()), max_size=40)
    )
    return lines, sorted(asks)


@settings(max_examples=120, deadline=None)
@given(worlds())
def test_whatever_is_asked_when_no_rule_is_broken(world):
    lines, asks = world
    start = datetime(2026, 11, 24, 21, 30, tzinfo=ZONE)
    looks = [(float(minute), None, False) for minute in range(0, 480, 7)]
    used: dict[tuple[PointId, date], int] = {}
    made: list[tuple[datetime, TestedLine, Allowed, bool]] = []
    running: list[UnderWay] = []
    tried: list[TriedTest] = []

    def now_of(one: TestedLine, now: datetime) -> TestedLine:
        day = now.astimezone(ZONE).date()
        return TestedLine(
            one.point_id, one.shared, one.is_metered, one.is_well, one.contract_bps, one.meetings,
            used.get((one.point_id, day), 0),
        )  # fmt: skip

    def allow(one: TestedLine, allowed: Allowed, now: datetime, *, is_asked: bool) -> None:
        made.append((now, one, allowed, is_asked))
        key = (one.point_id, now.astimezone(ZONE).date())
        used[key] = used.get(key, 0) + WAYS * allowed.most_bytes
        ends_at = now + allowed.lasts
        running.append(UnderWay(one.point_id, one.shared, allowed.rate_bps, ends_at))

    for minute, place, is_confirmed in sorted([*asks, *looks], key=lambda one: one[0]):
        now = (start + minutes(minute)).astimezone(UTC)
        if place is None:
            known = [now_of(one, now) for one in lines]
            for one, allowed in planned(known, running, tried, RULES, OFFICE, now=now):
                allow(one, allowed, now, is_asked=False)
                tried.append(TriedTest(one.point_id, now, True))
        elif place < len(lines):
            one = now_of(lines[place], now)
            verdict = judge_request(one, running, RULES, now=now, is_confirmed=is_confirmed)
            if isinstance(verdict, Allowed):
                allow(one, verdict, now, is_asked=True)

    for begun, one, allowed, is_asked in made:
        ends = begun + allowed.lasts
        assert one.is_well
        assert is_asked or not one.is_metered
        assert is_asked or night_of(begun, RULES)
        for meeting in one.meetings:
            assert ends + LINE_FREE_BEFORE <= meeting.begins_at or meeting.ends_at <= begun
    for i, (begun, one, allowed, _) in enumerate(made):
        beside = [
            (two, more)
            for at, two, more, _ in made[:i]
            if at <= begun < at + more.lasts
        ]  # fmt: skip
        assert all(two.point_id != one.point_id for two, _ in beside)
        assert all(not two.shared & one.shared for two, _ in beside)
        assert len(beside) < RULES.at_once
        if beside:
            rates = [allowed.rate_bps, *(more.rate_bps for _, more in beside)]
            assert sum(rates) <= RULES.together_bps
    assert all(count <= RULES.day_bytes for count in used.values())
    nights = [one.point_id for _, one, _, is_asked in made if not is_asked]
    assert len(nights) == len(set(nights))
