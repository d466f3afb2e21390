"""The real web process on a wrong clock: no meeting ends or begins, no schedule is emptied."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts import codec, topics
from contracts.centre import ChangeNotice
from contracts.desired import Schedule
from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId, RelayId
from contracts.relay import MeetingState, RelayState
from controller.clock import WatchedClock
from controller.db.engine import open_engine, reading, writing
from controller.dispatch.changes import Pending
from controller.dispatch.documents import HORIZON, told_until
from controller.dispatch.planning import PointPlanner
from controller.ingest.store import SeriesStore
from controller.meetings import meeting_queries
from controller.meetings.attendance import Attendance
from controller.meetings.calendar import Calendar, MeetingForm
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import MeetingPhase, Move
from controller.meetings.scheduler import Scheduler
from runtime.clock_trust import Doubt
from runtime.kernel_clock import read_kernel_time
from tests.fakes.wrong_clock import needs_faketime, wrong_clock
from tests.integration.controller.broker import client, generated_broker
from tests.integration.controller.centre import (
    Centre,
    Installation,
    meeting_body,
    serving,
    web_process,
)
from tests.waiting import until

HOUR = timedelta(hours=1)
# Years away no certificate of the broker is good: there the data that are stored tell.
DOUBTS = {
    "+7h": Doubt.AHEAD.value,
    "-7h": Doubt.BEHIND.value,
    "+4200d": Doubt.AHEAD.value,
    "-2200d": Doubt.BEHIND.value,
}


def meetings(centre: Centre) -> tuple[str, str]:
    """Make one for this afternoon and one that is on, which ends in an hour."""
    calendar, now = centre.web.part(Calendar), centre.time.now()
    later, on = (
        calendar.create(
            MeetingForm("Giao ban", "p-chair", ("p-b",), begins_at, begins_at + 2 * HOUR),
            actor="office",
        ).meeting_id
        for begins_at in (now + 2 * HOUR, now - HOUR)
    )
    with writing(centre.web.state) as session:
        assert meeting_queries.claim_move(
            session, MeetingId(on), MeetingPhase.SCHEDULED, Move.BEGIN, now=now
        )
    return later, on


def phases(installation: Installation, *meeting_ids: str) -> list[str]:
    engine = open_engine(installation.settings.state_database_url)
    with reading(engine) as session:
        found = [meeting_queries.get(session, one) for one in meeting_ids]
    engine.dispose()
    return [one.state for one in found if one is not None]


@needs_faketime
@pytest.mark.parametrize("offset", DOUBTS)
async def test_points_contradict_it_and_nothing_irrevocable_happens(
    installed: Installation, offset: str
) -> None:
    if read_kernel_time().is_synchronised:
        pytest.skip("not checked: the kernel vouches for the clock that the process does not see")
    async with serving(installed) as centre:
        later, on = meetings(centre)
        SeriesStore(centre.web.series).begin_span(centre.time.now())
    async with (
        generated_broker(installed) as broker,
        client(broker.bus_settings("centre-ingest"), "dc/#") as heard,
        web_process(installed, wrong_clock(offset)) as process,
    ):

        async def is_doubted() -> bool:
            now = datetime.now(UTC)
            for point in ("p-chair", "p-b", "p-c"):
                notice = ChangeNotice(
                    kind="report",
                    point_id=PointId(point),
                    measured_at=now,
                    committed_at=now,
                    witnessed_at=now,
                )
                await heard.bus.publish(topics.change(), notice)
            return DOUBTS[offset] in process.log

        await until(is_doubted, what="the clock is doubted", timeout_s=30)
        topic = topics.desired(PointId("p-b"), "schedule").name
        said = [one.payload for one in heard.received if one.topic == topic and one.payload]
        told = [{m.meeting_id for m in codec.decode(Schedule, one).meetings} for one in said]
    assert phases(installed, later, on) == ["scheduled", "live"]
    assert all(one == {later, on} for one in told)


async def test_what_is_due_happens_once_the_clock_is_believed(centre: Centre) -> None:
    later, on = meetings(centre)
    shown = centre.time.now() + 9 * HOUR
    is_synchronised = [False]
    clock = WatchedClock(wall=lambda: shown, is_synchronised=lambda: is_synchronised[0])
    scheduler = Scheduler(centre.web.part(Lifecycle), clock)
    scheduler.turn()

    def now_are() -> list[str]:
        with reading(centre.web.state) as session:
            found = [meeting_queries.get(session, one) for one in (later, on)]
        return [one.state for one in found if one is not None]

    assert now_are() == ["scheduled", "live"]
    for point in ("p-chair", "p-b", "p-c"):
        clock.witnessed(PointId(point), shown)
    scheduler.turn()
    assert now_are() == ["live", "ended"]


async def test_a_person_ends_a_meeting_that_a_doubted_clock_has_not_begun(centre: Centre) -> None:
    office, now = await centre.sign_in(), centre.time.now()
    due, later = [
        (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
        for body in (
            meeting_body(centre.time, begins_at=(now - HOUR).isoformat()),
            meeting_body(centre.time, begins_at=(now + HOUR).isoformat(), point_ids=["p-c"]),
        )
    ]
    doubted = WatchedClock(wall=centre.time.now, is_synchronised=lambda: False)
    Scheduler(centre.web.part(Lifecycle), doubted).turn()
    assert "end-open" in (await office.get(f"/meetings/{due}")).text
    assert "end-open" not in (await office.get(f"/meetings/{later}")).text
    ended = await office.post(f"/api/v1/meetings/{due}/end")
    assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    log = (await office.get(f"/api/v1/meetings/{due}/events")).json()
    told = [(one["kind"], one["actor"]) for one in log if one["kind"] != "meeting_scheduled"]
    assert told == [("meeting_began", ""), ("meeting_ended", "office")]
    assert (await office.post(f"/api/v1/meetings/{later}/end")).status_code == 409


@pytest.mark.parametrize("begins_in", [-HOUR, HOUR])  # our own clock may be behind the relay's
async def test_the_office_leads_what_is_forwarded_though_a_doubted_clock_has_not_begun_it(
    centre: Centre, begins_in: timedelta
) -> None:
    office, now = await centre.sign_in(), centre.time.now()
    body = meeting_body(centre.time, begins_at=(now + begins_in).isoformat())
    meeting_id = (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
    page = f"/meetings/{meeting_id}"
    assert "floor-actions" not in (await office.get(page)).text
    forwarded = MeetingState(
        meeting_id=MeetingId(meeting_id), is_forwarding=True, floor=FloorState(epoch=0)
    )
    said = RelayState(reported_at=now, meetings=(forwarded,))
    centre.web.part(Attendance).note_state(RelayId("relay-1"), said)
    text = (await office.get(page)).text
    assert all(part in text for part in ("floor-actions", "mute-all", "Đang họp"))
    assert "no-pictures" not in text


# A clock that is a year back has it far beyond every list.
@pytest.mark.parametrize("begins_in", [-HOUR, HOUR, timedelta(days=300)])
async def test_what_is_forwarded_is_on_wherever_meetings_are_listed(
    sqlite_centre: Centre, begins_in: timedelta
) -> None:
    centre = sqlite_centre
    office, now = await centre.sign_in(), centre.time.now()
    begins_at = now + begins_in
    body = meeting_body(
        centre.time,
        begins_at=begins_at.isoformat(),
        ends_at=(begins_at + 2 * HOUR).isoformat(),
    )
    meeting_id = (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
    before = {path: (await office.get(path)).text for path in ("/", "/meetings", "/wall")}
    forwarded = MeetingState(
        meeting_id=MeetingId(meeting_id), is_forwarding=True, floor=FloorState(epoch=0)
    )
    said = RelayState(reported_at=now, meetings=(forwarded,))
    centre.web.part(Attendance).note_state(RelayId("relay-1"), said)
    for path, badge in (("/", "Đang họp"), ("/meetings", "Đang họp"), ("/wall", "đang họp, đến")):
        text = (await office.get(path)).text
        assert text.count(badge) > before[path].count(badge), path
    assert (await office.get("/meetings")).text.count(f'data-testid="meeting-{meeting_id}"') == 1


async def test_no_schedule_is_emptied_by_a_clock_in_doubt(centre: Centre) -> None:
    later, on = meetings(centre)
    planner = PointPlanner(centre.web.settings, bytes(32))
    now, past = centre.time.now(), datetime(2020, 1, 1, tzinfo=UTC)

    def told(until_at: datetime) -> set[str]:
        with reading(centre.web.state) as session:
            wanted = planner.plan(session, Pending({PointId("p-b")}), now=now, until=until_at)
        [schedule] = [one.document for one in wanted if isinstance(one.document, Schedule)]
        return {one.meeting_id for one in schedule.meetings}

    assert told(past + HORIZON) == set()
    assert told(told_until(past, is_doubted=True)) == {later, on}
    assert told(told_until(now, is_doubted=False)) == {later, on}


async def test_the_overview_says_that_the_clock_is_not_believed_and_what_to_do(
    centre: Centre,
) -> None:
    viewer = await centre.sign_in()
    assert "timedatectl" not in (await viewer.get("/")).text
    clock = centre.web.part(WatchedClock)
    for point in ("p-chair", "p-b", "p-c"):
        clock.witnessed(PointId(point), centre.time.now() - 7 * HOUR)
    page = (await viewer.get("/")).text
    assert "Đồng hồ máy trung tâm nhanh hơn đồng hồ các điểm cầu." in page
    assert "timedatectl" in page
