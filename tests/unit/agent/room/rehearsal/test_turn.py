"""Whether a rehearsal is announced, made, or answered without: by time, meetings and people."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.point.schedule import Decision, Distrust, Idle, Join
from agent.room.rehearsal.turn import (
    KnownRehearsal,
    Meetings,
    RehearsalTurn,
    is_meeting_first,
    turn_of,
)
from contracts.desired import Live, RelayAddress, Schedule, ScheduledMeeting
from contracts.ids import MeetingId, RelayId
from contracts.rehearsal import Rehearsal, RehearsalOutcome
from contracts.reports import ClockState

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
AT = NOW + timedelta(minutes=10)
RELAY = RelayAddress(relay_id=RelayId("relay-1"), url="https://relay.test")
KNOWN_CLOCK = ClockState(source="ntp", error_ms=10.0)
DOCUMENT = Rehearsal(
    leader_epoch=1,
    generation=1,
    issued_at=NOW,
    rehearsal_id="8c41d0e97ab2653f",
    meeting_id=MeetingId("rehearsal-1"),
    relay=RELAY,
    begins_at=AT,
    expires_at=AT + timedelta(seconds=90),
)
NONE = Meetings(Idle())
UNKNOWN = KnownRehearsal()
ANNOUNCED = KnownRehearsal(announced_at=AT - timedelta(seconds=60))
RUNNING = KnownRehearsal(announced_at=AT - timedelta(seconds=60), is_running=True)


def at(
    seconds: float,
    known: KnownRehearsal = UNKNOWN,
    meetings: Meetings = NONE,
    document: Rehearsal | None = DOCUMENT,
    clock: ClockState = KNOWN_CLOCK,
) -> RehearsalTurn:
    """Return the turn so many seconds after the rehearsal's time."""
    now = AT + timedelta(seconds=seconds)
    return turn_of(document, known, meetings, now=now, clock=clock)


def outcome(turn: RehearsalTurn) -> RehearsalOutcome | None:
    """Return what is answered."""
    assert (turn.step == "answer") is (turn.outcome is not None)
    return turn.outcome


def planned(*, begins_in_s: float, lasts_s: float = 3600) -> ScheduledMeeting:
    """Return a meeting that begins so long after the rehearsal's time."""
    begins_at = AT + timedelta(seconds=begins_in_s)
    return ScheduledMeeting(
        meeting_id=MeetingId("m1"), begins_at=begins_at,
        ends_at=begins_at + timedelta(seconds=lasts_s), role="participant", title="Họp",
        relay_id=RelayId("relay-1"),
    )  # fmt: skip


def with_plan(*meetings: ScheduledMeeting, over: frozenset[MeetingId] = frozenset()) -> Meetings:
    """Return what is known where these meetings are in the schedule."""
    schedule = Schedule(leader_epoch=1, generation=1, issued_at=NOW, meetings=meetings)
    return Meetings(Idle(), schedule, over=over)


@pytest.mark.parametrize(
    ("seconds", "known", "step"),
    [
        (-61, KnownRehearsal(), "rest"),
        (-60, KnownRehearsal(), "announce"),
        (-0.1, ANNOUNCED, "announce"),
        (0, ANNOUNCED, "run"),
        (89.9, ANNOUNCED, "run"),
        (200, RUNNING, "run"),  # what has begun ends by itself
        (200, KnownRehearsal(is_answered=True), "rest"),
    ],
)
def test_it_is_announced_before_and_made_in_its_time(
    seconds: float, known: KnownRehearsal, step: str
) -> None:
    assert at(seconds, known).step == step


def test_whose_document_comes_late_announces_it_as_long_and_begins_later_or_not_at_all() -> None:
    late = at(10)
    assert (late.step, late.starts_at) == ("announce", AT + timedelta(seconds=70))
    known = KnownRehearsal(announced_at=AT + timedelta(seconds=10))
    assert [at(s, known).step for s in (69.9, 70)] == ["announce", "run"]
    assert outcome(at(30)) == "too_late", "it would begin when it may not any more"


@pytest.mark.parametrize("document", [None, msgspec.structs.replace(DOCUMENT, rehearsal_id=None)])
def test_without_one_nothing_is_done(document: Rehearsal | None) -> None:
    assert at(0, ANNOUNCED, document=document).step == "rest"


@pytest.mark.parametrize("known", [ANNOUNCED, RUNNING])
def test_a_person_refuses_what_is_announced_and_what_is_on(known: KnownRehearsal) -> None:
    refused = KnownRehearsal(known.announced_at, is_refused=True, is_running=known.is_running)
    assert outcome(at(-5 if known is ANNOUNCED else 5, refused)) == "refused"


def test_a_clock_that_is_not_known_begins_nothing() -> None:
    assert outcome(at(-30, clock=ClockState(source="unknown"))) == "too_late"
    unset = msgspec.structs.replace(DOCUMENT, begins_at=None)
    assert outcome(at(-30, document=unset)) == "too_late"


JOIN = Join(planned(begins_in_s=0), "https://relay.test", has_begun=False)


@pytest.mark.parametrize("decision", [JOIN, Distrust(planned(begins_in_s=0))])
@pytest.mark.parametrize("known", [KnownRehearsal(), ANNOUNCED, RUNNING])
def test_a_meeting_beats_it_whenever_it_begins(decision: Decision, known: KnownRehearsal) -> None:
    seconds = 5 if known is RUNNING else -30
    assert outcome(at(seconds, known, Meetings(decision))) == "in_meeting"


def test_a_meeting_that_nobody_planned_beats_it_by_the_word_for_the_screen() -> None:
    live = Live(leader_epoch=1, generation=1, issued_at=NOW, meeting_id=MeetingId("m9"))
    assert outcome(at(5, RUNNING, Meetings(Idle(), live=live))) == "in_meeting"
    ended = Meetings(Idle(), live=live, over=frozenset((MeetingId("m9"),)))
    assert at(5, RUNNING, ended).step == "run"


@pytest.mark.parametrize(
    ("begins_in_s", "seconds", "known", "is_beaten"),
    [
        (315, -60, KnownRehearsal(), True),  # it opens as the last second is over
        (315.1, -60, KnownRehearsal(), False),
        (310, 9.9, RUNNING, False),
        (310, 10, RUNNING, True),  # ends at once as the meeting opens
        (-3600, 5, RUNNING, False),  # it has ended
    ],
)
def test_a_meeting_that_may_be_joined_meanwhile_beats_it(
    begins_in_s: float, seconds: float, known: KnownRehearsal, is_beaten: bool
) -> None:
    turn = at(seconds, known, with_plan(planned(begins_in_s=begins_in_s)))
    assert (outcome(turn) == "in_meeting") is is_beaten


def test_a_meeting_that_its_relay_called_over_beats_nothing() -> None:
    over = frozenset((MeetingId("m1"),))
    assert at(5, RUNNING, with_plan(planned(begins_in_s=0), over=over)).step == "run"


SECONDS = st.floats(-400, 400)


@given(
    now_s=SECONDS,
    announced_s=st.none() | SECONDS,
    begins_in_s=st.floats(-4000, 4000),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_nobodys_camera_opens_unannounced_refused_twice_or_beside_a_meeting(
    now_s: float, announced_s: float | None, begins_in_s: float, flags: tuple[bool, bool, bool]
) -> None:
    is_refused, is_answered, is_running = flags
    announced_at = None if announced_s is None else AT + timedelta(seconds=announced_s)
    meetings = with_plan(planned(begins_in_s=begins_in_s))
    known = KnownRehearsal(announced_at, is_refused, is_answered, is_running)
    turn = at(now_s, known, meetings)
    if turn.step != "run":
        return
    now = AT + timedelta(seconds=now_s)
    assert not (is_refused or is_answered or is_meeting_first(meetings, now=now, until=now))
    if not is_running:
        assert announced_at is not None and now - announced_at >= timedelta(seconds=60)
        assert AT <= now < AT + timedelta(seconds=90)
