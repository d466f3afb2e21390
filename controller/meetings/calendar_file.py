"""Meetings as iCalendar (RFC 5545), one as an invitation (RFC 5546), several as a calendar.

Deadlines are days of a calendar. The one door to icalendar. What comes in may be anything that was
ever kept as a title or a name: control characters go, lines are folded, and nothing of it begins a
line of its own.
"""

import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from icalendar import Calendar, Event, Timezone, vCalAddress, vText, vUri

from contracts.local_days import ZONE

KIND = "text/calendar; charset=utf-8"
PRODUCT = "-//Diem Cau//Diem Cau//VI"
_UNFIT = ("C", "Zl", "Zp")
_NAMESPACE = uuid.UUID("5d0b9c2e-43cf-4b5e-9a07-6d9f6a0b7f1c")
# Vietnam has no summer time; written down because Outlook does not know every zone by its name.
_TIMEZONE = (
    f"BEGIN:VTIMEZONE\r\nTZID:{ZONE.key}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    "TZOFFSETFROM:+0700\r\nTZOFFSETTO:+0700\r\nTZNAME:+07\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


class CalendarMethod(Enum):
    """What an invitation asks for (RFC 5546, section 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class CalendarPerson:
    """Somebody with a mail address; `name` may be empty."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One meeting; `sequence` grows with each change; `stamp`: DTSTAMP; `page` may be empty."""

    uid: str
    sequence: int
    title: str
    begins_at: datetime
    ends_at: datetime
    location: str
    description: str
    page: str
    stamp: datetime
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day until which something is to be done; programs show it above the hours."""

    uid: str
    sequence: int
    title: str
    day: date
    description: str
    page: str
    stamp: datetime


def uid_of(meeting_id: str, created_at: datetime) -> str:
    """Return what a meeting is known by in every calendar, the same for ever.

    Ids of meetings are unique in one installation alone; with the instant at which it was made
    one is nowhere met again.
    """
    made = created_at.astimezone(UTC).isoformat()
    return f"{uuid.uuid5(_NAMESPACE, f'{meeting_id} {made}')}@diem-cau"


def invitation(
    event: CalendarEvent,
    method: CalendarMethod,
    *,
    organizer: CalendarPerson,
    attendee: CalendarPerson,
) -> str:
    """Return an invitation, its change, or that it is no longer one, for one person."""
    calendar = _calendar(method.value)
    made = _event(event)
    made.add("organizer", _address(organizer))
    guest = _address(attendee)
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
    guest.params["RSVP"] = vText("FALSE")  # nobody reads answers that come by mail
    made.add("attendee", guest)
    made["status"] = vText("CANCELLED" if method is CalendarMethod.CANCEL else "CONFIRMED")
    calendar.add_component(made)
    return _written(calendar)


def feed(
    name: str,
    events: Iterable[CalendarEvent],
    *,
    refresh_min: int,
    days: Iterable[DueDay] = (),
) -> str:
    """Return a calendar to be subscribed to; `refresh_min`: how often programs are to ask."""
    calendar = _published(name)
    calendar.add("x-published-ttl", f"PT{refresh_min}M")
    for one in events:
        made = _event(one)
        made["status"] = vText("CANCELLED" if one.is_cancelled else "CONFIRMED")
        calendar.add_component(made)
    for day in days:
        calendar.add_component(_due(day))
    return _written(calendar)


def deadlines(name: str, days: Iterable[DueDay]) -> str:
    """Return deadlines as a file to be opened once.

    Each is an event of a whole day and no VTODO: Google and Outlook take none in.
    """
    calendar = _published(name)
    for one in days:
        calendar.add_component(_due(one))
    return _written(calendar)


def plain(text: str) -> str:
    """Return text with spaces for what no calendar may hold (RFC 5545, section 3.1)."""
    return "".join(
        " " if char != "\n" and unicodedata.category(char).startswith(_UNFIT) else char
        for char in text.replace("\r\n", "\n")
    )


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(Timezone.from_ical(_TIMEZONE))
    return calendar


def _published(name: str) -> Calendar:
    calendar = _calendar("PUBLISH")
    calendar.add("name", plain(name))  # RFC 7986, section 5.1
    calendar.add("x-wr-calname", plain(name))
    return calendar


def _due(due: DueDay) -> Event:
    """Return a day as an event of dates, whose end is the day after (RFC 5545, section 3.6.1)."""
    made = Event()
    made.add("uid", due.uid)
    made.add("dtstamp", due.stamp.astimezone(UTC).replace(microsecond=0))
    made.add("dtstart", due.day)
    made.add("dtend", due.day + timedelta(days=1))
    made.add("sequence", due.sequence)
    made.add("summary", _line(due.title))
    made.add("description", plain(due.description))
    if due.page:
        made.add("url", vUri(due.page))
    made.add("transp", "TRANSPARENT")
    made["status"] = vText("CONFIRMED")
    return made


def _event(event: CalendarEvent) -> Event:
    made = Event()
    made.add("uid", event.uid)
    made.add("dtstamp", event.stamp.astimezone(UTC).replace(microsecond=0))
    made.add("dtstart", event.begins_at.astimezone(ZONE).replace(microsecond=0))
    made.add("dtend", event.ends_at.astimezone(ZONE).replace(microsecond=0))
    made.add("sequence", event.sequence)
    made.add("summary", _line(event.title))
    made.add("location", _line(event.location))
    made.add("description", plain(event.description))
    if event.page:
        made.add("url", vUri(event.page))
    made.add("transp", "OPAQUE")
    return made


def _address(person: CalendarPerson) -> vCalAddress:
    found = vCalAddress(f"mailto:{person.address}")
    name = _line(person.name).replace('"', "'").replace("^", "'")  # RFC 6868 is not everywhere
    if name:
        found.params["CN"] = vText(name)
    return found


def _line(text: str) -> str:
    return " ".join(plain(text).split())


def _written(calendar: Calendar) -> str:
    octets: bytes = calendar.to_ical()
    return octets.decode()
