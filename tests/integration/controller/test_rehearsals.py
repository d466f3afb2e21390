"""A meeting is rehearsed: made when due or asked for, told, judged, shown, and never twice."""

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest
from msgspec.structs import replace
from sqlmodel import col, select

from agent.point.schedule import Idle
from agent.room.rehearsal.turn import KnownRehearsal, Meetings, turn_of
from contracts import codec, topics
from contracts.desired import RelayMeeting
from contracts.ids import MeetingId, PointId, RelayId
from contracts.rehearsal import CheckFound, Rehearsal, RehearsalBody, RehearsalCheck, RehearsedLine
from contracts.reports import ClockState, Report
from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.dispatch.changes import Pending
from controller.dispatch.planning import MeetingPlanner
from controller.errors import Conflict
from controller.incidents.incident_queries import points_of
from controller.incidents.tables import IncidentRow
from controller.incidents.watch import IncidentWatch
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.store import SeriesStore
from controller.ingest.tables import PresenceInterval
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import MeetingPhase, Move
from controller.meetings.tables import Meeting
from controller.places.tables import Point
from controller.rehearsals import service as rehearsals
from controller.rehearsals.service import RehearsalDesk, Which
from controller.rehearsals.tables import RehearsalResult, RehearsalRun
from controller.rehearsals.turns import BEGINS_WITHIN, LEAD
from controller.roles import Role
from media.relay import meeting_hours
from tests.integration.controller.centre import Centre, Person, meeting_body

POINTS = ("p-chair", "p-b", "p-c")
HOUR = timedelta(hours=1)


def heard(centre: Centre, *points: str) -> None:
    """Have points reporting, which the centre hears."""
    now = centre.web.now()
    store = SeriesStore(centre.web.series)
    store.begin_span(now - HOUR)
    store.keep_span(now + timedelta(days=3))
    with writing(centre.web.series) as session:
        for one in points:
            session.add(
                PresenceInterval(point_id=one, state="up", began_at=now - HOUR, noticed_at=now)
            )


def said(
    centre: Centre,
    point_id: str,
    rehearsal_id: str,
    *,
    seq: int = 1,
    outcome: str = "done",
    microphone: CheckFound = "passed",
) -> None:
    """Have ingest keep what a point said of its rehearsal."""
    whats = ("camera", "loudspeaker", "line")
    body = RehearsalBody(
        rehearsal_id=rehearsal_id,
        outcome=outcome,  # type: ignore[arg-type]
        checks=(
            *(RehearsalCheck(what=one, found="passed") for one in whats),  # type: ignore[arg-type]
            RehearsalCheck(
                what="microphone",
                found=microphone,
                cause="silent" if microphone != "passed" else "",
            ),
        ),
        line=RehearsedLine(loss_ratio=0.004, rtt_ms=21.0, jitter_ms=3.0),
    )
    at = centre.web.now()
    report = Report(
        outbox_id=f"outbox-of-{point_id}", seq=seq, measured_at=at, boot_id="ab" * 16,
        monotonic_ms=seq, clock=ClockState(source="ntp", error_ms=1.0), body=body,
    )  # fmt: skip
    name = OutboxName(PointId(point_id), report.outbox_id)
    payload = codec.encode(report)
    SeriesStore(centre.web.series).commit([Arrival(name, report, payload, at=at, received_at=at)])


async def booked(centre: Centre, ahead: timedelta) -> tuple[Person, str]:
    """Return the office and a meeting that begins so long from now."""
    office = await centre.sign_in(Role.OFFICE)
    begins_at = centre.web.now() + ahead
    body = meeting_body(
        centre.time, begins_at=begins_at.isoformat(), ends_at=(begins_at + HOUR).isoformat()
    )
    answer = await office.post("/api/v1/meetings", body)
    assert answer.status_code == 201, answer.text
    return office, answer.json()["meeting_id"]


def results(centre: Centre) -> dict[str, RehearsalResult]:
    with reading(centre.web.state) as session:
        return {row.point_id: row for row in session.exec(select(RehearsalResult))}


def told(centre: Centre) -> dict[str, Rehearsal]:
    with reading(centre.web.state) as session:
        return rehearsals.to_points(session, centre.web.settings, POINTS, centre.web.now())


def echoes(centre: Centre) -> list[RelayMeeting]:
    planner, now = MeetingPlanner(centre.web.settings), centre.web.now()
    pending: Pending[MeetingId] = Pending(is_all=True)
    with reading(centre.web.state) as session:
        wanted = planner.plan(session, pending, now=now, until=now)
    documents = (one.document for one in wanted)
    return [one for one in documents if isinstance(one, RelayMeeting) and one.is_echo is True]


def pass_by(centre: Centre, span: timedelta) -> None:
    centre.time.offset += span


async def test_an_hour_before_a_meeting_its_points_are_told_and_judged_once(
    centre: Centre,
) -> None:
    heard(centre, *POINTS)
    office, meeting_id = await booked(centre, timedelta(hours=3))
    desk = centre.web.part(RehearsalDesk)
    assert desk.look().meetings == set()
    pass_by(centre, timedelta(hours=2, seconds=1))
    assert desk.look(may_begin=False).meetings == set()  # by a clock that is in doubt
    looked = desk.look()
    assert looked.meetings == {meeting_id}
    assert looked.points == {"p-b", "p-c", "p-chair"}
    assert desk.look().meetings == set()
    documents = told(centre)
    first = documents["p-chair"]
    assert first.begins_at is not None and first.expires_at is not None
    assert first.begins_at - centre.web.now() > timedelta(seconds=60)
    assert first.expires_at - first.begins_at == BEGINS_WITHIN
    assert first.title == "Giao ban tháng 11"
    assert first.relay is not None and first.relay.relay_id == "relay-1"
    (echo,) = echoes(centre)
    assert echo.meeting_id == first.meeting_id == topics_meeting(echo)
    assert set(echo.invited) == set(POINTS)
    assert not echo.has_ended
    pass_by(centre, LEAD + timedelta(seconds=30))
    for point_id in POINTS:
        found: CheckFound = "failed" if point_id == "p-b" else "passed"
        document = documents[point_id]
        assert document.rehearsal_id is not None
        said(centre, point_id, document.rehearsal_id, microphone=found)
    said(centre, "p-c", documents["p-b"].rehearsal_id or "", seq=2)  # of another: counts nothing
    assert desk.look(may_begin=False).meetings == {meeting_id}
    rows = results(centre)
    assert [rows[one].verdict for one in POINTS] == ["ready", "not_ready", "ready"]
    assert (rows["p-b"].cause, rows["p-b"].loss_ratio) == ("silent", 0.004)
    assert echoes(centre)[0].has_ended
    page = (await office.get(f"/meetings/{meeting_id}/rehearsals")).text
    assert "Gần sẵn sàng" not in page  # 2 of 3 is less than 90 %
    assert "Bật công tắc" in page
    point = (await office.get("/points/p-b")).text
    assert "Chưa sẵn sàng" in point
    api = (await office.get(f"/api/v1/meetings/{meeting_id}/rehearsals")).json()
    assert [one["verdict"] for one in api["points"]] == ["ready", "not_ready", "ready"]
    assert api["runs"][0]["moment"] == "hour"


def topics_meeting(echo: RelayMeeting) -> str:
    """Return by what id the echo's topic names it."""
    topic = topics.relay_meeting(RelayId("relay-1"), echo.meeting_id)
    return topic.name.rsplit("/", 1)[1]


async def test_who_says_nothing_has_no_result_and_who_is_not_heard_is_not_ready(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    heard(centre, "p-chair", "p-b")
    office, meeting_id = await booked(centre, timedelta(minutes=59))
    desk = centre.web.part(RehearsalDesk)
    assert (await asked(office, meeting_id)).json() == {"points": 3}
    pass_by(centre, timedelta(minutes=4))
    desk.look()
    rows = results(centre)
    assert (rows["p-b"].verdict, rows["p-b"].cause) == ("no_result", "nothing_said")
    assert (rows["p-c"].verdict, rows["p-c"].cause) == ("not_ready", "unheard")
    # It was only late, by its line.
    said(centre, "p-b", rows["p-b"].rehearsal_id)
    desk.look()
    assert results(centre)["p-b"].verdict == "ready"
    again = await asked(office, meeting_id, "not_ready")
    assert again.json() == {"points": 2}


async def asked(office: Person, meeting_id: str, which: str = "all") -> httpx.Response:
    return await office.post(f"/api/v1/meetings/{meeting_id}/rehearsals", {"which": which})


async def test_one_request_at_a_time_and_each_is_in_the_audit_log(centre: Centre) -> None:
    heard(centre, *POINTS)
    office, meeting_id = await booked(centre, timedelta(minutes=59))
    desk = centre.web.part(RehearsalDesk)
    other = RehearsalDesk(desk.settings, desk.state, desk.series, desk.changes, desk.now)

    def ask(one: RehearsalDesk) -> str:
        try:
            return str(one.ask(meeting_id, Which.ALL, actor="nga"))
        except Conflict as exc:
            return exc.code

    came = await asyncio.gather(asyncio.to_thread(ask, desk), asyncio.to_thread(ask, other))
    assert sorted(came) == ["3", "rehearsal_running"]
    with reading(centre.web.state) as session:
        assert len(session.exec(select(RehearsalRun)).all()) == 1
        assert len(session.exec(select(RehearsalResult)).all()) == 3
    assert (await asked(office, meeting_id)).status_code == 409
    pass_by(centre, timedelta(minutes=4))
    desk.look()
    assert (await asked(office, meeting_id)).status_code == 202
    with reading(centre.web.state) as session:
        actions = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.entry_id))).all()
    assert actions.count("ask_rehearsal") == 1


async def test_a_point_in_another_meeting_is_left_and_that_is_said(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    heard(centre, *POINTS)
    office, _ = await booked(centre, timedelta(minutes=1))
    body = meeting_body(centre.time, point_ids=["p-b", "p-c"], title="Họp sau")
    later = (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
    assert (await asked(office, later)).status_code == 202
    rows = results(centre)
    assert {(one.verdict, one.cause) for one in rows.values()} == {("no_result", "in_meeting")}
    assert told(centre) == {}
    page = (await office.get(f"/meetings/{later}/rehearsals")).text
    assert "đang dự một cuộc họp khác" in page


async def test_a_meeting_that_is_cancelled_calls_its_rehearsal_off(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    heard(centre, *POINTS)
    office, meeting_id = await booked(centre, timedelta(minutes=59))
    assert (await asked(office, meeting_id)).status_code == 202
    assert all(one.rehearsal_id for one in told(centre).values())
    assert (await office.post(f"/api/v1/meetings/{meeting_id}/cancel")).status_code == 200
    looked = centre.web.part(RehearsalDesk).look()
    assert looked.points == set(POINTS)
    assert {one.rehearsal_id for one in told(centre).values()} == {None}
    assert echoes(centre)[0].has_ended
    assert (await asked(office, meeting_id)).status_code == 409


async def test_a_charged_line_is_rehearsed_an_hour_before_and_on_request_alone(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    heard(centre, *POINTS)
    with writing(centre.web.state) as session:
        row = session.get_one(Point, "p-b")
        row.is_metered = True
        session.add(row)
    await booked(centre, timedelta(hours=30))
    desk = centre.web.part(RehearsalDesk)
    pass_by(centre, timedelta(hours=6, seconds=1))
    desk.look()
    assert set(results(centre)) == {"p-chair", "p-c"}
    pass_by(centre, timedelta(hours=23))
    desk.look()
    with reading(centre.web.state) as session:
        moments = session.exec(select(RehearsalRun.moment)).all()
        metered = session.exec(select(RehearsalResult).where(RehearsalResult.point_id == "p-b"))
        assert len(metered.all()) == 1
    assert sorted(moments) == ["day", "hour"]


async def test_turns_that_nobody_was_told_of_in_time_are_given_anew(sqlite_centre: Centre) -> None:
    """The centre was away just then: the first turns begin a little after it is back."""
    centre = sqlite_centre
    heard(centre, *POINTS)
    _, meeting_id = await booked(centre, timedelta(minutes=59))
    desk = centre.web.part(RehearsalDesk)
    one_at_once = replace(desk.settings.rehearsals, at_once=1)
    slow = RehearsalDesk(
        replace(desk.settings, rehearsals=one_at_once),
        desk.state, desk.series, desk.changes, desk.now,
    )  # fmt: skip
    assert slow.ask(meeting_id, Which.ALL, actor="nga") == 3
    before = results(centre)
    untold = [one for one in before.values() if one.told_at is None]
    assert len(untold) == 2
    pass_by(centre, timedelta(minutes=3))
    slow.look()
    now = centre.web.now()
    for one in untold:
        begins_at = results(centre)[one.point_id].begins_at
        assert begins_at is not None and begins_at >= now + timedelta(seconds=60)


async def test_hostile_titles_and_ids_are_shown_as_text(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    office = await centre.sign_in(Role.OFFICE)
    title = "<script>alert(1)</script>{{7*7}}'\""
    body = meeting_body(centre.time, title=title)
    meeting_id = (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
    page = (await office.get(f"/meetings/{meeting_id}/rehearsals", show="<b>")).text
    assert "<script>alert" not in page
    assert (await office.get("/meetings/khong-co/rehearsals")).status_code == 404
    data = {"csrf_token": office.csrf_token, "which": "everything"}
    answer = await office.client.post(f"/meetings/{meeting_id}/rehearsals", data=data)
    assert answer.status_code == 400
    assert (await asked(office, "khong-co")).status_code == 404


@pytest.mark.parametrize("minutes", [6, 3])
async def test_just_before_a_meeting_nothing_is_rehearsed(
    sqlite_centre: Centre, minutes: int
) -> None:
    heard(sqlite_centre, *POINTS)
    office, meeting_id = await booked(sqlite_centre, timedelta(minutes=minutes))
    refused = await asked(office, meeting_id)
    assert refused.status_code == 409
    assert "rehearsal_too_late" in refused.text


async def test_who_only_looks_may_not_ask(sqlite_centre: Centre) -> None:
    _, meeting_id = await booked(sqlite_centre, HOUR)
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    assert (await asked(viewer, meeting_id)).status_code == 403
    assert (await viewer.get(f"/meetings/{meeting_id}/rehearsals")).status_code == 200


async def test_old_ones_leave(centre: Centre) -> None:
    heard(centre, *POINTS)
    office, meeting_id = await booked(centre, HOUR)
    assert (await asked(office, meeting_id)).status_code == 202

    def forget(limit: datetime) -> int:
        with writing(centre.web.state) as session:
            return rehearsals.forget(session, limit, count=500)

    assert forget(centre.web.now() - HOUR) == 0
    assert forget(centre.web.now() + HOUR) == 1
    assert results(centre) == {}


def rehearsed(centre: Centre, *, failing: str = "", seq: int) -> None:
    """Let the turns that are told be taken, and what came of them be judged."""
    desk = centre.web.part(RehearsalDesk)
    desk.look()
    waiting = {one.point_id: one for one in results_waiting(centre)}
    pass_by(centre, LEAD + timedelta(seconds=30))
    for point_id, row in waiting.items():
        found: CheckFound = "failed" if point_id == failing else "passed"
        said(centre, point_id, row.rehearsal_id, seq=seq, microphone=found)
    desk.look()


def results_waiting(centre: Centre) -> list[RehearsalResult]:
    with reading(centre.web.state) as session:
        query = select(RehearsalResult).where(RehearsalResult.verdict == "")
        return list(session.exec(query))


def missed(centre: Centre) -> list[tuple[str, str, list[str]]]:
    """Return the incidents of points that are not ready: their endings and points."""
    with reading(centre.web.state) as session:
        return [
            (row.key, row.ending, [one.point_id for one in points_of(session, row.number or 0)])
            for row in session.exec(select(IncidentRow).order_by(col(IncidentRow.number)))
        ]


async def test_who_is_not_ready_is_told_once_a_meeting_until_all_are(centre: Centre) -> None:
    heard(centre, *POINTS)
    office, meeting_id = await booked(centre, timedelta(hours=2))
    web = centre.web
    pass_by(centre, timedelta(hours=1, seconds=1))
    rehearsed(centre, failing="p-b", seq=1)
    assert missed(centre) == [("not_ready", "", ["p-b"])]
    # What reports say neither begins nor ends it.
    watch = IncidentWatch(web.state, web.series, web.hub, web.now, "https://centre.test")
    watch.look(now_s=0.0)
    assert missed(centre) == [("not_ready", "", ["p-b"])]
    page = (await office.get("/incidents/1")).text
    assert "Xã B: chưa sẵn sàng cho cuộc họp" in page
    assert f"/meetings/{meeting_id}/rehearsals" in page
    pass_by(centre, timedelta(minutes=44))
    rehearsed(centre, failing="p-c", seq=2)
    assert missed(centre) == [("not_ready", "", ["p-c"])]
    assert (await asked(office, meeting_id, "not_ready")).json() == {"points": 1}
    rehearsed(centre, seq=3)
    assert missed(centre) == [("not_ready", "recovered", ["p-c"])]


async def test_a_meeting_that_begins_ends_what_was_told_of_it(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    heard(centre, *POINTS)
    _, meeting_id = await booked(centre, timedelta(hours=2))
    pass_by(centre, timedelta(hours=1, seconds=1))
    rehearsed(centre, failing="p-b", seq=1)
    assert [one[1] for one in missed(centre)] == [""]
    pass_by(centre, HOUR)
    lifecycle, now = centre.web.part(Lifecycle), centre.web.now()
    lifecycle.move_by_clock(meeting_id, MeetingPhase.SCHEDULED, Move.BEGIN, at=now)
    centre.web.part(RehearsalDesk).look()
    assert [one[1] for one in missed(centre)] == ["recovered"]


async def test_of_a_meeting_that_is_moved_people_are_told_anew(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    heard(centre, *POINTS)
    _, meeting_id = await booked(centre, timedelta(hours=2))
    pass_by(centre, timedelta(hours=1, seconds=1))
    rehearsed(centre, failing="p-b", seq=1)
    assert missed(centre) == [("not_ready", "", ["p-b"])]
    with writing(centre.web.state) as session:
        meeting = session.get_one(Meeting, meeting_id)
        meeting.begins_at += timedelta(days=1)
        meeting.ends_at += timedelta(days=1)
    centre.web.part(RehearsalDesk).look()
    assert missed(centre) == [("not_ready", "recovered", ["p-b"])]
    pass_by(centre, timedelta(days=1))
    rehearsed(centre, failing="p-b", seq=2)
    assert missed(centre) == [("not_ready", "recovered", ["p-b"]), ("not_ready", "", ["p-b"])]


async def test_a_room_and_a_relay_do_as_they_are_told(sqlite_centre: Centre) -> None:
    """By their own rules, of what the centre says, as it stands on the wire."""
    centre = sqlite_centre
    heard(centre, *POINTS)
    office, meeting_id = await booked(centre, timedelta(minutes=59))
    assert (await asked(office, meeting_id)).status_code == 202
    document = codec.decode(Rehearsal, codec.encode(told(centre)["p-b"]))
    echo = codec.decode(RelayMeeting, codec.encode(echoes(centre)[0]))
    clock, free = ClockState(source="ntp", error_ms=1.0), Meetings(Idle(None))
    begins_at, now = document.begins_at, centre.web.now()
    assert begins_at is not None

    def step(at: datetime, announced_at: datetime | None = None) -> str:
        known = KnownRehearsal(announced_at=announced_at)
        return turn_of(document, known, free, now=at, clock=clock).step

    announced_at = begins_at - timedelta(seconds=60)
    assert step(now) == "rest"
    assert step(announced_at) == "announce"
    assert step(begins_at, announced_at) == "run"
    assert step(begins_at + BEGINS_WITHIN, announced_at) == "answer"
    assert meeting_hours.has_begun(echo, now=begins_at, doubt=None)
    assert not meeting_hours.is_over(echo, now=begins_at + timedelta(minutes=1), doubt=None)
    pass_by(centre, timedelta(minutes=4))
    centre.web.part(RehearsalDesk).look()
    assert meeting_hours.is_over(echoes(centre)[0], now=centre.web.now(), doubt=None)
