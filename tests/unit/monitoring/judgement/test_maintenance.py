"""Declared maintenance: the last word counts, as of any time; what nobody can mean is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.judgement.availability import Interval, Outage, uptime
from monitoring.judgement.maintenance import (
    Absurd,
    Maintenance,
    Scope,
    absurdity,
    may_change,
    standing,
)
from monitoring.judgement.outage_cause import FactKey, OutageCause, judged
from monitoring.judgement.outage_evidence import Evidence
from monitoring.judgement.periods import Period
from monitoring.judgement.presence import PresenceState

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)


def at(minutes):
    return T0 + timedelta(minutes=minutes)


def revision(number, begins, ends, *, name="a", made=None, is_withdrawn=False):
    made_at = at(number if made is None else made)
    return Maintenance(name, number, Scope.POINT, "p", Period(at(begins), at(ends)), "thay UPS",
                       made_at, "trực", made_at, is_withdrawn)  # fmt: skip


def test_the_last_revision_counts_and_what_was_said_then_can_be_said_again():
    first, longer = revision(1, 60, 120), revision(2, 60, 180)
    gone = revision(5, 60, 180, is_withdrawn=True)
    other = revision(3, 30, 90, name="b")
    every = [gone, other, longer, first]
    assert standing(every) == [other]
    assert standing(every, as_of=at(4)) == [other, longer]
    assert standing(every, as_of=at(1)) == [first]
    assert standing(every, as_of=at(0)) == []


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 300), st.integers(1, 200), st.booleans()),
        max_size=10,
    ),
    st.randoms(),
    st.integers(0, 10),
)
def test_in_whatever_order_it_is_added_the_same_is_excluded(said, random, as_of):
    every = [
        revision(number, begin, begin + length, name=name, is_withdrawn=is_withdrawn)
        for number, (name, begin, length, is_withdrawn) in enumerate(said)
    ]
    shuffled = list(every)
    random.shuffle(shuffled)
    assert standing(every, as_of=at(as_of)) == standing(shuffled, as_of=at(as_of))
    seen = [Interval(PresenceState.DOWN, at(0), None)]
    whole = Period(at(0), at(600))

    def parts(revisions):
        times = [one.period for one in standing(revisions)]
        return uptime(seen, whole, now=at(600), excluded=times)

    assert parts(every) == parts(shuffled)
    assert parts(every).agreed == whole.length


@pytest.mark.parametrize(
    ("begins", "ends", "why"),
    [
        (0, 120, None),
        (-60, -10, None),
        (10, 10, Absurd.ENDS_FIRST),
        (10, 0, Absurd.ENDS_FIRST),
        (0, 0.5, Absurd.TOO_SHORT),
        (0, 365 * 1440, Absurd.TOO_LONG),
        (0, 31 * 1440, None),
        (0, 31 * 1440 + 1, Absurd.TOO_LONG),
        (-3 * 365 * 1440, -3 * 365 * 1440 + 60, Absurd.TOO_OLD),
        (-92 * 1440, -92 * 1440 + 60, None),
        (2 * 365 * 1440, 2 * 365 * 1440 + 60, Absurd.TOO_FAR),
    ],
)
def test_what_nobody_can_mean_is_refused(begins, ends, why):
    assert absurdity(Period(at(begins), at(ends)), T0) is why


def test_it_may_be_changed_while_not_over_and_a_slip_in_one_declared_afterwards_for_a_day():
    ahead = revision(1, 60, 120)
    assert may_change(ahead, at(119))
    assert not may_change(ahead, at(120))
    afterwards = revision(2, 60, 120, made=300)
    assert may_change(afterwards, at(301))
    assert not may_change(afterwards, at(300 + 1440))


def test_who_is_covered():
    one = revision(1, 0, 10)
    assert one.covers("p", ())
    assert not one.covers("q", ("p",))
    unit = replace(one, scope=Scope.UNIT, subject_id="xa")
    assert unit.covers("q", ("xa", "tinh"))
    assert not unit.covers("q", ("tinh",))
    assert replace(one, scope=Scope.ALL, subject_id="").covers("q", ())


@pytest.mark.parametrize(
    ("began", "is_planned"), [(59.5, True), (58, False), (119, True), (120, False)]
)
def test_an_outage_that_begins_in_declared_maintenance_is_planned_for_certain(began, is_planned):
    window = Period(at(60), at(120))
    evidence = Evidence(Outage(at(began), None), maintenance=[window])
    said = judged(evidence)
    without = judged(replace(evidence, maintenance=()))
    if not is_planned:
        assert said == without
        return
    assert (said.cause, said.is_certain, said.is_declared) == (OutageCause.PLANNED, True, True)
    assert said.facts[0].key is FactKey.MAINTENANCE
    assert said.facts[1:] == without.facts
