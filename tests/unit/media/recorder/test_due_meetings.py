"""What a recorder makes of the messages that it hears."""

from datetime import UTC, datetime

from contracts import codec, topics
from contracts.floor import FloorMode, FloorState
from contracts.ids import MeetingId, RecorderId, RelayId
from contracts.relay import MeetingState, RelayState
from media.recorder.due_meetings import DueMeetings
from runtime.bus import Received

RELAY = RelayId("relay-1")


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
