"""One meeting, point, event or message that cannot be handled: the others go on, and it is told."""

from datetime import UTC, datetime, timedelta

import msgspec
from prometheus_client import generate_latest
from sqlmodel import select

from contracts import topics
from contracts.ids import MeetingId, RelayId
from contracts.relay import RelayEvent
from controller.clock import WatchedClock
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes, Pending
from controller.dispatch.planning import MeetingPlanner
from controller.dispatch.service import LaneRunner, Voice
from controller.meetings.attendance import Attendance
from controller.meetings.calendar import Calendar, MeetingForm
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.relay_events import FromRelay, RelayEvents
from controller.meetings.scheduler import Scheduler
from controller.meetings.tables import Meeting, MeetingEvent, MeetingFloor
from runtime.guard import FAILURES
from tests.integration.controller.centre import Centre

RELAY = RelayId("relay-1")


def two_meetings(centre: Centre) -> tuple[MeetingId, MeetingId]:
    web = centre.web
    begins_at = web.now() + timedelta(minutes=1)
    # The same points may meet again once they are free.
    hours = (begins_at, begins_at + timedelta(hours=1))
    first, second = (
        web.part(Calendar).create(
            MeetingForm("Giao ban", "p-chair", ("p-b",), at, at + timedelta(hours=1)),
            actor="office",
        )
        for at in hours
    )
    return MeetingId(first.meeting_id), MeetingId(second.meeting_id)


def spoil_floor(centre: Centre, meeting_id: MeetingId) -> None:
    with writing(centre.web.state) as session:
        session.get_one(MeetingFloor, meeting_id).state_json = "{no floor"


def test_a_meeting_whose_floor_cannot_be_read_leaves_the_others_their_documents(
    centre: Centre,
) -> None:
    web = centre.web
    broken, sound = two_meetings(centre)
    spoil_floor(centre, broken)
    voice = Voice(web.state, web.metrics, web.part(WatchedClock), leader_epoch=1)
    lane = LaneRunner(web.part(Changes).meetings, MeetingPlanner(web.settings), voice)
    failed_before = FAILURES.total("meeting")
    said = {topic.name for topic, _ in lane.plan(Pending(is_all=True))}
    assert topics.relay_meeting(RELAY, sound).name in said
    assert topics.relay_meeting(RELAY, broken).name not in said
    assert FAILURES.total("meeting") == failed_before + 1
    shown = generate_latest(web.metrics.registry).decode()
    assert 'diemcau_failures_total{kind="meeting",origin="controller/' in shown


class Stumbling:
    """A lifecycle that cannot move one of the meetings."""

    def __init__(self, lifecycle, meeting_id):
        self._lifecycle = lifecycle
        self._meeting_id = meeting_id
        self.state = lifecycle.state

    def move_by_clock(self, meeting_id, phase, move, **more):
        if meeting_id == self._meeting_id:
            raise KeyError("nobody thought of this")
        return self._lifecycle.move_by_clock(meeting_id, phase, move, **more)


def test_a_meeting_that_cannot_be_moved_keeps_no_other_from_its_hour(centre: Centre) -> None:
    web = centre.web
    broken, sound = two_meetings(centre)
    later = web.now() + timedelta(minutes=62)
    for meeting_id in (broken, sound):  # whichever comes first
        clock = WatchedClock(wall=lambda: later, is_synchronised=lambda: True)
        Scheduler(Stumbling(web.part(Lifecycle), meeting_id), clock).turn()  # type: ignore[arg-type]
    with reading(web.state) as session:
        states = [session.get_one(Meeting, one).state for one in (broken, sound)]
    assert "scheduled" not in states


async def test_an_event_that_cannot_be_kept_costs_no_other_of_its_batch(centre: Centre) -> None:
    web = centre.web
    now = datetime.now(UTC)
    good = RelayEvent(
        started_at=now, seq=1, happened_at=now, meeting_id=MeetingId("m1"), kind="joined"
    )
    bad = msgspec.structs.replace(good, seq=2, happened_at=None)
    last = msgspec.structs.replace(good, seq=3)
    events = RelayEvents(
        web.state,
        frozenset({RELAY}),
        attendance=web.part(Attendance),
        changes=web.part(Changes),
        hub=web.hub,
        metrics=web.metrics,
        clock=web.part(WatchedClock),
    )
    await events._keep([FromRelay(RELAY, one) for one in (good, bad, last)])
    with reading(web.state) as session:
        kept = session.exec(
            select(MeetingEvent.relay_seq).where(MeetingEvent.relay_id == RELAY)
        ).all()
    assert set(kept) == {1, 3}
    assert len(kept) == 2
