"""A year of a large province as rows: meetings online, in person, cancelled; rolls; what was heard.

The same for the same seed. Hostile names are among those of points, meetings and reasons.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert

from controller.db.engine import writing
from controller.heard.tables import JudgedMeeting, JudgedPoint
from controller.meetings.rollcall.tables import RollCall, RollCallEntry
from controller.meetings.tables import Meeting, MeetingParticipant
from controller.places import service as places

KINDS = ("briefing", "briefing", "directive", "study", "training", "voters", "emergency", "other")
OWNERS = ("people_committee", "people_committee", "party", "council")
CAUSES = ("line", "line", "line", "power", "power", "device", "lan", "centre")
HOSTILE = (
    "=HYPERLINK(1)",
    '<script>alert("x")</script>',
    "{{ky}} {% raw %}",
    "'; DROP TABLE meeting",
)
LONG = "Phường Trung tâm hành chính Khánh Yên Thượng mở rộng khóa XIV"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class YearSize:
    """How much of it."""

    points: int = 170
    meetings: int = 500
    days: int = 365
    seed: int = 7


def point_id(number: int) -> str:
    """Return the id of one of the province's points, 0 for the chair's."""
    return f"y-{number:03}"


def seed_places(state: Engine, size: YearSize, now: datetime) -> None:
    """Add two halves of a province with a commune for each point, valid for three years."""
    rows = ["what,unit_id,parent_id,point_id,name,owner"]
    rows += [f"unit,half-{half},tinh,,Khối {half},people_committee" for half in "ab"]
    for number in range(size.points):
        names = (f'"{HOSTILE[1].replace(chr(34), chr(34) * 2)}"', LONG)
        name = names[number - 1] if 0 < number <= len(names) else f"Xã Thứ {number}"
        half = "ab"[number % 2]
        rows.append(f"unit,u-{number:03},half-{half},,{name},people_committee")
        rows.append(f"point,u-{number:03},,{point_id(number)},{name},people_committee")
    content = "\n".join(rows) + "\n"
    places.import_file(state, content.encode(), now=now - timedelta(days=1100))


def seed_year(state: Engine, size: YearSize, now: datetime) -> None:
    """Add the year that ends now."""
    chance = random.Random(size.seed)
    tables: dict[type, list[dict[str, Any]]] = {
        Meeting: [], MeetingParticipant: [], RollCall: [], RollCallEntry: [], JudgedMeeting: [],
        JudgedPoint: [],
    }  # fmt: skip
    for number in range(size.meetings):
        _add(tables, size, chance, number, now)
    with writing(state) as session:
        for table, rows in tables.items():
            for first in range(0, len(rows), 5000):
                session.connection().execute(insert(table), rows[first : first + 5000])


def _add(
    tables: dict[type, list[dict[str, Any]]],
    size: YearSize,
    chance: random.Random,
    number: int,
    now: datetime,
) -> None:
    meeting_id = f"year-{number:04}"
    begins_at = now - timedelta(days=size.days * (1 - number / size.meetings)) - 4 * HOUR
    begins_at = begins_at.replace(minute=0, second=0, microsecond=0)
    minutes = chance.choice((60, 90, 120))
    is_cancelled, is_online = chance.random() < 0.05, chance.random() < 0.82
    title = HOSTILE[number] if number < len(HOSTILE) else f"Giao ban thứ {number}"
    tables[Meeting].append(
        {
            "meeting_id": meeting_id, "title": title, "document_number": f"{number}/GM-UBND",
            "classification": "normal", "owner": chance.choice(OWNERS),
            "kind": chance.choice(KINDS), "level": chance.choice((None, 2, 3, 4)),
            "secretary": "", "held_as": "online" if is_online else "in_person",
            "host_unit_id": f"u-{number % size.points:03}", "chair_name": "",
            "chair_point_id": point_id(0), "begins_at": begins_at,
            "ends_at": begins_at + minutes * MINUTE,
            "state": "cancelled" if is_cancelled else "ended", "relay_id": "relay-1",
            "is_recorded": False, "created_by": "office", "created_at": begins_at - 72 * HOUR,
            "live_at": None if is_cancelled else begins_at,
            "ended_at": begins_at + (minutes + chance.randrange(-9, 20)) * MINUTE,
            "series_id": None, "series_at": None, "speech_s": None,
        }
    )  # fmt: skip
    invited = [point_id(one) for one in range(size.points)]
    tables[MeetingParticipant] += [
        {"meeting_id": meeting_id, "point_id": one, "position": place}
        for place, one in enumerate(invited)
    ]
    if is_cancelled:
        return
    if chance.random() < 0.9:
        tables[RollCall].append(
            {"meeting_id": meeting_id, "acts": 2, "closed_at": begins_at + HOUR,
             "closed_by": "office", "reopened_at": None, "reopened_by": "", "reason": ""}
        )  # fmt: skip
        tables[RollCallEntry] += _roll(chance, meeting_id, invited, begins_at)
    if is_online:
        tables[JudgedMeeting].append({"meeting_id": meeting_id, "judged_at": begins_at + 3 * HOUR})
        tables[JudgedPoint] += [
            _judged(chance, meeting_id, one, begins_at, minutes) for one in invited
        ]


def _roll(
    chance: random.Random, meeting_id: str, invited: list[str], begins_at: datetime
) -> list[dict[str, Any]]:
    """Call everybody as proposed, then say something else of a few, and take some of that back."""
    rows = []
    for act, share in ((1, 1.0), (2, 0.1)):
        for one in invited:
            if chance.random() > share:
                continue
            states, weights = ("present", "late", "substitute", "absent"), (90, 5, 3, 2)
            [state] = chance.choices(states, weights)
            reason = chance.choice(("Đi công tác", "Mất điện", "=1+1"))
            is_back = act == 2 and chance.random() < 0.3
            rows.append(
                {"meeting_id": meeting_id, "subject": one, "act": act, "state": state,
                 "detail": reason if state == "absent" else "",
                 "late_min": chance.randrange(6, 40) if state == "late" else None, "heads": None,
                 "proposed": "", "actor": "office", "happened_at": begins_at + act * MINUTE,
                 "taken_back_at": begins_at + HOUR if is_back else None}
            )  # fmt: skip
    return rows


def _judged(
    chance: random.Random, meeting_id: str, one: str, begins_at: datetime, minutes: int
) -> dict[str, Any]:
    verdicts = ("uninterrupted", "interrupted", "excluded", "unknown")
    [verdict] = chance.choices(verdicts, (970, 13, 5, 12))
    cut = chance.randrange(2, 15) if verdict == "interrupted" else 0
    cause = chance.choice(CAUSES) if cut else "planned" if verdict == "excluded" else ""
    return {
        "meeting_id": meeting_id, "point_id": one, "held_minutes": minutes,
        "good_minutes": minutes - cut, "longest_cut_s": 60 * cut, "verdict": verdict,
        "cause": cause, "begins_at": begins_at,
        "minutes": "G<" * (minutes - cut) + "B0" * cut,
    }  # fmt: skip
