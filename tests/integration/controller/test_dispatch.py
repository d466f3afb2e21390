"""What is over is cleared from the broker a day later, and not before."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session
from structlog.testing import capture_logs

from contracts import codec, topics
from contracts.desired import Live, RelayMeeting, Schedule
from contracts.floor import FloorMode
from contracts.floor_request import FloorAction, FloorRequest
from contracts.ids import MeetingId, PointId, RelayId
from controller.clock import WatchedClock
from controller.dispatch.changes import Changes, Pending
from controller.dispatch.planning import MeetingPlanner, PointPlanner
from controller.dispatch.service import LaneRunner, Voice, Wanted, clear_ended
from controller.meetings.calendar import Calendar, MeetingForm
from controller.meetings.floor import Floor
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import Move
from tests.integration.controller.broker import client, generated_broker
from tests.integration.controller.centre import Centre, Installation
from tests.waiting import until


async def test_an_ended_meeting_stands_for_a_day_and_is_then_cleared(
    centre: Centre, installation: Installation
) -> None:
    web = centre.web
    now = web.now()
    form = MeetingForm("Giao ban", "p-chair", ("p-b",), now, now + timedelta(hours=1))
    meeting = web.part(Calendar).create(form, actor="office")
    topic = topics.relay_meeting(RelayId("relay-1"), MeetingId(meeting.meeting_id)).name
    async with (
        generated_broker(installation) as broker,
        client(broker.bus_settings("centre-web"), topic) as speaking,
    ):
        voice = Voice(web.state, web.metrics, web.part(WatchedClock), leader_epoch=1)
        lane = LaneRunner(web.part(Changes).meetings, MeetingPlanner(web.settings), voice)

        async def say() -> None:
            await lane.publish_round(speaking.bus, Pending(is_all=True))

        await say()
        web.part(Lifecycle).move(meeting.meeting_id, Move.CANCEL, actor="office")
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
    meeting = web.part(Calendar).create(form, actor="office")
    voice = Voice(web.state, web.metrics, web.part(WatchedClock), leader_epoch=1)
    lane = LaneRunner(web.part(Changes).meetings, MeetingPlanner(web.settings), voice)
    web.part(Lifecycle).move(meeting.meeting_id, Move.CANCEL, actor="office")
    planned = lane.plan(Pending(ids={MeetingId(meeting.meeting_id)}, is_forced=True))
    assert [topic.name for topic, _ in planned] == ["dc/point/p-chair/live", "dc/point/p-b/live"]


async def test_each_holder_of_a_conference_is_told_that_it_has_the_floor(centre: Centre) -> None:
    web = centre.web
    now = web.now()
    form = MeetingForm("Giao ban", "p-chair", ("p-b", "p-c"), now, now + timedelta(hours=1))
    meeting = web.part(Calendar).create(form, actor="office").meeting_id
    web.part(Lifecycle).move(meeting, Move.BEGIN, actor="office")
    b, c = PointId("p-b"), PointId("p-c")
    for request in (
        FloorRequest(FloorAction.MODE, mode=FloorMode.CONFERENCE),
        FloorRequest(FloorAction.GRANT, b),
        FloorRequest(FloorAction.GRANT, c),
    ):
        web.part(Floor).change(meeting, request, actor="office")
    voice = Voice(web.state, web.metrics, web.part(WatchedClock), leader_epoch=1)
    lane = LaneRunner(web.part(Changes).meetings, MeetingPlanner(web.settings), voice)
    planned = lane.plan(Pending(ids={MeetingId(meeting)}, is_forced=True))
    told = {topic.name: document for topic, document in planned if isinstance(document, Live)}
    holders = [name for name, live in told.items() if live.is_holder]
    assert sorted(holders) == [topics.live(b).name, topics.live(c).name]
    assert {live.speaker for live in told.values()} == {c}


@dataclass
class Meanwhile:
    """Plans, while somebody writes."""

    planner: PointPlanner
    write: Callable[[], object]

    def plan(
        self, session: Session, pending: Pending[PointId], *, now: datetime, until: datetime
    ) -> list[Wanted]:
        wanted = self.planner.plan(session, pending, now=now, until=until)
        self.write()
        return wanted


async def test_who_writes_waits_for_no_planning_and_is_told_of_in_the_next_round(
    centre: Centre,
) -> None:
    web = centre.web
    now, changes = web.now(), web.part(Changes)
    form = MeetingForm("Giao ban", "p-chair", ("p-b",), now, now + timedelta(hours=1))
    voice = Voice(web.state, web.metrics, web.part(WatchedClock), leader_epoch=1)
    planner = PointPlanner(web.settings, b"k" * 32)
    topic = topics.desired(PointId("p-b"), "schedule")

    def meetings_told(lane: LaneRunner[PointId], pending: Pending[PointId]) -> list[int]:
        told = [document for name, document in lane.plan(pending) if name == topic]
        return [len(one.meetings) for one in told if isinstance(one, Schedule)]

    busy = Meanwhile(planner, lambda: web.part(Calendar).create(form, actor="office"))
    assert meetings_told(LaneRunner(changes.points, busy, voice), Pending(is_all=True)) == [0]
    pending = await changes.points.next_pending()
    assert meetings_told(LaneRunner(changes.points, planner, voice), pending) == [1]


async def test_what_a_stalled_broker_did_not_take_is_said_once_it_goes_on(
    centre: Centre, installation: Installation
) -> None:
    web = centre.web
    now = web.now()
    form = MeetingForm("Giao ban", "p-chair", ("p-b",), now, now + timedelta(hours=1))
    async with (
        generated_broker(installation) as broker,
        client(broker.bus_settings("centre-web")) as speaking,
        client(broker.bus_settings("centre-ingest"), "dc/#") as heard,
    ):
        voice = Voice(web.state, web.metrics, web.part(WatchedClock), leader_epoch=1, timeout_s=1.0)
        lane = LaneRunner(web.part(Changes).meetings, MeetingPlanner(web.settings), voice)
        running = asyncio.create_task(lane.run(speaking.bus), name="dispatch:meetings")
        try:
            broker.freeze()
            with capture_logs() as lines:
                meeting = web.part(Calendar).create(form, actor="office")
                await until(lambda: [one["event"] for one in lines] == ["dispatch_given_up"])
            broker.thaw()
            identifier = MeetingId(meeting.meeting_id)
            await heard.got(topics.relay_meeting(RelayId("relay-1"), identifier).name)
            await heard.got(topics.live(PointId("p-chair")).name)
            await heard.got(topics.live(PointId("p-b")).name)
        finally:
            running.cancel()
            await asyncio.wait({running})
        assert (speaking.disconnections, heard.disconnections) == (0, 0)
