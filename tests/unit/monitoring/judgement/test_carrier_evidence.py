"""What a carrier kept: every moment in one part, by its own clock, and never by a guess."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.judgement.availability import Interval, Outage, outages
from monitoring.judgement.carrier_evidence import (
    CarrierWord,
    CaseParts,
    LineParts,
    LineTimes,
    OutageCase,
    Parts,
    Promise,
    Whose,
    cases_of,
    judged,
    with_neighbours,
)
from monitoring.judgement.outage_cause import CauseVerdict, FactKey, OutageCause, OutageFact
from monitoring.judgement.periods import Period
from monitoring.judgement.presence import PresenceState

T0 = datetime(2026, 10, 1, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAY = Period(T0, T0 + 24 * HOUR)
LINE = CauseVerdict(OutageCause.LINE, is_certain=True)
DECLARED = CauseVerdict(
    OutageCause.PLANNED, is_certain=True, facts=(OutageFact(FactKey.MAINTENANCE),)
)
PROMISE = Promise(availability_ratio=0.9, repair=2 * HOUR)


def at(hours: float) -> datetime:
    return T0 + hours * HOUR


def one_outage(began: float = 10, ended: float | None = 14) -> list[Interval]:
    found = [
        Interval(PresenceState.UP, at(0), at(began)),
        Interval(PresenceState.DOWN, at(began), None if ended is None else at(ended)),
    ]
    return found if ended is None else [*found, Interval(PresenceState.UP, at(ended), None)]


def line(
    intervals: list[Interval], verdict: CauseVerdict | None, word: CarrierWord | None = None
) -> LineTimes:
    said = [(one.began_at, verdict, at(11)) for one in outages(intervals)] if verdict else []
    return LineTimes(intervals, cases_of(intervals, said, [word] if word else [])[0])


def parts(of: LineTimes) -> Parts:
    now = at(30)
    return judged(of, DAY, PROMISE, now=now, known_until=now).parts


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (LINE, Parts(up=20 * HOUR, untold=4 * HOUR)),
        (replace(LINE, is_certain=False), Parts(up=20 * HOUR, unsettled=4 * HOUR)),
        (None, Parts(up=20 * HOUR, unsettled=4 * HOUR)),
        (CauseVerdict(OutageCause.UNKNOWN, True), Parts(up=20 * HOUR, unsettled=4 * HOUR)),
        (CauseVerdict(OutageCause.POWER, True), Parts(up=20 * HOUR, other=4 * HOUR)),
        (CauseVerdict(OutageCause.PLANNED, True), Parts(up=20 * HOUR, other=4 * HOUR)),
        (CauseVerdict(OutageCause.POWER, False), Parts(up=20 * HOUR, unsettled=4 * HOUR)),
    ],
)
def test_only_a_certain_cut_of_the_line_is_the_carriers(
    verdict: CauseVerdict | None, expected: Parts
) -> None:
    assert parts(line(one_outage(), verdict)) == expected


def test_an_outage_counts_since_the_carrier_was_told_until_it_had_restored() -> None:
    word = CarrierWord(at(10), told_at=at(11), restored_at=at(13.5))
    found = judged(line(one_outage(), LINE, word), DAY, PROMISE, now=at(30), known_until=at(30))
    assert found.parts == Parts(up=20 * HOUR, untold=HOUR, down=2.5 * HOUR, other=0.5 * HOUR)
    assert (found.cases[0].repair, found.cases[0].is_repair_kept) == (2.5 * HOUR, False)
    assert found.parts.ratio == 1 - 2.5 / 23.5
    assert found.parts.seen_ratio == 20 / 23.5
    assert found.is_availability_kept is False


@pytest.mark.parametrize(
    ("told", "down", "repair"),
    [(8, 4, 4), (10, 4, 4), (13.5, 0.5, 0.5), (14, 0, None), (20, 0, None)],
)
def test_who_is_told_before_or_after_it_is_clocked_by_what_lies_in_it(
    told: float, down: float, repair: float | None
) -> None:
    of = line(one_outage(), LINE, CarrierWord(at(10), told_at=at(told)))
    found = judged(of, DAY, PROMISE, now=at(30), known_until=at(30))
    assert found.parts.down == down * HOUR
    assert found.cases[0].repair == (None if repair is None else repair * HOUR)


def test_what_people_settle_comes_before_what_was_judged() -> None:
    theirs = CarrierWord(at(10), told_at=at(10), settled=Whose.CARRIER)
    assert parts(line(one_outage(), replace(LINE, is_certain=False), theirs)).down == 4 * HOUR
    not_theirs = CarrierWord(at(10), told_at=at(10), settled=Whose.OTHER)
    assert parts(line(one_outage(), LINE, not_theirs)).other == 4 * HOUR


def test_maintenance_is_apart_with_the_minute_before_and_what_lasts_beyond_is_unsettled() -> None:
    intervals = one_outage(10, 14)
    of = replace(line(intervals, DECLARED), planned=[Period(at(10) + 30 * MINUTE / 60, at(12))])
    assert parts(of) == Parts(up=20 * HOUR, planned=2 * HOUR, unsettled=2 * HOUR)


def test_an_open_outage_lasts_until_the_period_ends_and_breaks_its_promise_in_time() -> None:
    word = CarrierWord(at(22), told_at=at(22))
    for now, kept in ((at(23), None), (at(24), None), (at(300), None)):
        found = judged(line(one_outage(22, None), LINE, word), DAY, PROMISE, now=now,
                       known_until=now)  # fmt: skip
        assert found.cases[0].is_repair_kept is kept
    early = CarrierWord(at(10), told_at=at(10))
    found = judged(line(one_outage(10, None), LINE, early), DAY, PROMISE, now=at(13),
                   known_until=at(13))  # fmt: skip
    assert found.cases[0].is_repair_kept is False
    later = judged(line(one_outage(10, None), LINE, early), DAY, PROMISE, now=at(300),
                   known_until=at(300))  # fmt: skip
    assert later == judged(line(one_outage(10, None), LINE, early), DAY, PROMISE, now=at(900),
                           known_until=at(900))  # fmt: skip


def test_a_word_stays_with_its_outage_when_late_data_moves_the_beginning() -> None:
    word = CarrierWord(at(10) + 5 * MINUTE, told_at=at(11))
    cases, left = cases_of(one_outage(), [], [word])
    assert (cases[0].word, left) == (word, [])
    strange = CarrierWord(at(16), told_at=at(17))
    cases, left = cases_of(one_outage(), [], [strange])
    assert (cases[0].word, left) == (None, [strange])


def test_lines_that_went_within_a_minute_are_named_with_each_other() -> None:
    def of(minutes: float) -> LineTimes:
        return line(one_outage(10 + minutes / 60), LINE)

    lines = {
        name: judged(of(minutes), DAY, PROMISE, now=at(30), known_until=at(30))
        for name, minutes in (("a", 0), ("b", 0.9), ("c", 3))
    }
    found = with_neighbours(lines)
    assert [found[name].cases[0].neighbours for name in "abc"] == [1, 1, 0]


def test_a_line_that_goes_again_at_once_is_one_neighbour() -> None:
    def went(*seconds: int) -> LineParts:
        began = (T0 + timedelta(seconds=second) for second in seconds)
        cases = (OutageCase(Outage(one, one + timedelta(seconds=5))) for one in began)
        return LineParts(Parts(), tuple(CaseParts(one, Parts()) for one in cases))

    found = with_neighbours({"a": went(0, 20, 4000), "b": went(10), "c": went(4000)})
    assert [one.neighbours for one in found["a"].cases] == [1, 1, 1]
    assert [found[name].cases[0].neighbours for name in "bc"] == [1, 1]


STATES = st.sampled_from(list(PresenceState))
SECONDS = st.integers(min_value=-4 * 3600, max_value=30 * 3600)
MOMENTS = SECONDS.map(lambda second: T0 + timedelta(seconds=second))
SPANS = st.lists(st.tuples(MOMENTS, st.integers(1, 9000)), max_size=4).map(
    lambda found: [Period(begin, begin + timedelta(seconds=long)) for begin, long in found]
)
VERDICTS = st.one_of(
    st.none(),
    st.builds(
        CauseVerdict,
        st.sampled_from(list(OutageCause)),
        st.booleans(),
        st.sampled_from([(), (OutageFact(FactKey.MAINTENANCE),)]),
    ),
)


@st.composite
def lines(draw: st.DrawFn) -> LineTimes:
    edges = sorted(set(draw(st.lists(MOMENTS, min_size=1, max_size=9))))
    ends: list[datetime | None] = [*edges[1:], draw(st.sampled_from([None, at(31)]))]
    intervals = [Interval(draw(STATES), *both) for both in zip(edges, ends, strict=True)]
    cases = [
        OutageCase(
            one,
            draw(VERDICTS),
            word=draw(
                st.none()
                | st.builds(
                    CarrierWord,
                    st.just(one.began_at),
                    told_at=st.none() | MOMENTS,
                    restored_at=st.none() | MOMENTS,
                    settled=st.sampled_from([None, Whose.CARRIER, Whose.OTHER]),
                )
            ),
        )
        for one in outages(intervals)
    ]
    return LineTimes(intervals, cases, draw(SPANS), draw(SPANS))


@given(lines(), MOMENTS, st.integers(0, 7200))
def test_every_moment_is_in_one_part_and_outages_add_up_to_their_line(
    of: LineTimes, now: datetime, deaf_s: int
) -> None:
    known_until = now - timedelta(seconds=deaf_s)
    found = judged(of, DAY, PROMISE, now=now, known_until=known_until)
    whole = found.parts
    assert whole.agreed + whole.before == max(min(now, DAY.ends_at) - T0, timedelta())
    assert min(getattr(whole, name) for name in Parts.__slots__) >= timedelta()
    for one in found.cases:
        assert min(getattr(one.parts, name) for name in Parts.__slots__) >= timedelta()
    total = sum((one.parts for one in found.cases), Parts())
    assert (total.down, total.untold, total.other, total.unsettled) == (
        whole.down, whole.untold, whole.other, whole.unsettled,
    )  # fmt: skip
    assert total.planned <= whole.planned


@given(lines(), MOMENTS)
def test_two_halves_make_the_whole(of: LineTimes, cut: datetime) -> None:
    now = at(30)
    cut = min(max(cut, DAY.begins_at), DAY.ends_at)
    halves = (Period(DAY.begins_at, cut), Period(cut, DAY.ends_at))
    parts_of = [judged(of, one, PROMISE, now=now, known_until=now).parts for one in halves]
    assert parts_of[0] + parts_of[1] == parts(of)
