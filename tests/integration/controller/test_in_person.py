"""A meeting in person holds rooms and is listed; the clock alone moves it, and no door opens."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts import codec, topics
from contracts.desired import RelayMeeting
from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId, RelayId
from contracts.relay import MeetingState, RelayState
from controller.clock import WatchedClock
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes, Pending
from controller.dispatch.planning import MeetingPlanner, PointPlanner
from controller.dispatch.service import LaneRunner, Voice
from controller.incidents.urgency import next_meetings
from controller.line_tests import line_facts
from controller.meetings import floor_queries, meeting_queries, service
from controller.meetings.attendance import Attendance
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.relay_events import RelayEvents
from controller.meetings.scheduler import Scheduler
from controller.meetings.tables import Meeting
from controller.meetings.views.meeting import is_playable
from controller.settings import PagesSettings
from monitoring.judgement.periods import Period
from runtime.bus import Received
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.integration.controller.guests import act, browser, invited

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RELAY = RelayId("relay-1")
POINTS = [PointId(one) for one in ("p-chair", "p-b", "p-c")]


async def made(office: Person, centre: Centre, **changed: object) -> str:
    body = meeting_body(centre.time, **{"held_as": "in_person"} | changed)
    answer = await office.post("/api/v1/meetings", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["meeting_id"])


def at(begins_at: datetime, hours: int = 1) -> dict[str, object]:
    ends_at = begins_at + hours * HOUR
    return {"begins_at": begins_at.isoformat(), "ends_at": ends_at.isoformat()}


async def both(office: Person, centre: Centre) -> tuple[str, str]:
    """Make the same meeting in person and online, in an hour."""
    return await made(office, centre), await made(office, centre, held_as="online")


def kept(centre: Centre, meeting_id: str) -> Meeting:
    with reading(centre.web.state) as session:
        meeting = service.found(session, meeting_id)
        session.expunge_all()
    return meeting


def turn(centre: Centre) -> None:
    """Let the clock do what is due."""
    clock = WatchedClock(wall=centre.time.now, is_synchronised=lambda: True)
    Scheduler(centre.web.part(Lifecycle), clock).turn()


def planned(centre: Centre, pending: Pending[Any]) -> dict[str, Any]:
    """Return what would be said now, by topic."""
    web, changes = centre.web, centre.web.part(Changes)
    voice = Voice(web.state, web.metrics, web.part(WatchedClock), leader_epoch=1)
    points = PointPlanner(web.settings, b"k" * 32)
    return {
        topic.name: document
        for topic, document in (
            *LaneRunner(changes.meetings, MeetingPlanner(web.settings), voice).plan(pending),
            *LaneRunner(changes.points, points, voice).plan(Pending(is_all=True, is_forced=True)),
        )
    }


def attend(centre: Centre, *meeting_ids: str) -> None:
    """Let the relay say that it forwards these."""
    states = tuple(
        MeetingState(meeting_id=MeetingId(one), floor=FloorState(epoch=0), is_forwarding=True)
        for one in meeting_ids
    )
    said = RelayState(reported_at=centre.time.now(), meetings=states)
    centre.web.part(Attendance).note_state(RELAY, said)


async def test_the_clock_alone_moves_it_by_its_hours(centre: Centre) -> None:
    office = await centre.sign_in()
    in_person, online = await both(office, centre)
    planned_at = kept(centre, in_person)
    centre.time.offset += HOUR + timedelta(minutes=1)
    turn(centre)
    assert [kept(centre, one).state for one in (in_person, online)] == ["live", "live"]
    centre.time.offset += HOUR
    turn(centre)
    over, on = kept(centre, in_person), kept(centre, online)
    assert (over.state, on.state) == ("ended", "live")
    assert (over.live_at, over.ended_at) == (planned_at.begins_at, planned_at.ends_at)
    page = (await office.get(f"/meetings/{in_person}")).text
    assert "Cuộc họp đã diễn ra trực tiếp tại phòng." in page


async def test_it_is_cancelled_moved_and_ended_early(centre: Centre) -> None:
    office = await centre.sign_in()
    first, second = await made(office, centre), await made(office, centre)
    assert (await office.post(f"/api/v1/meetings/{first}/cancel")).json()["state"] == "cancelled"
    later = at(centre.time.now() + 3 * HOUR)
    body = meeting_body(centre.time, held_as="in_person", **later)
    moved = await office.put(f"/api/v1/meetings/{second}", body)
    assert datetime.fromisoformat(moved.json()["begins_at"]).isoformat() == later["begins_at"]
    centre.time.offset += 3 * HOUR + timedelta(minutes=10)
    ended = (await office.post(f"/api/v1/meetings/{second}/end")).json()
    assert (ended["state"], ended["live_at"]) == ("ended", moved.json()["begins_at"])
    assert datetime.fromisoformat(ended["ended_at"]) < kept(centre, second).ends_at


async def test_what_was_held_is_entered_afterwards_in_person_alone(centre: Centre) -> None:
    office, ago = await centre.sign_in(), centre.time.now() - 40 * DAY
    meeting_id = await made(office, centre, title="Họp tổ dân phố", **at(ago))
    meeting = kept(centre, meeting_id)
    assert (meeting.state, meeting.live_at, meeting.ended_at) == (
        *("ended", meeting.begins_at),
        meeting.ends_at,
    )
    log = (await office.get(f"/api/v1/meetings/{meeting_id}/events")).json()
    assert [one["kind"] for one in log] == ["meeting_entered"]
    assert "Ghi lại sau khi đã họp" in (await office.get(f"/meetings/{meeting_id}")).text
    assert meeting_id in (await office.get("/meetings/over?held_as=in_person")).text
    for changed in (at(ago) | {"held_as": "online"}, at(ago - 1200 * DAY)):
        body = meeting_body(centre.time, **{"held_as": "in_person"} | changed)
        assert (await office.post("/api/v1/meetings", body)).status_code == 400
    secret = meeting_body(centre.time, held_as="in_person", classification="secret", **at(ago))
    refused = await office.post("/api/v1/meetings", secret)
    assert refused.json()["error"]["code"] == "classification_refused"


async def test_rooms_are_held_against_clashes_and_a_series_has_dates_in_person(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await made(office, centre)
    body = meeting_body(centre.time, title="Họp khác", point_ids=["p-b"])
    clashing = (await office.post("/api/v1/meetings", body)).json()["clashes"]
    assert [one["meeting_id"] for one in clashing] == [meeting_id]
    said = {"held_as": "in_person", "chair_name": "Bà Hà"} | at(centre.time.now() - 8 * DAY)
    rule = {"rule": "FREQ=DAILY;INTERVAL=5;COUNT=3", "holidays": "keep"}
    answer = await office.post("/api/v1/series", meeting_body(centre.time, **said) | rule)
    assert answer.status_code == 201, answer.text
    series = answer.json()
    assert [one["state"] for one in series["meetings"]] == ["ended", "ended", "scheduled"]
    last = series["meetings"][2]["meeting_id"]
    assert (await office.post(f"/api/v1/series/dates/{last}/cancel", {})).status_code == 200
    way = f"/api/v1/series/{series['series_id']}/restore"
    back = await office.post(way, {"series_at": series["meetings"][2]["series_at"]})
    new = back.json()["meetings"][-1]
    assert (new["state"], new["held_as"], new["chair_name"]) == ("scheduled", "in_person", "Bà Hà")


async def test_no_point_and_no_relay_is_told_of_it(centre: Centre) -> None:
    office, now = await centre.sign_in(), centre.time.now()
    in_person, online = await both(office, centre)
    everything = planned(centre, Pending(is_all=True, is_forced=True))
    asked = planned(centre, Pending(ids={MeetingId(in_person)}, is_forced=True))
    assert topics.relay_meeting(RELAY, MeetingId(online)).name in everything
    for said in (everything, asked):
        assert topics.relay_meeting(RELAY, MeetingId(in_person)).name not in said
        schedules = [one for name, one in said.items() if name.endswith("/schedule")]
        assert schedules
        assert all({m.meeting_id for m in one.meetings} <= {online} for one in schedules)
    pages, period = PagesSettings(), Period(now, now + DAY)
    with reading(centre.web.state) as session, reading(centre.web.series) as series:
        told = service.told_to_points(session, None, until=now + DAY)
        assert {one.meeting_id for found in told.values() for one in found} == {online}
        assert [one.meeting_id for one in service.told_to_relays(session, until=now + DAY)] == [
            online
        ]
        nearest = next_meetings(session, POINTS, until=now + DAY)
        assert {one.meeting_id for one in nearest.values()} == {online}
        lines = line_facts.lines(session, series, now, {})
        assert all(len(one.meetings) <= 1 for one in lines)
        of_point = service.of_point(session, PointId("p-b"), begins=now, ends=now + DAY)
        assert [one.meeting_id for one in of_point] == [online]
    assert (await office.post(f"/api/v1/meetings/{online}/cancel")).status_code == 200
    centre.time.offset += HOUR + timedelta(minutes=1)
    turn(centre)
    lives = planned(centre, Pending(is_all=True, is_forced=True))
    assert [one.meeting_id for name, one in lives.items() if name.endswith("/live")] == [None] * 3
    now = centre.time.now()
    with reading(centre.web.state) as session:
        assert service.next_begins(session, now - 2 * HOUR, pages) == {}
        assert service.times_of_points(session, now, period, POINTS) == {}
        coming = [service.coming(session, now, pages, (), joined_only=one) for one in (True, False)]
        assert [len(one) for one in coming] == [0, 1]


async def test_a_relay_that_was_told_has_it_taken_back_and_is_told_again(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = MeetingId(await made(office, centre, held_as="online"))
    topic, ended = topics.relay_meeting(RELAY, meeting_id).name, []
    for held_as in ("online", "in_person", "online"):
        body = meeting_body(centre.time, held_as=held_as)
        assert (await office.put(f"/api/v1/meetings/{meeting_id}", body)).status_code == 200
        document = planned(centre, Pending(ids={meeting_id}, is_forced=True))[topic]
        assert isinstance(document, RelayMeeting)
        ended.append(document.has_ended)
    assert ended == [False, True, False]


async def test_nobody_gets_a_token_the_floor_a_link_or_its_lines(centre: Centre) -> None:
    office = await centre.sign_in()
    in_person, online = await both(office, centre)
    centre.time.offset += HOUR + timedelta(minutes=1)
    turn(centre)
    tried = [
        ("token", {"direction": "play"}),
        ("floor", {"action": "grant", "point_id": "p-b"}),
        ("expulsions", {"subject": "p-b", "participant_kind": "point"}),
    ]
    for meeting_id, expected in ((online, {200, 201, 204}), (in_person, {409})):
        for way, body in tried:
            answer = await office.post(f"/api/v1/meetings/{meeting_id}/{way}", body)
            assert answer.status_code in expected, (way, answer.text)
        queued = await act(office, f"{meeting_id}/queue", who="p-c")
        assert (queued.status_code == 409) is (meeting_id == in_person), queued.text
        timed = await act(office, f"{meeting_id}/speech-time", minutes="5")
        assert (timed.status_code == 409) is (meeting_id == in_person), timed.text
        made = await act(office, f"{meeting_id}/guests", name="Khách")
        assert (made.status_code == 409) is (meeting_id == in_person), made.text
        for path in (f"/meetings/{meeting_id}/lines", f"/meetings/{meeting_id}/lines.csv",
                     f"/parts/meetings/{meeting_id}/lines-now"):  # fmt: skip
            shown = await office.client.get(path)
            assert (shown.status_code == 409) is (meeting_id == in_person), path
        meeting = kept(centre, meeting_id)
        assert is_playable(meeting, centre.time.now()) is (meeting_id == online)


async def test_a_guest_of_before_is_told_that_it_is_in_person(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await made(office, centre, held_as="online")
    shown = await invited(office, meeting_id)
    guest = browser(centre)
    assert (await guest.open(shown)).status_code == 204
    body = meeting_body(centre.time, held_as="in_person")
    assert (await office.put(f"/api/v1/meetings/{meeting_id}", body)).status_code == 200
    centre.time.offset += HOUR + timedelta(minutes=1)
    turn(centre)
    assert await guest.standing() == "in_person"
    assert (await guest.post("token", {"direction": "play"})).status_code == 403
    guest_id = shown.partition(".")[0]
    renewed = await act(office, f"{meeting_id}/guests/{guest_id}", action="renew")
    assert renewed.status_code == 409


async def test_what_a_relay_says_of_it_changes_nothing(centre: Centre) -> None:
    office, web = await centre.sign_in(), centre.web
    meeting_id = await made(office, centre)
    attend(centre, meeting_id)
    forwarded = web.part(Attendance).forwarded()
    assert meeting_id in forwarded
    with reading(web.state) as session:
        assert meeting_queries.live(session, forwarded) == []
        assert not service.is_on(service.found(session, meeting_id), forwarded)
    events = RelayEvents(
        web.state,
        frozenset((RELAY,)),
        attendance=web.part(Attendance),
        changes=web.part(Changes),
        hub=web.hub,
        metrics=web.metrics,
        clock=web.part(WatchedClock),
    )
    floor = FloorState(epoch=9, holders=(PointId("p-b"),))
    state = MeetingState(meeting_id=MeetingId(meeting_id), floor=floor, is_forwarding=True)
    said = RelayState(reported_at=web.now(), meetings=(state,))
    await events.handle(Received(topics.relay_state(RELAY).name, codec.encode(said), False))
    with reading(web.state) as session:
        assert floor_queries.current(session, meeting_id).epoch == 0


async def test_it_is_never_recorded(centre: Centre) -> None:
    office = await centre.sign_in()
    body = meeting_body(centre.time, held_as="in_person", is_recorded=True)
    assert (await office.post("/api/v1/meetings", body)).status_code == 400
    meeting_id = await made(office, centre)
    centre.time.offset += HOUR + timedelta(minutes=1)
    turn(centre)
    with writing(centre.web.state) as session:  # whatever wrote it there
        row = service.found(session, meeting_id)
        row.is_recorded = True
        session.add(row)
    now = centre.time.now()
    assert service.recorded_now(centre.web.state, ()) == []
    with reading(centre.web.state) as session:
        assert service.recorded_lately(session, now, (), since=now - DAY) == []


async def test_its_page_shows_no_console_and_lists_say_that_it_is_in_person(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    in_person, online = await both(office, centre)
    for path in (f"/meetings/{in_person}", f"/parts/meetings/{in_person}"):
        page = (await office.get(path)).text
        assert 'data-testid="in-person"' in page
        assert "Xã B" in page
        for shown in ("console.js", "data-live-slow", "videos", "/floor", "guests", "recordings"):
            assert shown not in page, shown
    for held_as, listed in (("in_person", in_person), ("online", online)):
        page = (await office.client.get(f"/meetings?held_as={held_as}")).text
        others = {in_person, online} - {listed}
        assert listed in page
        assert not any(one in page for one in others)
        found = (await office.get("/api/v1/meetings", held_as=held_as)).json()
        assert [one["meeting_id"] for one in found] == [listed]
    assert "Họp trực tiếp" in (await office.client.get("/parts/meetings")).text
    assert in_person not in (await office.client.get("/wall")).text


async def test_its_roll_is_called_by_hand_and_nobody_is_proposed_absent(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await made(office, centre, **at(centre.time.now() - DAY))
    assert f"/meetings/{meeting_id}/roll-call" in (await office.get(f"/meetings/{meeting_id}")).text
    roll = (await office.get(f"/api/v1/meetings/{meeting_id}/roll-call")).json()
    assert [one["proposed"] for one in roll["rows"]] == [None] * 3


@pytest.mark.parametrize("asked", ["held_as=phone", "host=" + "x" * 41, "host=%00"])
async def test_a_list_of_what_there_is_not_is_refused(sqlite_centre: Centre, asked: str) -> None:
    office = await sqlite_centre.sign_in()
    assert (await office.client.get(f"/meetings?{asked}")).status_code == 400
