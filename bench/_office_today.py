"""What is on in the office today: a meeting of all points, one to come, what is prepared."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Engine, insert
from sqlmodel import SQLModel

from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState, RelayState
from controller.db.engine import writing
from controller.incidents.duty.tables import DutyPerson
from controller.ingest.call_tables import TABLE as CALL_MINUTE
from controller.ingest.tables import Health1H, PresenceInterval
from controller.meetings.attendance import Attendance
from controller.meetings.guests.tables import GuestLink
from controller.meetings.invited.tables import MeetingInvitation, MeetingInvitee
from controller.meetings.minutes.tables import MeetingMinutes
from controller.meetings.prepared.tables import (
    MeetingTemplate,
    MeetingTemplateGroup,
    PointGroup,
    PointGroupMember,
)
from controller.meetings.tables import (
    Meeting,
    MeetingAgendaItem,
    MeetingEvent,
    MeetingFloor,
    MeetingParticipant,
    MeetingSeries,
    SpeechRequest,
)
from controller.rehearsals.tables import RehearsalResult, RehearsalRun
from controller.wall.tables import WallScreen
from monitoring import histogram
from tests.browser.pages import seed, seed_lines
from tests.integration.controller.province_year import LONG

Rows = dict[type[SQLModel], list[dict[str, Any]]]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LIVE, COMING, IN_PERSON, SERIES = "now-live", "to-come", "to-meet", "series-1"
GROUPS, TEMPLATES, DATES = 200, 50, 40
RELAY = RelayId("relay-1")


def seed_today(state: Engine, invited: list[str], now: datetime) -> None:
    """Write what is on, to come and prepared."""
    rows: Rows = {
        MeetingSeries: [
            {"series_id": SERIES, "rule": "FREQ=WEEKLY;BYDAY=MO;COUNT=40", "minutes": 90,
             "first_at": now - 140 * DAY, "holidays": "skip", "skipped": "", "created_by": "office",
             "created_at": now - 150 * DAY}
        ],
        Meeting: [], MeetingParticipant: [], MeetingFloor: [], MeetingEvent: [],
    }  # fmt: skip
    _add(rows, LIVE, now - 50 * MINUTE, "live", invited)
    _add(rows, COMING, now + 5 * HOUR, "scheduled", invited)
    _add(rows, IN_PERSON, now + 2 * DAY, "scheduled", invited[:60], held_as="in_person")
    for date in range(DATES):
        begins_at = now - (20 - date) * 7 * DAY + 3 * HOUR
        is_over = begins_at + 2 * HOUR < now
        _add(rows, f"date-{date:02}", begins_at, "ended" if is_over else "scheduled", invited,
             series_id=SERIES, series_at=begins_at)  # fmt: skip
    for table in (_running(invited, now), _coming(invited, now), _prepared(invited, now)):
        for kind, more in table.items():
            rows[kind] = rows.get(kind, []) + more
    with writing(state) as session:
        for table_, listed in rows.items():
            for first in range(0, len(listed), 5000):
                session.connection().execute(insert(table_), listed[first : first + 5000])


def _add(
    rows: Rows, meeting_id: str, begins_at: datetime, phase: str, invited: list[str], **more: object
) -> None:
    row: dict[str, Any] = {
        "meeting_id": meeting_id, "title": f"Hội nghị {meeting_id} {LONG}"[:120], "state": phase,
        "kind": "briefing", "level": 3, "chair_point_id": invited[0], "begins_at": begins_at,
        "ends_at": begins_at + 2 * HOUR, "relay_id": RELAY, "created_by": "office",
        "created_at": begins_at - 3 * DAY, "live_at": None if phase == "scheduled" else begins_at,
        "ended_at": begins_at + 2 * HOUR if phase == "ended" else None, "held_as": "online",
        "series_id": None, "series_at": None, "host_unit_id": "tinh", "speech_s": None,
    } | more  # fmt: skip
    rows[Meeting].append(row)
    rows[MeetingParticipant] += [
        {"meeting_id": meeting_id, "point_id": one, "position": place}
        for place, one in enumerate(invited)
    ]
    if row["held_as"] == "online":
        floor = FloorState(epoch=9, holders=(invited[3],) if phase == "live" else ())
        rows[MeetingFloor].append(
            {"meeting_id": meeting_id, "epoch": 9, "undo_json": None,
             "state_json": msgspec.json.encode(floor).decode()}
        )  # fmt: skip
    rows[MeetingEvent].append(
        {"meeting_id": meeting_id, "happened_at": begins_at - 3 * DAY, "kind": "meeting_scheduled",
         "recorded_at": begins_at - 3 * DAY, "actor": "office", "point_id": None,
         "floor_epoch": None, "direction": None}
    )  # fmt: skip


def _running(invited: list[str], now: datetime) -> Rows:
    """Return the log, the queue, the guests and the agenda of what is on."""
    told: list[tuple[datetime, str, str | None]] = [(now - 50 * MINUTE, "meeting_began", None)]
    told += [(now - 52 * MINUTE, "joined", one) for one in invited]
    for turn in range(20):
        at, one = now - (45 - 2 * turn) * MINUTE, invited[turn + 3]
        told += [(at, "floor_given", one), (at + MINUTE, "floor_taken", one)]
    return {
        MeetingEvent: [
            {"meeting_id": LIVE, "happened_at": at, "recorded_at": at, "kind": kind,
             "point_id": one, "actor": "office" if kind != "joined" else "", "floor_epoch": epoch,
             "direction": "publish" if kind == "joined" else None}
            for epoch, (at, kind, one) in enumerate(told)
        ],
        SpeechRequest: [
            {"meeting_id": LIVE, "who": one, "asked_at": now - place * MINUTE}
            for place, one in enumerate(invited[50:70])
        ],
        GuestLink: [
            {"guest_id": f"khach-{one}", "meeting_id": LIVE, "name": f"{LONG[:50]} {one}",
             "secret_sha256": "0" * 64, "made_by": "office", "made_at": now - DAY}
            for one in range(40)
        ],
        MeetingAgendaItem: _agenda(LIVE, invited, now),
        MeetingMinutes: [{"meeting_id": LIVE, "version": 1, "content": "Dự thảo " * 400}],
    }  # fmt: skip


def _agenda(meeting_id: str, invited: list[str], now: datetime) -> list[dict[str, Any]]:
    return [
        {"meeting_id": meeting_id, "position": one, "title": f"Nội dung {one}: {LONG}",
         "minutes": 10, "speaker": "Giám đốc Sở", "point_id": invited[one],
         "began_at": now - (50 - 10 * one) * MINUTE if meeting_id == LIVE and one < 5 else None}
        for one in range(20)
    ]  # fmt: skip


def _coming(invited: list[str], now: datetime) -> Rows:
    """Return who was invited to what is to come, and its rehearsal."""
    return {
        MeetingInvitation: [
            {"meeting_id": COMING, "organizer": "vp@laocai.gov.vn", "page": "https://dc/m",
             "invited_at": now - DAY, "invited_by": "office"}
        ],
        MeetingInvitee: [
            {"meeting_id": COMING, "address": f"{role}{n}@xa.laocai.gov.vn", "name": LONG[:50],
             "points": one, "said": "x"}
            for n, one in enumerate(invited)
            for role in ("clerk", "leader")
        ],
        MeetingAgendaItem: _agenda(COMING, invited, now),
        RehearsalRun: [
            {"run_id": f"lan-{run}", "meeting_id": COMING, "moment": "asked", "due_at": at,
             "made_at": at, "ends_at": at + 10 * MINUTE, "over_at": at + 10 * MINUTE}
            for run, at in ((1, now - 4 * HOUR), (2, now - HOUR))
        ],
        RehearsalResult: [
            {"rehearsal_id": f"kq-{run}-{n}", "run_id": f"lan-{run}", "point_id": one,
             "relay_id": RELAY, "begins_at": now - HOUR, "ends_at": now - HOUR + MINUTE,
             "told_at": now - HOUR, "judged_at": now - HOUR + MINUTE,
             "outcome": "done" if n % 9 else "", "verdict": "ready" if n % 9 else "no_result",
             "cause": "" if n % 9 else "nothing_said",
             "findings": "microphone:passed: loudspeaker:passed: line:passed: camera:passed:",
             "loss_ratio": 0.001, "rtt_ms": 21.0, "jitter_ms": 3.0}
            for run in (1, 2)
            for n, one in enumerate(invited)
        ],
    }  # fmt: skip


def _prepared(invited: list[str], now: datetime) -> Rows:
    """Return groups and templates, as many as are kept, people on duty, and screens on walls."""
    made = {"created_by": "office", "created_at": now - 200 * DAY, "changed_at": now - 100 * DAY}
    sizes = [(5 + 7 * one) % len(invited) + 1 for one in range(GROUPS)]
    return {
        PointGroup: [
            {"group_id": f"nhom-{one}", "name": f"Nhóm {one} {LONG[:40]}",
             "chair_point_id": invited[0], **made}
            for one in range(GROUPS)
        ],
        PointGroupMember: [
            {"group_id": f"nhom-{one}", "point_id": point, "position": place}
            for one, size in enumerate(sizes)
            for place, point in enumerate(invited[:size])
        ],
        MeetingTemplate: [
            {"template_id": f"mau-{one}", "name": f"Mẫu {one} {LONG[:40]}", "title": LONG,
             "kind": "briefing", "minutes": 90, "chair_point_id": invited[0], "secretary": "",
             "document_number": "", "owner": "people_committee", "mode": "one_mic", **made}
            for one in range(TEMPLATES)
        ],
        MeetingTemplateGroup: [
            {"template_id": f"mau-{one}", "group_id": f"nhom-{one}", "position": 0}
            for one in range(TEMPLATES)
        ],
        DutyPerson: [
            {"person_id": f"truc-{one}", "name": f"Người trực {one}", "channel_id": ""}
            for one in range(20)
        ],
        WallScreen: [
            {"screen_id": f"man-{one}", "name": f"Màn hình {one}", "secret_sha256": "0" * 64,
             "made_by": "admin", "made_at": now}
            for one in range(6)
        ],
    }  # fmt: skip


def seed_heard(
    series: Engine, invited: list[str], past: str, began_at: datetime, now: datetime
) -> None:
    """Write a year of presence, a month of figures, and the lines of two meetings."""
    seed.seed_series(series, now, invited)
    first = now - timedelta(days=365)
    outages = [
        {"point_id": one, "state": state, "began_at": at, "noticed_at": at, "ended_at": end}
        for place, one in enumerate(invited)
        for number in range(40)
        for state, at, end in _turns(first + number * 8 * DAY + place * HOUR)
    ]
    spread = histogram.encoded({histogram.bin_of(12.0): 1079})
    hours = [
        {"point_id": one, "begins_at": now.replace(minute=0, second=0, microsecond=0) - back * HOUR,
         "samples": 360, "probes_sent": 1080, "probes_received": 1079, "rtt_samples": 360,
         "rtt_sum_ms": 4320.0, "rtt_min_ms": 9.0, "rtt_max_ms": 30.0, "rtt_histogram": spread}
        for one in invited[1:3]
        for back in range(30, 365 * 24)
    ]  # fmt: skip
    lines = [
        {"meeting_id": meeting_id, "subject": one, "begins_at": at + minute * MINUTE,
         **seed_lines.FINE}
        for meeting_id, at, minutes in ((past, began_at, 90), (LIVE, now - 50 * MINUTE, 50))
        for one in invited
        for minute in range(minutes)
    ]  # fmt: skip
    with series.begin() as connection:
        for table, rows in ((PresenceInterval, outages), (Health1H, hours), (CALL_MINUTE, lines)):
            for first_row in range(0, len(rows), 5000):
                connection.execute(insert(table), rows[first_row : first_row + 5000])


def _turns(at: datetime) -> list[tuple[str, datetime, datetime]]:
    """Return a week up and a quarter of an hour down."""
    return [("up", at, at + 7 * DAY), ("down", at + 7 * DAY, at + 7 * DAY + 15 * MINUTE)]


def note_attendance(attendance: Attendance, invited: list[str], now: datetime) -> None:
    """Say what the relay says of the meeting that is on: everybody but a few is in."""
    attendees = tuple(
        Attendee(
            subject=one, participant_kind=ParticipantKind.POINT, direction=direction,
            joined_at=now - 50 * MINUTE, is_connected=True, loss_ratio=0.001, mos=4.4, rtt_ms=12.0,
            bitrate_bps=1_400_000,
        )
        for one in invited[4:]
        for direction in ("publish", "play")
    )  # fmt: skip
    meeting = MeetingState(
        meeting_id=MeetingId(LIVE), is_forwarding=True, attendees=attendees,
        floor=FloorState(epoch=9, holders=(PointId(invited[3]),)),
    )  # fmt: skip
    attendance.note_state(RELAY, RelayState(reported_at=now, meetings=(meeting,)))
    attendance.set_online(RELAY, is_online=True)
