"""What a recorder makes of the messages that it hears."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts import codec, topics
from contracts.desired import RecordingOrder, RelayMeeting
from contracts.floor import FloorMode, FloorState
from contracts.ids import MeetingId, PointId, RecorderId, RelayId
from contracts.relay import MeetingState, RelayState
from media.recorder.due_meetings import DueMeetings
from runtime.bus import Received
from runtime.clock_trust import Doubt

RELAY = RelayId("relay-1")
BEGINS = datetime(2026, 11, 24, 1, tzinfo=UTC)
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)


def state(meeting_id: str, *speakers: str) -> MeetingState:
    return MeetingState(
        meeting_id=MeetingId(meeting_id),
        is_forwarding=True,
        floor=FloorState(epoch=1, mode=FloorMode.DISCUSSION),
        speakers=speakers,
    )


async def test_who_is_the_loudest_is_told_by_the_relays_state_and_nonsense_is_counted() -> None:
    heard: list[tuple[tuple[str, str], str | None]] = []
    wanted = DueMeetings(
        RecorderId("recorder-1"),
        floor_moved=lambda key, floor: None,
        heard=lambda key, loudest: heard.append((key, loudest)),
        issued=lambda at: None,
    )
    said = RelayState(
        reported_at=datetime(2026, 11, 24, tzinfo=UTC),
        meetings=(state("m1", "xa-b", "xa-a"), state("m2")),
    )
    topic = topics.relay_state(RELAY).name
    assert ("dc/relay/+/state", 1) in wanted.subscriptions
    await wanted.received(Received(topic, codec.encode(said), is_retained=False))
    await wanted.received(Received(topic, b"no state", is_retained=False))
    assert heard == [((RELAY, "m1"), "xa-b"), ((RELAY, "m2"), None)]
    assert wanted.rejected_total == 1


@pytest.mark.parametrize(
    ("now", "doubt", "is_running", "is_due"),
    [
        (BEGINS + HOUR, None, False, True),
        (BEGINS - HOUR, None, False, False),
        (BEGINS + YEAR, None, True, False),
        # Set by a year or an hour while it is recorded, as the relay goes on with it.
        (BEGINS + YEAR, Doubt.LEAPT, True, True),
        (BEGINS - YEAR, Doubt.LEAPT, True, True),
        (BEGINS - HOUR, Doubt.BEHIND, True, True),
        # Nothing is over by a clock in doubt, and nothing begins early.
        (BEGINS + YEAR, Doubt.AHEAD, False, True),
        (BEGINS - HOUR, Doubt.UNSYNCHRONISED, False, False),
    ],
)
async def test_no_recording_ends_by_a_clock_in_doubt(
    now: datetime, doubt: Doubt | None, is_running: bool, is_due: bool
) -> None:
    issued: list[datetime] = []
    wanted = DueMeetings(
        RecorderId("recorder-1"),
        floor_moved=lambda key, floor: None,
        heard=lambda key, loudest: None,
        issued=issued.append,
    )
    key = (RELAY, MeetingId("m1"))
    document = RelayMeeting(
        leader_epoch=1,
        generation=1,
        issued_at=BEGINS - HOUR,
        meeting_id=key[1],
        begins_at=BEGINS,
        ends_at=BEGINS + 2 * HOUR,
        chair=PointId("p-chair"),
        invited=(PointId("p-chair"),),
        floor=FloorState(epoch=1),
        recording=RecordingOrder(recorder_id=RecorderId("recorder-1")),
    )
    topic = topics.relay_meeting(*key).name
    await wanted.received(Received(topic, codec.encode(document), is_retained=True))
    assert issued == [BEGINS - HOUR]
    due = wanted.due(now, doubt=doubt, running=[key] if is_running else ())
    assert (key in due) is is_due
