"""A point on a charged line is judged as one that reports every ten seconds: same history, same
outages, within the resolution of its beat; silence is noticed within thirty seconds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.ids import PointId
from contracts.uplink import BEAT_S, REPORT_S
from monitoring.judgement import presence
from monitoring.judgement.outage_cause import judged
from monitoring.judgement.outage_evidence import WordKind
from monitoring.judgement.presence import PresenceLimits, PresenceState
from tests.unit.monitoring.judgement.outage_story import (
    CUT_LINE,
    GOOD,
    NO_CABLE,
    NO_ROUTER,
    at,
    during,
    evidence,
    record,
    word,
)

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
LIMITS = PresenceLimits()
P1 = PointId("p1")
USUAL_S, NOTICED_S = 10, 30
# A beat may be late by what TCP takes to send it again.
LATE_S = 3.0


def outages(heard_s, until_s):
    """Return begin, end and when it was noticed, as the centre finds them."""
    point, _ = presence.first_heard(P1, T0, LIMITS)
    found, words = [], list(heard_s)
    for tick in range(int(2 * until_s)):
        now = T0 + timedelta(seconds=tick / 2)
        changes = ()
        while words and T0 + timedelta(seconds=words[0]) <= now:
            at_s = T0 + timedelta(seconds=words.pop(0))
            point, more = presence.heard(point, at_s, now, LIMITS)
            changes += more
        point, more = presence.due(point, now, LIMITS)
        for one in (*changes, *more):
            state = presence.STATE_OF[type(one)]
            if state is PresenceState.DOWN:
                found.append([one.began_at, None, one.noticed_at])
            elif found:
                found[-1][1] = one.began_at
    return found


def words_of(cuts, every_s, until_s, late_s=0.0):
    """Return when something comes in; a cut silences it, and its end brings a birth at once."""
    said, next_s = [], 0.0
    for from_s, to_s in (*cuts, (until_s, until_s)):
        while next_s < from_s:
            came_s = next_s + (late_s if len(said) % 3 == 2 else 0.0)
            if came_s < from_s:  # else the cut takes it along
                said.append(came_s)
            next_s += every_s
        next_s = to_s
    return [one for one in said if one < until_s]


@st.composite
def histories(draw):
    cuts, now_s = [], 0.0
    for up_s, out_s in draw(
        st.lists(st.tuples(st.floats(60, 400), st.floats(50, 600)), min_size=1, max_size=5)
    ):
        cuts.append((now_s + up_s, now_s + up_s + out_s))
        now_s += up_s + out_s
    return cuts, now_s + 120


@settings(max_examples=60)
@given(histories(), st.floats(0, LATE_S))
def test_the_same_history_has_the_same_outages_at_both_rates(history, late_s):
    cuts, until_s = history
    usual = outages(words_of(cuts, USUAL_S, until_s), until_s)
    seldom = outages(words_of(cuts, BEAT_S, until_s, late_s), until_s)
    assert len(usual) == len(seldom) == len(cuts)
    for one, other, (cut_s, mended_s) in zip(usual, seldom, cuts, strict=True):
        cut_at, mended_at = T0 + timedelta(seconds=cut_s), T0 + timedelta(seconds=mended_s)
        assert one[1] == mended_at <= other[1] <= mended_at + timedelta(seconds=LATE_S)
        assert timedelta() <= cut_at - other[0] <= timedelta(seconds=BEAT_S + LATE_S)
        assert abs(one[0] - other[0]) <= timedelta(seconds=BEAT_S + LATE_S)
        for found in (one, other):
            assert found[2] - cut_at <= timedelta(seconds=NOTICED_S)


def test_a_beat_that_is_late_by_a_tcp_retry_is_no_outage():
    assert outages(words_of([], BEAT_S, 4000, LATE_S), 4000) == []


def seldom_before(*, heard_s=0):
    """Return reports every two minutes, the last well before the point was last heard by a beat."""
    return tuple(record(-n, heard_s - 90 - REPORT_S * n) for n in reversed(range(4)))


def noticed(*samples):
    """Return what is recorded from when the session is missed: every ten seconds."""
    return tuple(record(n, 30 + 10 * n, one) for n, one in enumerate(samples, start=1))


NEW_BOOT = record(1, 100, boot=2, booted_s=70)


@pytest.mark.parametrize(
    ("samples", "usual_samples"),
    [
        ((NO_CABLE, NO_CABLE), (NO_CABLE, NO_CABLE)),
        ((NO_ROUTER, NO_ROUTER), (NO_ROUTER, NO_ROUTER)),
        ((CUT_LINE, CUT_LINE), (CUT_LINE, CUT_LINE)),
        ((replace(GOOD, probes_received=4), CUT_LINE, CUT_LINE),) * 2,
    ],
)
def test_the_points_own_record_names_the_same_cause(samples, usual_samples):
    usual_before = tuple(record(-n, -10 * n) for n in reversed(range(6)))
    usual = judged(evidence(*usual_before, *during(*usual_samples)))
    seldom = judged(evidence(*seldom_before(), *noticed(*samples)))
    assert (seldom.cause, seldom.is_certain) == (usual.cause, usual.is_certain)
    # Not since the last report, which may be two minutes old: the point was heard after it.
    assert seldom.began_at >= at(0)


def test_a_machine_that_stopped_is_known_by_its_new_boot_and_an_agent_by_its_new_run():
    usual_before = tuple(record(-n, -10 * n) for n in reversed(range(6)))
    births = [word(WordKind.BIRTH, -4000, "a" * 32), word(WordKind.BIRTH, 95, "b" * 32)]
    for reports, words in (((NEW_BOOT,), []), ((record(1, 100),), births)):
        usual = judged(evidence(*usual_before, *reports, words=words))
        seldom = judged(evidence(*seldom_before(), *reports, words=words))
        assert (seldom.cause, seldom.began_at) == (usual.cause, at(0))
