"""The floor that was moved at a relay: adopted in the person's name, and not undone across."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from contracts import codec, topics
from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId, RelayId
from contracts.message import Message
from contracts.participants import ParticipantKind
from contracts.relay import MeetingState, RelayEvent, RelayState
from controller.audit.service import Action, AuditLog
from controller.clock import WatchedClock
from controller.db.engine import reading
from controller.dispatch.changes import Changes
from controller.meetings import event_queries, floor_queries, meeting_queries
from controller.meetings.attendance import Attendance
from controller.meetings.relay_events import RelayEvents
from runtime.bus import Received
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_audited_acts import written
from tests.integration.controller.test_speakers_queue import meeting, press, waiting
from tests.waiting import until

HOME, OTHER = RelayId("relay-1"), RelayId("relay-9")
B, C = PointId("p-b"), PointId("p-c")
MOVES = ("floor_given", "floor_taken", "muted", "mode_changed")


@asynccontextmanager
async def hearing(centre: Centre) -> AsyncIterator[RelayEvents]:
    """Run what hears relays until the block ends."""
    web = centre.web
    events = RelayEvents(
        web.state,
        frozenset((HOME,)),
        attendance=web.part(Attendance),
        changes=web.part(Changes),
        hub=web.hub,
        metrics=web.metrics,
        clock=web.part(WatchedClock),
        audit=web.part(AuditLog),
    )
    running = asyncio.create_task(events.run())
    try:
        yield events
    finally:
        running.cancel()
        await asyncio.wait({running})


async def say(events: RelayEvents, topic: topics.Topic, message: Message) -> None:
    await events.handle(Received(topic.name, codec.encode(message), is_retained=False))


def moved(
    meeting_id: str, seq: int, floor: FloorState, detail: str, at: datetime, subject: str = "office"
) -> RelayEvent:
    """Return what a relay tells of a person's move; its epoch is one higher than its number."""
    return RelayEvent(
        started_at=at - timedelta(days=seq),
        seq=seq,
        happened_at=at,
        meeting_id=MeetingId(meeting_id),
        kind="floor_moved",
        subject=subject,
        participant_kind=ParticipantKind.PERSON,
        floor=floor,
        detail=detail,
    )


def state(meeting_id: str, floor: FloorState, at: datetime) -> RelayState:
    one = MeetingState(meeting_id=MeetingId(meeting_id), is_forwarding=True, floor=floor)
    return RelayState(reported_at=at, meetings=(one,))


def kept(centre: Centre, meeting_id: str) -> FloorState:
    with reading(centre.web.state) as session:
        return floor_queries.current(session, meeting_id)


async def test_what_a_person_moved_while_we_were_away_is_kept_in_that_persons_name(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    await press(office, meeting_id, "floor", action="grant", point_id="p-b")
    await press(office, meeting_id, "queue", who="p-c", action="ask")
    centre.time.offset += timedelta(minutes=1)
    now = centre.time.now()
    took = FloorState(epoch=2, previous_speaker=B)
    gave = FloorState(epoch=3, holders=(C,), previous_speaker=B)
    first = moved(meeting_id, 1, took, "withdraw p-b", now - timedelta(seconds=50))
    # By a relay's clock that is ahead.
    second = moved(meeting_id, 2, gave, "grant p-c", now + timedelta(minutes=5))
    async with hearing(centre) as events:
        for event in (first, second, first, second):
            await say(events, topics.relay_event(HOME), event)
        await say(events, topics.relay_state(HOME), state(meeting_id, gave, now))
        await until(lambda: kept(centre, meeting_id) == gave)
        await until(lambda: len(written(centre, Action.MOVE_FLOOR)) == 3)
    logged = (await office.get(f"/api/v1/meetings/{meeting_id}/events")).json()
    lines = [(one["kind"], one["point_id"], one["actor"]) for one in logged if one["kind"] in MOVES]
    assert lines == [
        ("floor_given", "p-b", "office"),
        ("floor_taken", "p-b", "office"),
        ("floor_given", "p-c", "office"),
    ]
    at = [datetime.fromisoformat(one["happened_at"]) for one in logged if one["kind"] in MOVES]
    assert at[1] == first.happened_at
    assert at[2] <= centre.time.now()
    assert waiting(centre, meeting_id) == []  # who was given the floor waits no more
    newest = centre.web.part(AuditLog).newest(limit=1)[0]
    assert (newest.actor, newest.address, newest.detail) == ("office", HOME, "grant")
    assert await press(office, meeting_id, "floor", action="undo") == 409
    assert kept(centre, meeting_id) == gave


@pytest.mark.parametrize("away", [timedelta(days=-366), timedelta(days=366)])
async def test_by_a_clock_that_is_a_year_off_nobody_speaks_for_a_year(
    sqlite_centre: Centre, away: timedelta
) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(office, sqlite_centre)
    sqlite_centre.time.offset += timedelta(minutes=1)
    by_relay = sqlite_centre.time.now() + away
    gave = FloorState(epoch=1, holders=(B,))
    took = FloorState(epoch=2, previous_speaker=B)
    async with hearing(sqlite_centre) as events:
        for seq, (floor, move) in enumerate(((gave, "grant p-b"), (took, "withdraw p-b"))):
            event = moved(meeting_id, seq + 1, floor, move, by_relay + timedelta(seconds=seq))
            await say(events, topics.relay_event(HOME), event)
        await until(lambda: kept(sqlite_centre, meeting_id) == took)
    with reading(sqlite_centre.web.state) as session:
        turns = event_queries.floor_turns(session, meeting_id)
        begun = meeting_queries.get(session, meeting_id)
    assert begun is not None and begun.live_at is not None
    now = sqlite_centre.time.now()
    assert [one.kind for one in turns] == ["floor_given", "floor_taken"]
    assert all(begun.live_at <= one.at <= now for one in turns)


@pytest.mark.parametrize("is_state_first", [True, False])
async def test_whoever_is_heard_first_the_person_is_named(
    sqlite_centre: Centre, is_state_first: bool
) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(office, sqlite_centre)
    now, gave = sqlite_centre.time.now(), FloorState(epoch=1, holders=(B,))
    said = [
        (topics.relay_state(HOME), state(meeting_id, gave, now)),
        (topics.relay_event(HOME), moved(meeting_id, 1, gave, "grant p-b", now)),
    ]
    async with hearing(sqlite_centre) as events:
        for topic, message in said if is_state_first else said[::-1]:
            await say(events, topic, message)
        await until(lambda: len(written(sqlite_centre, Action.MOVE_FLOOR)) == 1)
    logged = (await office.get(f"/api/v1/meetings/{meeting_id}/events")).json()
    assert [(one["kind"], one["actor"]) for one in logged if one["kind"] in MOVES] == [
        ("floor_given", "office")
    ]


async def test_what_counts_less_or_is_of_no_meeting_of_the_relay_changes_nothing(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(office, sqlite_centre)
    await press(office, meeting_id, "floor", action="mute", point_id="p-b")
    ours, now = kept(sqlite_centre, meeting_id), sqlite_centre.time.now()
    gave = FloorState(epoch=1, holders=(B,))
    hostile = moved(meeting_id, 3, FloorState(epoch=0), "<b>" * 30, now, "'; DROP" + "x" * 100)
    async with hearing(sqlite_centre) as events:
        for seq, event in enumerate(
            (moved(meeting_id, 1, gave, "grant p-b", now), moved("m-none", 2, gave, "grant", now))
        ):
            await say(events, topics.relay_event(HOME), event)
            await say(events, topics.relay_event(OTHER), event)  # no relay of ours
            assert seq < 2
        await say(events, topics.relay_event(HOME), hostile)
        await until(lambda: len(written(sqlite_centre, Action.MOVE_FLOOR)) == 4)
    assert kept(sqlite_centre, meeting_id) == ours
