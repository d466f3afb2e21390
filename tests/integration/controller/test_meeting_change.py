"""One meeting is changed on a page: as it is shown, with whom it tells; by two at once by one."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from contracts.local_days import ZONE
from controller.audit.tables import AuditEntry
from controller.db.engine import reading
from controller.meetings import meeting_queries, service
from controller.meetings.tables import Meeting
from controller.roles import Role
from tests.fakes.receivers import Mailbox, mailbox
from tests.integration.controller.centre import Centre, Person
from tests.integration.controller.invited import invite, meeting, seed, seen, sent_all
from tests.integration.controller.test_point_groups import end_point

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """A mail server of this test's own."""
    async with mailbox() as found:
        yield found


def fields_of(page: str) -> dict[str, Any]:
    """Return what a browser would send of the form of a page, if nothing were touched."""
    form = page[page.index('id="booking"') :]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_box = attributes.get("type") in ("radio", "checkbox")
        if "name" in attributes and (not is_box or re.search(r"\bchecked\b", tag)):
            found.setdefault(attributes["name"], []).append(unescape(attributes.get("value", "")))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = [unescape(chosen[1])] if chosen else [""]
    return found


async def opened(office: Person, meeting_id: str) -> dict[str, Any]:
    page = await office.get(f"/meetings/{meeting_id}/change")
    assert page.status_code == 200, page.text
    return fields_of(page.text)


async def sent(
    office: Person, meeting_id: str, fields: dict[str, Any], **changed: object
) -> httpx.Response:
    way = f"/meetings/{meeting_id}/change"
    return await office.client.post(way, data=fields | changed)


def kept(centre: Centre, meeting_id: str) -> Meeting:
    with reading(centre.web.state) as session:
        found = service.found(session, meeting_id)
        session.expunge_all()
    return found


def points(centre: Centre, meeting_id: str) -> list[str]:
    with reading(centre.web.state) as session:
        return list(map(str, meeting_queries.participants(session, meeting_id)))


async def test_what_is_not_touched_stays_to_the_second_and_what_is_changes(centre: Centre) -> None:
    office = await centre.sign_in()
    more = {"kind": "briefing", "level": 3, "document_number": "7/GM", "chair_name": "Ông Páo"}
    odd = centre.time.now() + timedelta(hours=3, seconds=17)
    times = {"begins_at": odd.isoformat(), "ends_at": (odd + timedelta(minutes=100)).isoformat()}
    meeting_id = await meeting(centre, office, mode="conference", owner="party", **more, **times)
    before, fields = kept(centre, meeting_id), await opened(office, meeting_id)
    assert (await sent(office, meeting_id, fields)).status_code == 303
    assert kept(centre, meeting_id).model_dump() == before.model_dump()
    assert points(centre, meeting_id) == ["p-chair", "p-b", "p-c"]
    fields = await opened(office, meeting_id)
    later = (odd + DAY).astimezone(ZONE)
    answer = await sent(
        *(office, meeting_id, fields),
        title="Giao ban <b>mới</b>",
        date=f"{later:%Y-%m-%d}",
        begins="09:30",
        minutes="45",
        participants=["p-b", "p-chair"],
        chair_point_id="p-b",
        secretary="Bà Lan",
        mode="discussion",
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/meetings/{meeting_id}")
    after = kept(centre, meeting_id)
    assert (after.title, after.secretary, after.kind) == (
        "Giao ban <b>mới</b>",
        "Bà Lan",
        "briefing",
    )
    assert f"{after.begins_at.astimezone(ZONE):%H:%M}" == "09:30"
    assert after.ends_at - after.begins_at == timedelta(minutes=45)
    detail = (await office.get(f"/api/v1/meetings/{meeting_id}")).json()
    assert (detail["point_ids"], detail["floor"]["mode"]) == (["p-b", "p-chair"], "discussion")
    page = (await office.get(f"/meetings/{meeting_id}/change")).text
    assert "<b>mới" not in page and "&lt;b&gt;mới" in page


async def test_it_says_whom_it_tells_and_tells_them(centre: Centre, box: Mailbox) -> None:
    mailing, office = seed(centre, box), await centre.sign_in()
    meeting_id = await meeting(centre, office)
    way, told = f"/meetings/{meeting_id}/change", f"/parts/meetings/{meeting_id}/told"
    fields = await opened(office, meeting_id)
    assert "không có thư nào gửi đi" not in (await office.get(way)).text
    shown = await office.client.post(told, data=fields | {"title": "Mới"})
    assert "Chưa mời ai qua thư: không có thư nào gửi đi." in shown.text
    assert "3 điểm cầu nhận lịch mới." in shown.text
    await invite(office, meeting_id)
    await sent_all(mailing)
    seen(box)
    fields = await opened(office, meeting_id)
    assert "Chưa thay đổi gì" in (await office.client.post(told, data=fields)).text
    changed = fields | {"title": "Mới", "participants": ["p-b"]}
    shown = await office.client.post(told, data=changed)
    assert "2 người được mời sẽ nhận thư cập nhật: Ba, Hoa." in unescape(shown.text)
    assert "1 người sẽ nhận thư báo không còn được mời: Lan." in shown.text
    assert "1 điểm cầu bỏ lịch cuộc họp." in shown.text
    quiet = fields | {"secretary": "Bà Lan"}
    assert "giấy mời không nói tới" in (await office.client.post(told, data=quiet)).text
    assert (await sent(office, meeting_id, changed)).status_code == 303
    await sent_all(mailing)
    assert [(to[:3], method) for to, method, _ in seen(box)] == [
        ("ba@", "REQUEST"),
        ("hoa", "REQUEST"),
        ("lan", "CANCEL"),
    ]


async def test_of_two_who_change_at_once_the_later_is_told_and_loses_nothing(
    centre: Centre,
) -> None:
    office, admin = await centre.sign_in(), await centre.sign_in(Role.ADMIN)
    meeting_id = await meeting(centre, office)
    mine, theirs = await opened(office, meeting_id), await opened(admin, meeting_id)
    answers = await asyncio.gather(
        sent(office, meeting_id, mine, title="Của văn phòng", secretary="Bà Lan"),
        sent(admin, meeting_id, theirs, title="Của quản trị", document_number="9/GM"),
    )
    assert sorted(one.status_code for one in answers) == [303, 409]
    lost = next(one for one in answers if one.status_code == 409)
    won, typed = kept(centre, meeting_id).title, "Của văn phòng"
    if won == typed:
        typed = "Của quản trị"
    assert "vừa sửa cuộc họp này" in lost.text
    assert f'value="{typed}"' in lost.text and won in lost.text
    who = office if typed == "Của văn phòng" else admin
    assert (await sent(who, meeting_id, fields_of(lost.text))).status_code == 303
    assert kept(centre, meeting_id).title == typed
    old = mine if who is office else theirs
    stale = await sent(who, meeting_id, old, title="Cũ")
    assert stale.status_code == 409 and kept(centre, meeting_id).title == typed


async def test_clashes_that_a_change_brings_are_asked_about_once(sqlite_centre: Centre) -> None:
    centre, office = sqlite_centre, await sqlite_centre.sign_in()
    other = await meeting(centre, office, title="Họp khác", point_ids=["p-b"], chair_point_id="p-c")
    clashing = await meeting(centre, office, point_ids=["p-b"])
    page = (await office.get(f"/meetings/{clashing}/change")).text
    assert "Họp khác" in page and 'data-testid="free-time"' in page
    fields = fields_of(page)
    assert (await sent(office, clashing, fields, title="Đổi tên thôi")).status_code == 303
    fields = await opened(office, clashing)
    asked = await sent(office, clashing, fields, participants=["p-b", "p-c"])
    assert asked.status_code == 409 and "Vẫn lưu" in asked.text
    again = fields_of(asked.text)
    assert (await sent(office, clashing, again, accept_clash="1")).status_code == 303
    assert points(centre, clashing) == ["p-chair", "p-b", "p-c"]
    own = await office.client.post(
        "/parts/booking/clashes",
        data={**await opened(office, other), "participants": [], "chair_point_id": "p-chair"},
    )
    assert "Họp khác" not in own.text


async def test_what_is_on_or_over_says_why_and_nothing_typed_is_lost(
    sqlite_centre: Centre,
) -> None:
    centre, office = sqlite_centre, await sqlite_centre.sign_in()
    meeting_id = await meeting(centre, office)
    fields = await opened(office, meeting_id)
    for changed, status, said in (
        ({"classification": "secret"}, 422, "Nghị định 26/2020"),
        ({"title": ""}, 422, "Tên cuộc họp"),
        ({"participants": [], "chair_point_id": ""}, 422, "điểm cầu"),
        ({"minutes": "0"}, 422, "giờ bắt đầu"),
        ({"host_unit_id": "nowhere"}, 400, "đơn vị chủ trì"),
    ):
        answer = await sent(office, meeting_id, fields, **changed)
        assert answer.status_code == status and said in answer.text, changed
    secret = await sent(office, meeting_id, fields, title="Lộ mật", classification="secret")
    assert "Lộ mật" not in secret.text
    await office.post(f"/api/v1/meetings/{meeting_id}/cancel")
    late = await sent(office, meeting_id, fields, title="Gõ dở")
    assert late.status_code == 409 and 'value="Gõ dở"' in late.text and "đã hủy" in late.text
    refused = await office.get(f"/meetings/{meeting_id}/change")
    assert refused.status_code == 409 and "Khôi phục" in refused.text
    viewer = await centre.sign_in(Role.VIEWER)
    assert (await viewer.get(f"/meetings/{meeting_id}/change")).status_code == 403
    assert (await office.get("/meetings/nowhere/change")).status_code == 404


async def test_a_point_that_is_no_more_is_named_and_what_was_held_keeps_it(
    sqlite_centre: Centre,
) -> None:
    centre, office = sqlite_centre, await sqlite_centre.sign_in()
    ago = centre.time.now() - 2 * HOUR
    held = {"begins_at": ago.isoformat(), "ends_at": (ago + HOUR).isoformat()}
    past = await meeting(centre, office, held_as="in_person", title="Ghi nhầm", **held)
    coming = await meeting(centre, office)
    end_point(centre, "p-c")
    page = (await office.get(f"/meetings/{coming}/change")).text
    assert "không mời nữa khi lưu: Xã C" in page
    assert (await sent(office, coming, fields_of(page), title="Vắng C")).status_code == 303
    assert points(centre, coming) == ["p-chair", "p-b"]

    before, fields = kept(centre, past), await opened(office, past)
    assert fields["held_as"] == ["in_person"]
    wanted = {"title": "Ghi đúng", "minutes": "30", "chair_name": "Bà Hà"}
    assert (await sent(office, past, fields, **wanted)).status_code == 303
    after = kept(centre, past)
    assert (after.state, after.title, after.chair_name) == ("ended", "Ghi đúng", "Bà Hà")
    assert after.ended_at == after.ends_at == after.begins_at + timedelta(minutes=30)
    assert after.live_at == after.begins_at != before.begins_at
    assert points(centre, past) == ["p-chair", "p-b", "p-c"]
    for changed in ({"held_as": "online"}, {"date": f"{centre.time.now() + 2 * DAY:%Y-%m-%d}"}):
        answer = await sent(office, past, await opened(office, past), **changed)
        assert answer.status_code in (400, 422), changed
    shown = (await office.get(f"/meetings/{past}")).text
    assert "Đã sửa nội dung ghi lại" in shown
    with reading(centre.web.state) as session:
        noted = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.entry_id))).all()
    assert "correct_meeting" in noted
    assert isinstance(after.begins_at, datetime)
