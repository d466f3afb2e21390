"""What is over is cleared from the broker a day later, and not before."""

from datetime import timedelta

from contracts import codec, topics
from contracts.desired import RelayMeeting
from contracts.ids import MeetingId, RelayId
from controller.changes import Pending
from controller.core.meeting_state import Move
from controller.dispatch import LaneRunner, Voice, clear_ended
from controller.meetings import MeetingForm
from controller.planning import MeetingPlanner
from tests.integration.controller.broker import client, generated_broker
from tests.integration.controller.centre import Centre, Installation
from tests.waiting import until


async def test_an_ended_meeting_stands_for_a_day_and_is_then_cleared(
    centre: Centre, installation: Installation
) -> None:
    web = centre.web
    now = web.now()
    form = MeetingForm("Giao ban", "p-chair", ("p-b",), now, now + timedelta(hours=1))
    meeting = web.meetings.create(form, actor="office")
    topic = topics.relay_meeting(RelayId("relay-1"), MeetingId(meeting.meeting_id)).name
    async with (
        generated_broker(installation) as broker,
        client(broker.bus_settings("centre-web"), topic) as speaking,
    ):
        voice = Voice(web.state, web.metrics, web.now, leader_epoch=1)
        lane = LaneRunner(web.changes.meetings, MeetingPlanner(web.settings), voice)

        async def say() -> None:
            await lane.publish_round(speaking.bus, Pending(is_all=True))

        await say()
        web.meetings.move(meeting.meeting_id, Move.CANCEL, actor="office")
        await say()

        def ended() -> RelayMeeting | None:
            said = [codec.decode(RelayMeeting, r.payload) for r in speaking.received if r.payload]
            return said[-1] if said and said[-1].has_ended else None

        said = await until(ended)
        assert said.generation == 2
        assert await clear_ended(web.state, speaking.bus, now=now + timedelta(hours=23)) == 0
        assert await clear_ended(web.state, speaking.bus, now=now + timedelta(hours=25)) == 1
        await until(lambda: speaking.received[-1].payload == b"")
        await say()
        assert await clear_ended(web.state, speaking.bus, now=now + timedelta(hours=25)) == 0
        async with client(broker.bus_settings("centre-ingest"), "dc/relay/#", "dc/point/#") as late:
            await late.got("dc/point/p-b/live")
            assert [r.topic for r in late.received if r.topic == topic] == []


async def test_a_draft_is_told_to_nobody(centre: Centre) -> None:
    web = centre.web
    now = web.now()
    form = MeetingForm(
        "Giao ban", "p-chair", ("p-b",), now, now + timedelta(hours=1), is_draft=True
    )
    meeting = web.meetings.create(form, actor="office")
    voice = Voice(web.state, web.metrics, web.now, leader_epoch=1)
    lane = LaneRunner(web.changes.meetings, MeetingPlanner(web.settings), voice)
    web.meetings.move(meeting.meeting_id, Move.CANCEL, actor="office")
    planned = lane.plan(Pending(ids={MeetingId(meeting.meeting_id)}, is_forced=True))
    assert [topic.name for topic, _ in planned] == ["dc/point/p-chair/live", "dc/point/p-b/live"]
