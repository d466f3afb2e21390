"""Units' calendars: a link that the office makes and withdraws, read by programs."""

import asyncio
import re
from datetime import datetime, timedelta

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import text
from sqlmodel import col, select

from controller.audit.tables import AuditEntry
from controller.db.base import StateTable
from controller.db.engine import reading
from controller.link_limits import ASKED_AT_ONCE, WRONG_AT_ONCE
from controller.meetings.feed.service import UnitFeeds
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body

LINK = re.compile(r'value="https://[^/"]+(/calendar/([a-z0-9-]+)-([0-9a-f]{48})\.ics)"')


async def asked(office: Person, unit_id: str, what: str = "") -> httpx.Response:
    form = {"csrf_token": office.csrf_token}
    return await office.client.post(f"/calendars/{unit_id}{what}", data=form)


async def made(office: Person, unit_id: str = "xa-b") -> str:
    answer = await asked(office, unit_id)
    assert answer.status_code == 200, answer.text
    found = LINK.search(answer.text)
    assert found is not None
    assert found[2] == unit_id
    return found[1]


async def meeting(centre: Centre, office: Person, **changed: object) -> str:
    answer = await office.post("/api/v1/meetings", meeting_body(centre.time, **changed))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["meeting_id"])


def events(answer: httpx.Response) -> dict[str, tuple[str, str, datetime]]:
    """Return of each meeting, by its title: whether it is on, where, and when it begins."""
    assert answer.status_code == 200, answer.text
    return {
        str(one["summary"]): (str(one["status"]), str(one["location"]), one.decoded("dtstart"))
        for one in Calendar.from_ical(answer.text).walk("VEVENT")
    }


async def test_a_program_reads_the_meetings_of_a_unit_by_its_link(centre: Centre) -> None:
    office = await centre.sign_in()
    title = "Giao ban; \n BEGIN:VEVENT, <b>“tháng”</b>"
    await meeting(centre, office, title="Trực tuyến")
    off = await meeting(centre, office, title=title.replace("\n", ""), point_ids=["p-b"])
    await office.post(f"/api/v1/meetings/{off}/cancel")
    await meeting(centre, office, title="Tại phòng", held_as="in_person", point_ids=["p-b"])
    await meeting(centre, office, title="Xã khác", point_ids=["p-c"])
    path = await made(office)
    assert path not in (await office.get("/calendars")).text  # shown once
    answer = await centre.client().get(path)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    said = {name: one[:2] for name, one in events(answer).items()}
    assert said == {
        "Trực tuyến": ("CONFIRMED", "Xã B"),
        "Giao ban; BEGIN:VEVENT, <b>“tháng”</b>": ("CANCELLED", "Xã B"),
        "Tại phòng": ("CONFIRMED", "Văn phòng UBND tỉnh"),
    }
    calendar = Calendar.from_ical(answer.text)
    assert (calendar["method"], calendar["name"]) == ("PUBLISH", "Xã B")
    above = await centre.client().get(await made(office, "tinh"))
    assert set(events(above)) == {*said, "Xã khác"}
    assert events(above)["Trực tuyến"][1] == "Văn phòng UBND tỉnh; Xã B; Xã C"


async def test_what_is_the_same_is_not_sent_again_and_a_move_is(centre: Centre) -> None:
    office = await centre.sign_in()
    body = meeting_body(centre.time)
    meeting_id = (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
    client, path = centre.client(), await made(office)
    first = await client.get(path)
    centre.time.offset = timedelta(minutes=5)
    known = {"if-none-match": f'W/"x", {first.headers["etag"]}'}
    again = await client.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    hours = {key: datetime.fromisoformat(str(body[key])) for key in ("begins_at", "ends_at")}
    later = {key: (one + timedelta(hours=3)).isoformat() for key, one in hours.items()}
    moved = await office.put(f"/api/v1/meetings/{meeting_id}", body | later)
    assert moved.status_code == 200, moved.text
    answer = await client.get(path, headers=known)
    ((_, _, begins),) = events(answer).values()
    assert begins == datetime.fromisoformat(later["begins_at"]).replace(microsecond=0)
    uids = [one["uid"] for got in (first, answer) for one in Calendar.from_ical(got.text).events]
    assert uids[0] == uids[1]


async def test_a_link_ends_with_another_and_with_its_withdrawal_and_nothing_keeps_it(
    centre: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    office, client = await centre.sign_in(), centre.client()
    first = await made(office)
    second = await made(office)
    assert (await client.get(second)).status_code == 200
    assert (await asked(office, "xa-b", "/revoke")).status_code == 303
    assert (await asked(office, "xa-b", "/revoke")).status_code == 404
    assert (await asked(office, "xa-none")).status_code == 404
    half = f"/calendar/xa-c-{second.rpartition('-')[2]}"
    wrong = [first, second, half, "/calendar/xa-b-0.ics", "/calendar/%22%0a%c3%a1.ics"]
    answers = [await client.get(one) for one in wrong]
    assert {(one.status_code, one.text) for one in answers} == {
        (404, "Không có lịch này. / There is no such calendar.\n")
    }
    secret = second.rpartition("-")[2].removesuffix(".ics")
    with reading(centre.web.state) as session:
        noted = session.exec(
            select(AuditEntry.action, AuditEntry.subject).order_by(col(AuditEntry.entry_id))
        ).all()
        for table in StateTable.metadata.sorted_tables:
            rows = session.execute(text(f'SELECT * FROM "{table.name}"')).all()  # noqa: S608
            assert secret not in str(rows), table.name
    assert [tuple(one) for one in noted if "calendar" in one[0]] == [
        ("make_calendar_link", "xa-b"),
        ("make_calendar_link", "xa-b"),
        ("revoke_calendar_link", "xa-b"),
    ]
    assert secret not in "".join(one.getMessage() for one in caplog.records if one.name != "httpx")
    assert "thu hồi liên kết lịch" in (await (await centre.sign_in(Role.ADMIN)).get("/audit")).text


async def test_the_office_alone_makes_links_and_says_so_itself(centre: Centre) -> None:
    viewer, office = await centre.sign_in(Role.VIEWER), await centre.sign_in()
    assert (await asked(viewer, "xa-b")).status_code == 403
    assert (await viewer.get("/calendars")).status_code == 403
    assert (await office.client.post("/calendars/xa-b", data={})).status_code == 403
    assert "/calendars" in (await office.get("/meetings")).text
    assert "Chưa có liên kết" in (await office.get("/calendars")).text


async def test_two_who_make_a_link_at_once_have_one_that_opens(centre: Centre) -> None:
    feeds = centre.web.part(UnitFeeds)
    paths = await asyncio.gather(
        *(asyncio.to_thread(feeds.make, "xa-b", actor="office") for _ in range(4))
    )
    codes = [(await centre.client().get(one)).status_code for one in paths]
    assert sorted(codes) == [200, 404, 404, 404]


async def test_links_are_asked_for_at_a_pace_and_guessed_at_one(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    path, guessing = await made(office), sqlite_centre.client("192.0.2.9")
    tries = [(await guessing.get("/calendar/xa-b-0.ics")).status_code for _ in range(11)]
    assert tries == [404] * WRONG_AT_ONCE + [429]
    asks = [(await guessing.get(path)).status_code for _ in range(ASKED_AT_ONCE + 1)]
    assert asks == [200] * ASKED_AT_ONCE + [429]
    other = await made(office, "xa-c")
    assert (await guessing.get(other)).status_code == 200
