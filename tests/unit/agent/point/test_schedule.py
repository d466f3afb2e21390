"""What a point does at every moment of a schedule: both sides of each limit."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.point.schedule import (
    NOT_SPREAD,
    Distrust,
    Idle,
    Join,
    connects_at,
    decide,
    unusable_relays,
)
from contracts.desired import RelayAddress, Schedule, ScheduledMeeting
from contracts.ids import PointId
from contracts.meeting_times import JOIN_BEFORE, closes_at
from contracts.reports import ClockState
from runtime.clock_trust import Doubt

T0 = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
END = T0 + timedelta(hours=1)
GOOD = ClockState(source="ntp", error_ms=4.0)
POINT = PointId("van-son")
URL = "https://192.0.2.1:8444"
TICK = timedelta(milliseconds=1)


def meeting(name="m1", begins_at=T0, ends_at=END, relay_id="relay-1"):
    return ScheduledMeeting(
        meeting_id=name,
        begins_at=begins_at,
        ends_at=ends_at,
        role="participant",
        title="Giao ban",
        relay_id=relay_id,
    )


def schedule(*meetings):
    return Schedule(
        leader_epoch=1,
        generation=1,
        issued_at=T0,
        meetings=meetings,
        relays=(RelayAddress(relay_id="relay-1", url=URL),),
    )


M1 = meeting()
WAITING, LIVE = Join(M1, URL, has_begun=False), Join(M1, URL, has_begun=True)
OPENS = connects_at(M1, POINT)


def decided(
    now, *, document=None, clock=GOOD, over=(), current=None, is_connected=False, doubt=None
):
    return decide(
        schedule(M1) if document is None else document,
        point=POINT,
        now=now,
        clock=clock,
        over=frozenset(over),
        current=current,
        is_connected=is_connected,
        doubt=doubt,
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (T0 - timedelta(hours=1), Idle(M1)),
        (OPENS - TICK, Idle(M1)),
        (OPENS, WAITING),
        (T0 - TICK, WAITING),
        (T0, LIVE),
        (END, LIVE),
        (closes_at(END) - TICK, LIVE),
        (closes_at(END), Idle(None)),
    ],
)
def test_one_meeting_from_before_to_after(now, expected):
    assert decided(now) == expected


def test_restarted_in_the_middle_joins_at_once():
    assert decided(T0 + timedelta(minutes=30), current=None) == LIVE


def test_a_meeting_made_twenty_seconds_ahead_is_joined_at_once():
    for number in range(200):
        made = decide(
            schedule(M1),
            point=f"p{number}",
            now=T0 - timedelta(seconds=20),
            clock=GOOD,
            over=frozenset(),
        )
        assert made == WAITING


def test_points_are_spread_over_the_early_minutes():
    moments = [connects_at(M1, f"p{number}") for number in range(400)]
    assert all(T0 - JOIN_BEFORE <= moment <= T0 - NOT_SPREAD for moment in moments)
    busiest = max(
        sum(1 for m in moments if start <= m < start + timedelta(seconds=10))
        for start in (T0 - JOIN_BEFORE + timedelta(seconds=10 * i) for i in range(27))
    )
    assert busiest <= 35
    assert connects_at(M1, POINT) == OPENS


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (ClockState(source="ntp", error_ms=5000), LIVE),
        (ClockState(source="ntp", error_ms=5000.1), Distrust(M1)),
        (ClockState(source="centre", error_ms=30), LIVE),
        (ClockState(source="unknown"), Distrust(M1)),
        (ClockState(source="ntp"), Distrust(M1)),
    ],
)
def test_nothing_is_started_by_a_clock_that_cannot_be_trusted(clock, expected):
    assert decided(T0, clock=clock) == expected


def test_a_running_meeting_is_not_left_when_the_clock_loses_trust():
    assert decided(T0, clock=ClockState(source="unknown"), current=LIVE) == LIVE


def test_a_bad_clock_says_nothing_while_no_meeting_is_near():
    assert decided(OPENS - TICK, clock=ClockState(source="unknown")) == Idle(M1)


def test_an_ended_meeting_is_left_and_not_joined_again():
    assert decided(T0 + timedelta(minutes=5), over=("m1",), current=LIVE) == Idle(None)


def test_a_meeting_that_left_the_schedule_goes_on_while_the_relay_holds_us():
    now = T0 + timedelta(minutes=5)
    assert decided(now, document=schedule(), current=LIVE, is_connected=True) == LIVE
    assert decided(now, document=schedule(), current=LIVE, is_connected=False) == Idle(None)


def test_without_a_schedule_nothing_is_joined():
    assert decide(None, point=POINT, now=T0, clock=GOOD, over=frozenset()) == Idle(None)


def test_a_meeting_whose_relay_is_not_known_is_only_shown():
    strange = meeting(relay_id="relay-9")
    assert decided(T0, document=schedule(strange)) == Idle(strange)


def test_the_next_meeting_is_the_one_that_begins_first():
    later = meeting("m2", T0 + timedelta(days=1), END + timedelta(days=1))
    assert decided(T0 - timedelta(hours=2), document=schedule(later, M1)) == Idle(M1)


AFTER = meeting("m2", END, END + timedelta(hours=1))
AFTER_OPENS = connects_at(AFTER, POINT)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (END - TICK, "m1"),
        (END, "m2"),
        (END + timedelta(hours=1) - TICK, "m2"),
    ],
)
def test_the_next_meeting_is_taken_when_the_present_one_is_past_its_end(now, expected):
    decision = decided(now, document=schedule(M1, AFTER), current=LIVE, is_connected=True)
    assert decision.meeting.meeting_id == expected


def test_overtime_goes_on_where_nothing_follows():
    assert decided(END + timedelta(hours=1), current=LIVE, is_connected=True) == LIVE


def test_after_the_next_meeting_has_ended_the_room_is_idle():
    over = ("m1", "m2")
    assert decided(END + timedelta(hours=2), document=schedule(M1, AFTER), over=over) == Idle(None)


def test_a_relay_whose_address_cannot_be_one_is_named_and_not_gone_to():
    bad = Schedule(
        leader_epoch=1,
        generation=1,
        issued_at=T0,
        meetings=(M1,),
        relays=(RelayAddress(relay_id="relay-1", url="https://[::1"),),
    )
    assert decided(T0, document=bad) == Idle(M1)
    assert [one.partition(":")[0] for one in unusable_relays(bad)] == ["relay-1"]
    assert unusable_relays(schedule(M1)) == []


@pytest.mark.parametrize(
    ("now", "doubt"),
    [
        (T0 - timedelta(hours=1), Doubt.LEAPT),
        (T0 - timedelta(days=365), Doubt.BEHIND),
        (END + timedelta(minutes=30), Doubt.LEAPT),
        (END + timedelta(days=365), Doubt.AHEAD),
    ],
)
def test_a_clock_in_doubt_takes_nobody_out_of_his_meeting(now, doubt):
    next_one = meeting("m2", begins_at=END, ends_at=END + timedelta(hours=1))
    asked = {"document": schedule(M1, next_one), "doubt": doubt}
    assert decided(now, current=LIVE, **asked) == LIVE
    assert decided(now, current=LIVE, over=("m1",), **asked) != LIVE
    assert decided(now, current=LIVE, document=schedule(), doubt=doubt) == Idle(None)
    put_off = schedule(meeting(begins_at=T0 + timedelta(hours=3), ends_at=T0 + timedelta(hours=4)))
    assert decided(T0, current=LIVE, document=put_off, doubt=doubt) == Idle(put_off.meetings[0])


@pytest.mark.parametrize("doubt", [Doubt.UNSYNCHRONISED, Doubt.AHEAD])
def test_neither_want_of_a_time_server_nor_an_old_schedule_keeps_from_the_next_meeting(doubt):
    next_one = meeting("m2", begins_at=END, ends_at=END + timedelta(hours=1))
    found = decided(END, document=schedule(M1, next_one), current=LIVE, doubt=doubt)
    assert isinstance(found, Join) and found.meeting == next_one
