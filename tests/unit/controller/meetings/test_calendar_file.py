"""Meetings as iCalendar: read again by the library's own parser, line by line by the standard."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from contracts.local_days import ZONE
from controller.meetings import calendar_file
from controller.meetings.calendar_file import (
    CalendarEvent,
    CalendarMethod,
    CalendarPerson,
    DueDay,
)

BEGINS = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
OFFICE, HOA = CalendarPerson("vp@tinh.vn"), CalendarPerson("hoa@xa.vn", 'Nguyễn "Hoa"; x')


def event(title: str = "Giao ban tháng 11", location: str = "Xã B") -> CalendarEvent:
    return CalendarEvent(
        uid="u-1@diem-cau",
        sequence=3,
        title=title,
        begins_at=BEGINS,
        ends_at=BEGINS + timedelta(hours=2),
        location=location,
        description="Dòng 1\nDòng 2",
        page="https://trung-tam.vn/meetings/m-1",
        stamp=NOW,
    )


def written(one: CalendarEvent, method: CalendarMethod = CalendarMethod.REQUEST) -> str:
    text = calendar_file.invitation(one, method, organizer=OFFICE, attendee=HOA)
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)  # RFC 5545, section 3.1
    assert not any("\n" in line or "\r" in line for line in lines)
    return text


@pytest.mark.parametrize(
    ("method", "status"),
    [(CalendarMethod.REQUEST, "CONFIRMED"), (CalendarMethod.CANCEL, "CANCELLED")],
)
def test_an_invitation_is_read_again_as_it_was_meant(method: CalendarMethod, status: str) -> None:
    calendar = Calendar.from_ical(written(event(), method))
    assert calendar["method"] == method.value
    (made,) = calendar.walk("VEVENT")
    assert (made["uid"], made["sequence"], made["status"]) == ("u-1@diem-cau", 3, status)
    assert made.decoded("dtstart") == BEGINS
    assert made.decoded("dtend") == BEGINS + timedelta(hours=2)
    assert made["dtstart"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Ho_Chi_Minh"]
    assert made["summary"] == "Giao ban tháng 11"
    assert made["description"] == "Dòng 1\nDòng 2"
    assert str(made["organizer"]) == "mailto:vp@tinh.vn"
    assert str(made["attendee"]) == "mailto:hoa@xa.vn"
    assert made["attendee"].params["CN"] == "Nguyễn 'Hoa'; x"


@settings(max_examples=150)
@given(st.text(max_size=300), st.text(max_size=200))
def test_nothing_typed_begins_a_line_of_its_own(title: str, location: str) -> None:
    calendar = Calendar.from_ical(written(event(title, location)))
    (made,) = calendar.walk("VEVENT")
    assert str(made["summary"]) == " ".join(calendar_file.plain(title).split())
    assert len(made["attendee"].params) == 4
    assert calendar["method"] == "REQUEST"


def test_a_hostile_title_stays_a_title() -> None:
    title = "Họp\r\nATTENDEE:mailto:ai@do.vn\x00\x1b[31m ; END:VEVENT"
    calendar = Calendar.from_ical(written(event(title)))
    (made,) = calendar.walk("VEVENT")
    assert str(made["attendee"]) == "mailto:hoa@xa.vn"
    assert str(made["summary"]) == "Họp ATTENDEE:mailto:ai@do.vn [31m ; END:VEVENT"


def test_a_meeting_is_known_by_one_name_for_ever_and_no_other_by_it() -> None:
    one = calendar_file.uid_of("m261128-ab", NOW)
    assert one == calendar_file.uid_of("m261128-ab", NOW.astimezone(ZONE))
    assert one != calendar_file.uid_of("m261128-ab", NOW + timedelta(microseconds=1))


def test_a_calendar_to_subscribe_to_has_every_meeting() -> None:
    many = [event(f"Họp {index} " + "ă" * 100) for index in range(30)]
    text = calendar_file.feed("Xã B", many, refresh_min=60)
    calendar = Calendar.from_ical(text)
    assert calendar["method"] == "PUBLISH"
    assert len(calendar.walk("VEVENT")) == 30
    assert calendar["name"] == "Xã B"


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=500))
def test_a_deadline_is_one_whole_day_whatever_it_says(title: str) -> None:
    due = DueDay("u-2@diem-cau", 4, title, date(2026, 12, 31), title, "", NOW)
    text = calendar_file.deadlines("Việc phải làm", [due])
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar = Calendar.from_ical(text)
    (made,) = calendar.walk("VEVENT")
    assert (made["uid"], made["sequence"], made["transp"]) == ("u-2@diem-cau", 4, "TRANSPARENT")
    assert made.decoded("dtstart") == date(2026, 12, 31)
    assert made.decoded("dtend") == date(2027, 1, 1)
    assert "DTSTART;VALUE=DATE:20261231" in text
    assert calendar["method"] == "PUBLISH"
