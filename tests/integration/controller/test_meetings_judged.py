"""Meetings that are over are judged, and anew when something else comes to be known of them."""

from datetime import datetime, timedelta

from controller import retention
from controller.db.engine import reading, writing
from controller.heard.service import CutCause, PointMeeting, minutes_of, point_meetings
from controller.heard.watch import FOLLOWED_FOR, HeardWatch
from controller.ingest.cause_tables import OutageVerdict
from controller.ingest.heard_minutes import Minutes, added
from controller.ingest.heard_table import HeardMinutesRow
from controller.ingest.tables import PresenceInterval
from controller.meetings.minutes.tables import MeetingMinutes
from controller.meetings.tables import Meeting, MeetingEvent
from controller.roles import Role
from controller.settings import RetentionSettings
from monitoring.judgement.uninterrupted import HeardVerdict, MinuteState
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.integration.controller.test_maintenance import declared

MINUTE = timedelta(minutes=1)
HELD = 20


def whole(now: datetime) -> datetime:
    """Return the minute that began last."""
    return now.replace(second=0, microsecond=0)


async def set_meeting(office: Person, centre: Centre) -> str:
    """Set a meeting of p-chair, p-b and p-c."""
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    assert made.status_code == 201
    return str(made.json()["meeting_id"])


def held(centre: Centre, meeting_id: str) -> datetime:
    """Let it have been on for twenty minutes and end now; return its first minute."""
    ended_at = whole(centre.time.now())
    began_at = ended_at - HELD * MINUTE
    with writing(centre.web.state) as session:
        meeting = session.get_one(Meeting, meeting_id)
        meeting.begins_at, meeting.ends_at = began_at, ended_at
        meeting.state, meeting.live_at, meeting.ended_at = "ended", began_at, ended_at
    centre.time.offset += 2 * MINUTE
    return began_at


def tells(
    centre: Centre, meeting_id: str, point_id: str, began_at: datetime, **lost_s: float
) -> None:
    """Let a room tell of all minutes; of some (m3=12.0) so many seconds were lost."""
    first = int(began_at.timestamp()) // 60
    minutes: Minutes = {
        first + n: (60_000 - int(1000 * lost_s.get(f"m{n}", 0.0)), 60_000) for n in range(HELD)
    }
    kept = added(None, minutes)
    assert kept is not None
    with writing(centre.web.series) as session:
        session.merge(
            HeardMinutesRow(
                meeting_id=meeting_id,
                point_id=point_id,
                begins_at=kept.begins_at,
                minutes=kept.text,
                changed_at=centre.time.now(),
            )
        )


def moves(centre: Centre, meeting_id: str, point_id: str, kind: str, at: datetime) -> None:
    """Let a relay's log say that it came, or went."""
    with writing(centre.web.state) as session:
        session.add(
            MeetingEvent(
                meeting_id=meeting_id, point_id=point_id, subject=point_id, kind=kind,
                direction="play", happened_at=at, recorded_at=at,
            )
        )  # fmt: skip


def out(centre: Centre, point_id: str, began_at: datetime, ended_at: datetime, why: str) -> None:
    """Let a point have been out, for a reason that was found."""
    with writing(centre.web.series) as session:
        session.add(
            PresenceInterval(
                point_id=point_id,
                state="down",
                began_at=began_at,
                noticed_at=began_at,
                ended_at=ended_at,
            )
        )
        session.add(
            OutageVerdict(
                point_id=point_id, outage_began_at=began_at, judged_at=ended_at,
                noticed_at=began_at, cause=why, is_certain=True, is_recorded=True, evidence="[]",
            )
        )  # fmt: skip


def watch(centre: Centre, *, allowed: int = 1) -> HeardWatch:
    """Return what judges, as after a start."""
    web, now, keep = centre.web, centre.time.now, RetentionSettings().meeting_log_age
    return HeardWatch(
        web.state, web.series, web.hub, now, allowed=allowed, doubt=lambda: None, keep=keep
    )


def said(centre: Centre, meeting_id: str) -> dict[str, PointMeeting]:
    """Return what is said of each point."""
    with reading(centre.web.state) as session:
        return {one.point_id: one for one in point_meetings(session, [meeting_id])}


async def test_who_heard_it_is_said_a_minute_after_it_is_over(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await set_meeting(office, centre)
    looks = watch(centre)
    assert looks.look() == [] == list(said(centre, meeting_id))
    began_at = held(centre, meeting_id)
    tells(centre, meeting_id, "p-chair", began_at)
    tells(centre, meeting_id, "p-b", began_at, m4=5.0, m5=60.0, m6=25.0, m12=2.0)
    out(centre, "p-b", began_at + 5 * MINUTE, began_at + 6 * MINUTE, "line")
    for point in ("p-chair", "p-b", "p-c"):
        moves(centre, meeting_id, point, "joined", began_at - MINUTE)
    assert looks.look() == [meeting_id]
    assert looks.look() == []
    found = said(centre, meeting_id)
    assert found["p-chair"] == PointMeeting(
        meeting_id, "p-chair", HELD, HELD, 0, HeardVerdict.UNINTERRUPTED, None
    )
    assert found["p-b"] == PointMeeting(
        meeting_id, "p-b", HELD, HELD - 3, 90, HeardVerdict.INTERRUPTED, CutCause.LINE
    )
    assert found["p-c"].verdict is HeardVerdict.UNKNOWN, "an agent that does not tell"
    assert (found["p-c"].good_minutes, found["p-c"].cause) == (0, None)
    with reading(centre.web.state) as session:
        strip = minutes_of(session, meeting_id, "p-b")
    assert strip is not None and strip.begins_at == began_at
    assert "".join(one.state.value for one in strip.minutes) == "GGGGBBB" + "G" * 13


async def test_what_comes_late_has_it_said_anew(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await set_meeting(office, centre)
    began_at = held(centre, meeting_id)
    moves(centre, meeting_id, "p-b", "joined", began_at - MINUTE)
    moves(centre, meeting_id, "p-b", "cut", began_at + 15 * MINUTE)
    looks = watch(centre)
    looks.look()
    assert said(centre, meeting_id)["p-b"].verdict is HeardVerdict.INTERRUPTED
    for age in (timedelta(minutes=20), FOLLOWED_FOR + timedelta(days=30)):
        centre.time.offset += age
        for one in (looks, watch(centre)):
            one.look()
        tells(centre, meeting_id, "p-b", began_at, m3=60.0 if age > FOLLOWED_FOR else 0.0)
        assert looks.look() == [meeting_id]
        assert said(centre, meeting_id)["p-b"].verdict is HeardVerdict.UNINTERRUPTED
    assert said(centre, meeting_id)["p-b"].good_minutes == HELD - 1


async def test_another_allowance_counts_for_what_was_judged_but_not_for_locked_minutes(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await set_meeting(office, centre)
    began_at = held(centre, meeting_id)
    tells(centre, meeting_id, "p-b", began_at, m4=5.0, m5=60.0, m6=25.0)
    assert watch(centre).look() == [meeting_id]
    assert said(centre, meeting_id)["p-b"].verdict is HeardVerdict.INTERRUPTED
    kinder = watch(centre, allowed=3)
    assert kinder.look() == [meeting_id]
    assert kinder.look() == []
    assert said(centre, meeting_id)["p-b"].verdict is HeardVerdict.UNINTERRUPTED
    page = f"/meetings/{meeting_id}/heard"
    assert "tối đa 3 phút" in (await office.get(page)).text
    with writing(centre.web.state) as session:
        session.add(MeetingMinutes(meeting_id=meeting_id, locked_at=centre.time.now()))
    strict = watch(centre)
    assert strict.look() == []
    tells(centre, meeting_id, "p-c", began_at)
    assert strict.look() == [meeting_id], "what comes late counts for it, by its own rule"
    assert said(centre, meeting_id)["p-b"].verdict is HeardVerdict.UNINTERRUPTED
    assert "tối đa 3 phút" in (await office.get(page)).text


async def test_what_was_said_leaves_and_is_not_said_again(sqlite_centre: Centre) -> None:
    centre, office = sqlite_centre, await sqlite_centre.sign_in()
    meeting_id = await set_meeting(office, centre)
    began_at, looks, keep = held(centre, meeting_id), watch(centre), RetentionSettings()
    assert looks.look() == [meeting_id]
    centre.time.offset += keep.meeting_log_age - timedelta(days=1)
    await retention.prune(keep, centre.web.state, now=centre.time.now())
    assert "p-b" in said(centre, meeting_id)
    centre.time.offset += timedelta(days=2)
    await retention.prune(keep, centre.web.state, now=centre.time.now())
    assert said(centre, meeting_id) == {}
    tells(centre, meeting_id, "p-b", began_at)
    assert looks.look() == []


async def test_only_what_was_declared_ahead_or_has_a_reason_is_excluded(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await set_meeting(office, centre)
    await declared(office, maintenance(centre, "p-b"))
    centre.time.offset += HELD * MINUTE + 5 * MINUTE
    began_at = held(centre, meeting_id)
    await declared(office, maintenance(centre, "p-c", -25 * MINUTE))  # afterwards
    moves(centre, meeting_id, "p-chair", "joined", began_at)
    looks = watch(centre)
    looks.look()
    found = said(centre, meeting_id)
    assert (found["p-b"].verdict, found["p-b"].cause) == (HeardVerdict.EXCLUDED, CutCause.PLANNED)
    assert (found["p-c"].verdict, found["p-c"].longest_cut_s) == (
        HeardVerdict.INTERRUPTED,
        60 * HELD,
    )
    path = f"/api/v1/meetings/{meeting_id}/roll-call"
    mark = {"subject": "p-c", "state": "absent", "detail": "họp Hội đồng <b>"}
    assert (await office.put(path, {"marks": [mark]})).status_code == 204
    assert looks.look() == [meeting_id]
    assert said(centre, meeting_id)["p-c"].cause is CutCause.ABSENT
    with reading(centre.web.state) as session:
        strip = minutes_of(session, meeting_id, "p-b")
    assert strip is not None
    assert {one.state for one in strip.minutes} == {MinuteState.EXCUSED}


async def test_what_all_lose_at_once_is_the_centres(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await set_meeting(office, centre)
    began_at = held(centre, meeting_id)
    for point in ("p-chair", "p-b", "p-c"):
        tells(centre, meeting_id, point, began_at, m7=30.0, m8=40.0)
    out(centre, "p-c", began_at + 7 * MINUTE, began_at + 8 * MINUTE, "power")
    watch(centre).look()
    causes = {name: one.cause for name, one in said(centre, meeting_id).items()}
    assert causes == {
        "p-chair": CutCause.CENTRE,
        "p-b": CutCause.CENTRE,
        "p-c": CutCause.POWER,
    }


async def test_a_cancelled_meeting_and_one_in_person_are_not_judged(centre: Centre) -> None:
    office = await centre.sign_in(Role.OFFICE)
    for change in ({"state": "cancelled"}, {"held_as": "in_person"}):
        meeting_id = await set_meeting(office, centre)
        held(centre, meeting_id)
        with writing(centre.web.state) as session:
            meeting = session.get_one(Meeting, meeting_id)
            for name, value in change.items():
                setattr(meeting, name, value)
        watch(centre).look()
        assert said(centre, meeting_id) == {}


def maintenance(centre: Centre, point_id: str, begins: timedelta = timedelta()) -> dict[str, str]:
    """Return what declares maintenance of two hours."""
    begins_at = centre.time.now() + begins
    return {
        "scope": "point",
        "subject_id": point_id,
        "begins_at": begins_at.isoformat(),
        "ends_at": (begins_at + timedelta(hours=2)).isoformat(),
        "reason": "Thay bộ lưu điện",
    }
