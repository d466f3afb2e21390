"""What a year of a large province leaves behind besides its meetings, as rows.

`province_year.py` of the tests writes places, meetings, rolls and what was heard; here is the rest:
logs, minutes, tasks, letters, rehearsals, incidents, contacts, contracts, the audit log, a month of
what points said, and the meetings of today: one that is on and one to come.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Engine, insert
from sqlmodel import SQLModel, select

from bench._office_today import seed_today
from contracts.floor import FloorState
from controller.audit.tables import AuditEntry
from controller.carriers.tables import Carrier, LineContractRow
from controller.contacts.tables import ContactCard
from controller.db.engine import reading, writing
from controller.devices.tables import PointDevice
from controller.incidents.tables import IncidentEntry, IncidentPoint, IncidentRow
from controller.line_tests.tables import LineTestRow
from controller.mail.tables import MailLetter
from controller.maintenance.tables import MaintenanceRow
from controller.meetings.invited.tables import MeetingInvitation, MeetingInvitee
from controller.meetings.minutes.tables import MeetingMinutes, MinutesEdit
from controller.meetings.tables import Meeting, MeetingAgendaItem, MeetingEvent, MeetingFloor
from controller.meetings.tasks.tables import MeetingTask
from controller.places.tables import Point
from controller.rehearsals.tables import RehearsalResult, RehearsalRun
from tests.integration.controller.province_year import (
    LONG,
    YearSize,
    point_id,
    seed_places,
    seed_year,
)

Rows = dict[type[SQLModel], list[dict[str, Any]]]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ACTIONS = ("sign_in", "sign_in", "sign_out", "grant_floor", "send_invitations", "change_contact")
CARRIERS = 4
FLOOR = msgspec.json.encode(FloorState(epoch=0)).decode()
TEXT = "Chủ tọa kết luận: các xã báo cáo trước ngày 25 hằng tháng, không để quá hạn. " * 8


def seed_office(state: Engine, size: YearSize, now: datetime) -> None:
    """Write the year that ends now into the state database, and what is on today."""
    seed_places(state, size, now)
    seed_year(state, size, now)
    chance = random.Random(size.seed)
    with reading(state) as session:
        meetings = list(session.exec(select(Meeting).order_by(Meeting.meeting_id)))
    invited = [point_id(one) for one in range(size.points)]
    for part in (_places(invited, now), _lines(invited, chance, now), _audit(size, chance, now)):
        write(state, part)
    for number, meeting in enumerate(meetings):
        if meeting.state == "ended":
            write(state, _meeting(meeting, number, invited, chance))
    seed_today(state, invited, now)
    with state.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def write(engine: Engine, tables: Rows) -> None:
    """Write rows, some thousands at a time."""
    with writing(engine) as session:
        for table, rows in tables.items():
            for first in range(0, len(rows), 5000):
                session.connection().execute(insert(table), rows[first : first + 5000])


def _places(invited: list[str], now: datetime) -> Rows:
    """Return contacts and devices of all points."""
    rows: Rows = {ContactCard: [], PointDevice: []}
    for number, one in enumerate(invited):
        rows[ContactCard] += [
            {"card_id": f"k{number}-{role}", "point_id": one, "unit_id": None, "role": role,
             "name": f"Nguyễn Thị Huyền Trang {number}", "phone": "0214 3 840 126",
             "email": f"{role}{number}@xa.laocai.gov.vn"}
            for role in ("technician", "clerk", "leader")
        ]  # fmt: skip
        rows[PointDevice] += [
            {"device_id": f"d{number}-{kind}", "point_id": one, "name": kind,
             "address": f"192.168.{number % 200}.{place}", "secrets": "{}", "added_at": now,
             "added_by": "admin"}
            for place, kind in enumerate(("switch", "ups"), start=2)
        ]  # fmt: skip
    return rows


def _lines(invited: list[str], chance: random.Random, now: datetime) -> Rows:
    """Return carriers and contracts, tests of a month, maintenance, and a year's incidents."""
    rows: Rows = {
        Carrier: [
            {"carrier_id": f"nm{one}", "name": f"Viễn thông tỉnh {one}", "made_at": now - 365 * DAY}
            for one in range(CARRIERS)
        ],
        LineContractRow: [
            {"contract_id": f"hd{number:03}", "point_id": one, "number": f"HĐ-{number:03}/2026",
             "carrier_id": f"nm{number % CARRIERS}", "down_bps": 50_000_000, "up_bps": 20_000_000,
             "availability_ratio": 0.995, "repair_minutes": 240, "begins_on": "2025-01-01",
             "made_at": now - 300 * DAY, "made_by": "office"}
            for number, one in enumerate(invited)
        ],
        LineTestRow: [
            {"test_id": f"t{night:02}-{number:03}", "point_id": one, "cause": "night",
             "made_at": now - night * DAY, "begins_at": now - night * DAY,
             "expires_at": now - night * DAY + HOUR, "ends_at": now - night * DAY + HOUR,
             "duration_s": 10, "most_bytes": 50_000_000, "outcome": "done"}
            for night in range(1, 366)
            for number, one in enumerate(invited)
            if (night + number) % 7 == 0
        ],
        MaintenanceRow: [
            {"maintenance_id": f"bt{one:03}", "scope": "point",
             "subject_id": chance.choice(invited), "begins_at": now - one * DAY,
             "ends_at": now - one * DAY + 3 * HOUR,
             "reason": "Thay bộ lưu điện", "made_at": now - one * DAY - HOUR, "made_by": "office"}
            for one in range(-10, 240)
        ],
    }  # fmt: skip
    return rows | _incidents(invited, chance, now)


def _incidents(invited: list[str], chance: random.Random, now: datetime) -> Rows:
    """Return 3,000 of a year, the last 30 of which are not over."""
    rows: Rows = {IncidentRow: [], IncidentPoint: [], IncidentEntry: []}
    for number in range(1, 3001):
        at = now - 365 * DAY * (1 - number / 3001)
        over_at = at + chance.randrange(5, 300) * MINUTE if number <= 2970 else None
        rows[IncidentRow].append(
            {"number": number, "key": "down", "reach": "point", "told_reach": "point",
             "began_at": at, "opened_at": at, "joined_at": at, "told_at": at, "over_at": over_at,
             "ending": "ended" if over_at else "", "priority": "normal",
             "acknowledged_at": at if number % 2 else None,
             "acknowledged_by": "office" if number % 2 else ""}
        )  # fmt: skip
        rows[IncidentPoint] += [
            {"number": number, "point_id": one, "began_at": at}
            for one in chance.sample(invited, 1 if number % 20 else 12)
        ]
        rows[IncidentEntry] += [
            {"number": number, "at": at + place * MINUTE, "kind": "noted", "who": "office",
             "text": f"Đã gọi nhà mạng, {LONG}"}
            for place in range(6)
        ]  # fmt: skip
    return rows


def _audit(size: YearSize, chance: random.Random, now: datetime) -> Rows:
    """Return 240 entries a meeting, 120,000 of 500, the oldest first."""
    entries = 240 * size.meetings
    return {
        AuditEntry: [
            {"happened_at": now - 365 * DAY * (1 - one / entries), "actor": "office",
             "address": "10.11.12.13", "action": chance.choice(ACTIONS),
             "subject": f"year-{one % 500:04} {point_id(one % 170)}", "outcome": "done"}
            for one in range(entries)
        ]
    }  # fmt: skip


def _meeting(meeting: Meeting, number: int, invited: list[str], chance: random.Random) -> Rows:
    """Return what one meeting leaves: log, letters, rehearsals, minutes, tasks, agenda."""
    rows: Rows = {
        MeetingMinutes: [
            {"meeting_id": meeting.meeting_id, "version": 8, "number": f"{number}/BB-UBND",
             "content": TEXT * 6, "conclusions": TEXT, "edited_at": meeting.ended_at,
             "edited_by": "office", "locked_at": meeting.ended_at if number % 3 else None,
             "locked_by": "office" if number % 3 else ""}
        ],
        MinutesEdit: [
            {"meeting_id": meeting.meeting_id, "version": one, "content": TEXT * 5,
             "conclusions": TEXT, "began_at": meeting.ended_at, "edited_at": meeting.ended_at,
             "edited_by": "office"}
            for one in range(1, 8)
        ],
        MeetingTask: [
            {"meeting_id": meeting.meeting_id, "text": f"Báo cáo {one}: {TEXT[:160]}",
             "owner": LONG, "deadline": (meeting.begins_at + 20 * DAY).date(),
             "made_at": meeting.begins_at, "made_by": "office",
             "done_at": meeting.ended_at if chance.random() < 0.85 else None,
             "done_by": "office"}
            for one in range(4)
        ],
        MeetingFloor: [{"meeting_id": meeting.meeting_id, "epoch": 0, "state_json": FLOOR}],
        MeetingAgendaItem: [
            {"meeting_id": meeting.meeting_id, "position": one, "title": f"Nội dung {one + 1}",
             "minutes": 15, "speaker": "Giám đốc Sở", "point_id": invited[one],
             "began_at": meeting.begins_at + one * 15 * MINUTE}
            for one in range(6)
        ],
    }  # fmt: skip
    rows |= _letters(meeting, invited)
    if meeting.is_joined:
        rows |= {MeetingEvent: list(log(meeting, invited, chance))} | _rehearsals(meeting, invited)
    return rows


def log(meeting: Meeting, invited: list[str], chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield a log: everybody comes and goes, one in ten is cut off, forty turns of the floor."""
    told: list[tuple[float, str, str | None]] = [(0, "meeting_began", None)]
    told += [(chance.uniform(-5, 5), "joined", one) for one in invited]
    told += [(80 + chance.uniform(0, 10), "left", one) for one in invited]
    for one in invited[::10]:
        told += [(40 + chance.random(), "cut", one), (44 + chance.random(), "back", one)]
    for turn in range(40):
        one = chance.choice(invited)
        told += [(2 * turn + 1, "floor_given", one), (2 * turn + 2.5, "floor_taken", one)]
    for epoch, (minute, kind, who) in enumerate(sorted(told, key=lambda event: event[0])):
        at = meeting.begins_at + minute * MINUTE
        is_floor = kind.startswith("floor")
        yield {
            "meeting_id": meeting.meeting_id, "happened_at": at, "recorded_at": at, "kind": kind,
            "point_id": who, "actor": "office" if is_floor else "",
            "direction": None if is_floor or who is None else "publish",
            "floor_epoch": epoch if is_floor else None,
        }  # fmt: skip


def _letters(meeting: Meeting, invited: list[str]) -> Rows:
    """Return an invitation to two of each point, as it was sent."""
    at = meeting.created_at
    people = [(one, f"clerk{n}@xa.laocai.gov.vn") for n, one in enumerate(invited)]
    return {
        MeetingInvitation: [
            {"meeting_id": meeting.meeting_id, "organizer": "vp@laocai.gov.vn",
             "page": f"https://dc/meetings/{meeting.meeting_id}", "invited_at": at,
             "invited_by": "office"}
        ],
        MeetingInvitee: [
            {"meeting_id": meeting.meeting_id, "address": address, "name": "Nguyễn Thị Hà",
             "points": one, "said": "x"}
            for one, address in people
        ],
        MailLetter: [
            {"message_id": f"{meeting.meeting_id}-{n}", "about": meeting.meeting_id,
             "href": f"/meetings/{meeting.meeting_id}", "what": "request", "address": address,
             "name": "Nguyễn Thị Hà", "subject": f"Giấy mời: {meeting.title}", "text": TEXT[:300],
             "method": "REQUEST", "calendar": "", "queued_at": at, "state": "sent", "tries": 1,
             "next_try_at": at, "ended_at": at + MINUTE}
            for n, (one, address) in enumerate(people)
        ],
    }  # fmt: skip


def _rehearsals(meeting: Meeting, invited: list[str]) -> Rows:
    """Return the three rehearsals of a meeting, with what came of each point."""
    rows: Rows = {RehearsalRun: [], RehearsalResult: []}
    for moment, before in (("day", 24 * HOUR), ("hour", HOUR), ("quarter", 15 * MINUTE)):
        at, run_id = meeting.begins_at - before, f"{moment[0]}{meeting.meeting_id[-12:]}"
        rows[RehearsalRun].append(
            {"run_id": run_id, "meeting_id": meeting.meeting_id, "moment": moment, "due_at": at,
             "made_at": at, "ends_at": at + 10 * MINUTE, "over_at": at + 10 * MINUTE}
        )  # fmt: skip
        rows[RehearsalResult] += [
            {"rehearsal_id": f"{run_id}{n:03}"[-16:], "run_id": run_id, "point_id": one,
             "relay_id": "relay-1", "begins_at": at, "ends_at": at + MINUTE, "told_at": at,
             "judged_at": at + MINUTE, "outcome": "done",
             "verdict": "ready" if n % 12 else "not_ready", "cause": "" if n % 12 else "line",
             "loss_ratio": 0.001, "rtt_ms": 21.0, "jitter_ms": 3.0}
            for n, one in enumerate(invited)
        ]  # fmt: skip
    return rows


def enrol_points(state: Engine, now: datetime) -> list[str]:
    """Have all points enrolled; return their ids."""
    with writing(state) as session:
        for one in (found := list(session.exec(select(Point)))):
            one.enrolled_at, one.certificate_expires_at = now - 300 * DAY, now + 900 * DAY
            session.add(one)
        return [one.point_id for one in found]
