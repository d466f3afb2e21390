"""A meeting on several relays: what each is told, where points go, what pages and API say."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
import pytest
from msgspec import UNSET

from contracts import codec, topics
from contracts.desired import RelayAddress, RelayMeeting, Schedule
from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState, RelayEvent, RelayState, TrunkState
from contracts.topics import Topic
from controller import broker_config
from controller.clock import WatchedClock
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes, Pending
from controller.dispatch.planning import MeetingPlanner, PointPlanner
from controller.dispatch.service import LaneRunner, Voice
from controller.enrolment import pki
from controller.ingest.tables import IngestSpan, PresenceInterval
from controller.installation import ensure_services
from controller.meetings import event_queries
from controller.meetings.attendance import Attendance
from controller.meetings.calendar import Calendar, MeetingForm
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import Move
from controller.meetings.relay_events import RelayEvents
from controller.meetings.tables import Meeting
from controller.relays import absence_queries
from controller.relays.service import listed
from controller.relays.watch import RelayWatch
from controller.settings import ControllerSettings, KnownRelay, SpreadingSettings
from controller.web.deps import Web
from runtime.mqtt import Received
from tests.integration.controller.centre import Centre, Installation, serving
from tests.waiting import until

EVERYTHING: Pending[Any] = Pending(is_all=True, is_forced=True)
HOME, WORKER, SITE = RelayId("relay-1"), RelayId("relay-2"), RelayId("relay-3")
RELAYS = (
    KnownRelay(url="https://127.0.0.1:8444"),
    KnownRelay(relay_id=WORKER, url="https://127.0.0.1:8445", home=HOME),
    KnownRelay(relay_id=SITE, url="https://10.9.0.1:8444", home=HOME, serves=("xa-c",)),
)


@pytest.fixture
async def spread_out(installed: Installation) -> AsyncIterator[Centre]:
    """A centre of three relays that spreads every meeting."""
    settings = msgspec.structs.replace(
        installed.settings, relays=RELAYS, spreading=SpreadingSettings(one_relay_up_to=0)
    )
    async with serving(Installation(settings)) as running:
        yield running


def begun(web: Web) -> Meeting:
    """Return a meeting of p-chair, p-b (at the worker) and p-c (at the site) that is on."""
    now = web.now()
    form = MeetingForm("Giao ban", "p-chair", ("p-b", "p-c"), now, now + timedelta(hours=1))
    made = web.part(Calendar).create(form, actor="office")
    web.part(Lifecycle).move(made.meeting_id, Move.BEGIN, actor="office")
    return made


def planned(
    web: Web, settings: ControllerSettings | None = None, pending: Pending[Any] = EVERYTHING
) -> dict[str, Any]:
    """Return all documents that would be said now, by topic."""
    settings = settings or web.settings
    voice = Voice(web.state, web.metrics, web.part(WatchedClock), leader_epoch=1)
    changes = web.part(Changes)
    outgoing: list[tuple[Topic, Any]] = [
        *LaneRunner(changes.meetings, MeetingPlanner(settings), voice).plan(pending),
        *LaneRunner(changes.points, PointPlanner(settings, b"k" * 32), voice).plan(EVERYTHING),
    ]
    return {topic.name: document for topic, document in outgoing}


def to_relay(said: dict[str, Any], relay: RelayId, meeting: Meeting) -> RelayMeeting | None:
    name = topics.relay_meeting(relay, MeetingId(meeting.meeting_id)).name
    document: RelayMeeting | None = said.get(name)
    return document


def relay_of(said: dict[str, Any], point: str) -> tuple[str, list[str]]:
    """Return which relay a point is told, and the addresses in its schedule."""
    schedule: Schedule = said[topics.desired(PointId(point), "schedule").name]
    (meeting,) = schedule.meetings
    return meeting.relay_id, [one.url for one in schedule.relays]


def test_home_and_outer_relays_are_told_of_each_other_and_points_of_their_own(
    spread_out: Centre,
) -> None:
    meeting = begun(spread_out.web)
    said = planned(spread_out.web)
    home, worker, site = (to_relay(said, one, meeting) for one in (HOME, WORKER, SITE))
    assert home is not None
    assert worker is not None
    assert site is not None
    assert (home.home, home.outer) == (UNSET, {WORKER: ("p-b",), SITE: ("p-c",)})
    address = RelayAddress(relay_id=HOME, url="https://127.0.0.1:8444")
    for outer in (worker, site):
        assert (outer.home, outer.outer) == (address, UNSET)
        assert (outer.invited, outer.certificates) == (home.invited, home.certificates)
        assert (outer.floor, outer.page_origins) == (home.floor, home.page_origins)
    assert relay_of(said, "p-chair") == (HOME, ["https://127.0.0.1:8444"])
    assert relay_of(said, "p-b") == (WORKER, ["https://127.0.0.1:8445"])
    assert relay_of(said, "p-c") == (SITE, ["https://10.9.0.1:8444"])


def test_a_meeting_of_few_points_stays_at_the_home_and_its_site(spread_out: Centre) -> None:
    web = spread_out.web
    meeting = begun(web)
    said = planned(web, msgspec.structs.replace(web.settings, spreading=SpreadingSettings()))
    home = to_relay(said, HOME, meeting)
    assert home is not None
    assert home.outer == {SITE: ("p-c",)}
    assert to_relay(said, WORKER, meeting) is None


def test_what_a_relay_was_told_is_taken_back_once_the_meeting_uses_it_no_more(
    spread_out: Centre,
) -> None:
    web = spread_out.web
    begins_at = web.now() + timedelta(hours=1)
    form = MeetingForm("Giao ban", "p-chair", ("p-b",), begins_at, begins_at + timedelta(hours=1))
    meeting = web.part(Calendar).create(form, actor="office")
    assert to_relay(planned(web), WORKER, meeting) is not None
    alone = msgspec.structs.replace(web.settings, relays=RELAYS[:1])
    said = planned(web, alone)
    home, worker = to_relay(said, HOME, meeting), to_relay(said, WORKER, meeting)
    assert home is not None
    assert worker is not None
    assert (home.outer, home.has_ended, worker.has_ended) == (UNSET, False, True)
    assert relay_of(said, "p-b")[0] == HOME
    again = to_relay(planned(web), WORKER, meeting)
    assert again is not None
    assert (again.has_ended, again.generation) == (False, worker.generation + 1)


def test_a_relay_that_a_running_meeting_has_used_stays_one_of_it_until_its_end(
    spread_out: Centre,
) -> None:
    web = spread_out.web
    meeting = begun(web)
    planned(web)
    together = msgspec.structs.replace(web.settings, spreading=SpreadingSettings())
    moved = Pending[Any](ids={meeting.meeting_id}, is_forced=True)  # as a move of the floor
    for pending in (EVERYTHING, moved):
        said = planned(web, together, pending)
        home, worker = to_relay(said, HOME, meeting), to_relay(said, WORKER, meeting)
        assert home is not None
        assert worker is not None
        # Who is there goes on until told the other, and is not told that the meeting is over.
        assert (home.outer, worker.has_ended) == ({WORKER: (), SITE: ("p-c",)}, False)
    assert relay_of(planned(web, together), "p-b")[0] == HOME
    web.part(Lifecycle).move(meeting.meeting_id, Move.END, actor="office")
    ended = planned(web, together)
    told = [to_relay(ended, one, meeting) for one in (HOME, WORKER, SITE)]
    assert [one is not None and one.has_ended for one in told] == [True, True, True]


def test_a_recorder_is_let_in_by_the_home_alone(spread_out: Centre, tmp_path) -> None:
    web = spread_out.web
    recording = msgspec.structs.replace(web.settings.recording, folder=tmp_path)
    settings = msgspec.structs.replace(web.settings, recording=recording)
    calendar = Calendar(settings, web.state, web.part(Changes), web.now)
    now = web.now()
    form = MeetingForm(
        "Giao ban", "p-chair", ("p-c",), now, now + timedelta(hours=1), is_recorded=True
    )
    meeting = calendar.create(form, actor="office")
    said = planned(web, settings)
    home, site = to_relay(said, HOME, meeting), to_relay(said, SITE, meeting)
    assert home is not None
    assert site is not None
    assert home.recording is not UNSET
    assert site.recording is UNSET


def hear(web: Web, states: dict[str, str]) -> None:
    """Write down what ingest judges of points, and that it listens."""
    now = web.now()
    with writing(web.series) as session:
        session.add(IngestSpan(began_at=now, alive_at=now))
        session.add_all(
            PresenceInterval(point_id=point, state=state, began_at=now, noticed_at=now)
            for point, state in states.items()
        )


def watch_of(web: Web, is_bus_connected: bool = True) -> RelayWatch:
    return RelayWatch(
        web.settings,
        web.state,
        web.series,
        web.part(Attendance),
        web.part(Changes),
        web.hub,
        lambda: is_bus_connected,
        web.now,
    )


def look(watch: RelayWatch, now_s: float) -> frozenset[RelayId]:
    outer = [one for one in listed(watch.settings) if one.home is not None]
    return watch.look(outer, now_s=now_s)


def test_points_of_a_relay_that_is_gone_are_told_the_home_until_it_has_been_back_for_long(
    spread_out: Centre,
) -> None:
    web = spread_out.web
    meeting = begun(web)
    hear(web, {"p-chair": "up", "p-b": "up", "p-c": "down"})
    attendance, watch = web.part(Attendance), watch_of(web)
    assert look(watch, 0.0) == frozenset()
    assert look(watch, 29.0) == frozenset()
    # Nobody of the third's site is heard: its line is down, and it goes on by itself.
    assert look(watch, 30.0) == {WORKER}
    said = planned(web)
    assert relay_of(said, "p-b")[0] == HOME
    assert relay_of(said, "p-c")[0] == SITE
    home = to_relay(said, HOME, meeting)
    assert home is not None
    assert home.outer == {WORKER: ("p-b",), SITE: ("p-c",)}, "it may come back at any time"
    attendance.set_online(WORKER, is_online=True)
    # A centre begun anew goes on where the other one was.
    later = watch_of(web)
    assert look(later, 100.0) == frozenset()
    assert look(later, 399.0) == frozenset()
    assert look(later, 400.0) == {WORKER}
    assert relay_of(planned(web), "p-b")[0] == WORKER
    attendance.set_online(WORKER, is_online=False)
    deaf = watch_of(web, is_bus_connected=False)
    assert look(deaf, 0.0) == look(deaf, 1000.0) == frozenset()


def events_of(web: Web) -> RelayEvents:
    return RelayEvents(
        web.state,
        frozenset((HOME, WORKER, SITE)),
        attendance=web.part(Attendance),
        changes=web.part(Changes),
        hub=web.hub,
        metrics=web.metrics,
        clock=web.part(WatchedClock),
    )


def state_of(
    meeting: Meeting,
    *attendees: Attendee,
    trunks: tuple[RelayId, ...] = (),
    lines: tuple[TrunkState, ...] = (),
) -> RelayState:
    now = meeting.begins_at
    one = MeetingState(
        MeetingId(meeting.meeting_id),
        True,
        FloorState(epoch=0),
        attendees=attendees,
        trunks=trunks,
        trunk_states=lines,
    )
    return RelayState(reported_at=now, meetings=(one,))


def attendee(meeting: Meeting, name: str) -> Attendee:
    return Attendee(
        subject=name,
        direction="publish",
        joined_at=meeting.begins_at,
        is_connected=True,
        participant_kind=ParticipantKind.POINT,
    )


async def test_api_and_page_say_which_line_between_two_relays_is_thin(spread_out: Centre) -> None:
    web, office = spread_out.web, await spread_out.sign_in()
    meeting = begun(web)
    events = events_of(web)

    async def say(relay: RelayId, line: TrunkState, *, trunks: tuple[RelayId, ...] = ()) -> None:
        said = state_of(meeting, trunks=trunks, lines=(line,))
        topic = topics.relay_state(relay)
        await events.handle(Received(topic.name, codec.encode(said), is_retained=False))

    await say(HOME, TrunkState(WORKER, "low", loss_ratio=0.03, rtt_ms=81.0), trunks=(WORKER,))
    await say(WORKER, TrunkState(HOME, "high", loss_ratio=0.01, rtt_ms=80.0))
    page = (await office.get(f"/meetings/{meeting.meeting_id}")).text.replace("\u00a0", " ")
    assert (
        "Đường truyền từ relay-1 đến relay-2 kém: 1 điểm cầu của relay-2 nhận được hình nhỏ "
        "(mất 3,0 %, 81 ms)." in page
    )
    assert "từ relay-2 đến relay-1" not in page
    found = (await office.get(f"/api/v1/meetings/{meeting.meeting_id}")).json()["attendance"]
    _, worker, site = found["relays"]
    assert worker["down"] == {"rung": "low", "loss_ratio": 0.03, "rtt_ms": 81.0}
    assert (worker["up"]["rung"], site["down"]) == ("high", None)
    await say(WORKER, TrunkState(HOME, "sound"))
    page = (await office.get(f"/meetings/{meeting.meeting_id}")).text
    assert "từ 1 điểm cầu ở relay-2, nơi khác nhận được tiếng, không có hình." in page
    await say(HOME, TrunkState(WORKER, "high"))  # without a trunk there is no line
    page = (await office.get(f"/meetings/{meeting.meeting_id}")).text
    assert "Đường truyền từ" not in page


async def test_api_and_page_show_one_meeting_and_the_relay_that_is_away(
    spread_out: Centre,
) -> None:
    web, office = spread_out.web, await spread_out.sign_in()
    meeting = begun(web)
    events = events_of(web)

    async def say(topic: Topic, message: Any) -> None:
        await events.handle(Received(topic.name, codec.encode(message), is_retained=False))

    at_home = attendee(meeting, "p-chair")
    await say(topics.relay_state(HOME), state_of(meeting, at_home))
    await say(topics.relay_state(WORKER), state_of(meeting, attendee(meeting, "p-b")))
    found = (await office.get(f"/api/v1/meetings/{meeting.meeting_id}")).json()["attendance"]
    assert sorted(one["subject"] for one in found["attendees"]) == ["p-b", "p-chair"]
    assert [(one["relay_id"], one["is_online"], one["point_count"]) for one in found["relays"]] == [
        (HOME, True, 1),
        (WORKER, True, 1),
        (SITE, False, 1),
    ]
    page = (await office.get(f"/meetings/{meeting.meeting_id}")).text
    assert "relay-2 không nối được với relay-1: 1 điểm cầu của nó chỉ thấy và nghe nhau" in page
    await say(topics.relay_state(HOME), state_of(meeting, at_home, trunks=(WORKER,)))
    page = (await office.get(f"/meetings/{meeting.meeting_id}")).text
    assert "2/3" in page
    assert page.count('data-testid="relay-note"') == 1
    assert "relay-3 không kết nối. 1 điểm cầu của nó tự nối lại; nếu quá 30 giây" in page
    await say(topics.relay_state(HOME), state_of(meeting, at_home, trunks=(WORKER, SITE)))
    page = (await office.get(f"/meetings/{meeting.meeting_id}")).text
    assert "relay-3 không báo về trung tâm nhưng vẫn nối với relay-1: cuộc họp vẫn tiếp tục" in page
    await say(topics.relay_state(HOME), state_of(meeting, at_home, trunks=(WORKER,)))
    with writing(web.state) as session:
        absence_queries.replace(session, {SITE}, now=web.now())
    page = (await office.get(f"/meetings/{meeting.meeting_id}")).text
    assert "1 điểm cầu của nó tạm dùng relay-1" in page
    token = await office.post(f"/api/v1/meetings/{meeting.meeting_id}/token", {"direction": "play"})
    assert token.json()["relay_url"] == "https://127.0.0.1:8444"


async def test_of_the_meeting_as_a_whole_the_home_alone_writes_the_log(
    spread_out: Centre,
) -> None:
    web = spread_out.web
    meeting = begun(web)
    events = events_of(web)
    writing_on = asyncio.create_task(events.run())
    for relay in (WORKER, HOME):
        kinds: tuple[Literal["forwarding_began", "joined"], ...] = ("forwarding_began", "joined")
        for seq, kind in enumerate(kinds, start=1):
            event = RelayEvent(
                started_at=web.now(),
                seq=seq,
                happened_at=web.now(),
                meeting_id=MeetingId(meeting.meeting_id),
                kind=kind,
                subject=f"at-{relay}",
            )
            name = topics.relay_event(relay).name
            await events.handle(Received(name, codec.encode(event), is_retained=False))

    def logged() -> list[tuple[str, str | None]]:
        with reading(web.state) as session:
            rows = event_queries.of_meeting(session, meeting.meeting_id)
            return [(one.kind, one.relay_id) for one in rows if one.relay_id]

    await until(lambda: len(logged()) >= 3)
    writing_on.cancel()
    await asyncio.wait({writing_on})
    assert sorted(logged()) == [
        ("forwarding_began", HOME),
        ("joined", HOME),
        ("joined", WORKER),
    ]


def test_each_relay_has_a_certificate_and_its_own_topics(installation: Installation) -> None:
    settings = msgspec.structs.replace(installation.settings, relays=RELAYS)
    authority = pki.load_authority(settings.pki_dir)
    made = ensure_services(settings, authority, now=datetime.now(UTC))
    assert {WORKER, SITE} <= set(made)
    listed_topics = broker_config.access_list(settings)
    assert f"user {SITE}\ntopic write dc/relay/{SITE}/" in listed_topics
