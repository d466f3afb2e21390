"""A meeting has an agenda: typed, kept with its meeting, told, and gone through on the console."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlmodel import col, select

from contracts.ids import MeetingId
from controller.audit.tables import AuditEntry
from controller.db.engine import reading
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import MeetingPhase, Move
from tests.fakes.receivers import Mailbox, mailbox
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.integration.controller.invited import calendar_of, invite, meeting, seed, sent_all
from tests.integration.controller.test_meeting_change import fields_of, opened, sent

ITEMS = [
    {"title": "Khai mạc <b>", "minutes": 10, "speaker": "Ông Hải, Chủ tịch"},
    {"title": "Báo cáo của xã", "minutes": 20, "speaker": "xã b"},
    {"title": "Kết luận", "minutes": 5, "speaker": ""},
]
TYPED = {
    "agenda_title": ["Khai mạc", "", "Trả lời"],
    "agenda_minutes": ["10", "15", "25"],
    "agenda_speaker": ["", "", "Xã C"],
}


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """A mail server of this test's own."""
    async with mailbox() as found:
        yield found


async def kept(office: Person, meeting_id: str) -> list[tuple[Any, ...]]:
    detail = (await office.get(f"/api/v1/meetings/{meeting_id}")).json()
    names = ("title", "minutes", "speaker", "point_id", "began_at")
    return [tuple(one[name] for name in names) for one in detail["agenda"]]


async def test_an_agenda_is_kept_shown_changed_and_left_alone_by_who_says_nothing_of_it(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(centre, office, agenda=ITEMS)
    assert await kept(office, meeting_id) == [
        ("Khai mạc <b>", 10, "Ông Hải, Chủ tịch", None, None),
        ("Báo cáo của xã", 20, "xã b", "p-b", None),
        ("Kết luận", 5, "", None, None),
    ]
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Khai mạc &lt;b&gt;" in page and "3 mục" in page
    fields = await opened(office, meeting_id)
    assert [one for one in fields["agenda_title"] if one] == [one["title"] for one in ITEMS]
    assert (await sent(office, meeting_id, fields)).status_code == 303
    assert len(await kept(office, meeting_id)) == 3
    body = meeting_body(centre.time)
    assert (await office.put(f"/api/v1/meetings/{meeting_id}", body)).status_code == 200
    assert len(await kept(office, meeting_id)) == 3
    assert (await sent(office, meeting_id, fields)).status_code == 409  # the hours are others now
    fields = await opened(office, meeting_id)
    assert (await sent(office, meeting_id, fields, **TYPED)).status_code == 303
    assert await kept(office, meeting_id) == [
        ("Khai mạc", 10, "", None, None),
        ("Trả lời", 25, "Xã C", "p-c", None),
    ]
    bad = await sent(
        *(office, meeting_id, await opened(office, meeting_id)),
        agenda_title=["A"],
        agenda_minutes=["0"],
        agenda_speaker=[""],
    )
    assert bad.status_code == 422 and "Mục 1 của chương trình" in bad.text
    more = await sent(office, meeting_id, fields_of(bad.text), more_items="1")
    assert more.status_code == 200 and len(fields_of(more.text)["agenda_title"]) == 4
    like = (await office.client.get(f"/meetings/new?like={meeting_id}")).text
    assert [one for one in fields_of(like)["agenda_title"] if one] == ["Khai mạc", "Trả lời"]
    over = meeting_body(centre.time, agenda=ITEMS * 11)
    assert (await office.post("/api/v1/meetings", over)).status_code == 422
    cleared = body | {"agenda": []}
    assert (await office.put(f"/api/v1/meetings/{meeting_id}", cleared)).status_code == 200
    assert await kept(office, meeting_id) == []


async def test_dates_of_a_series_have_it_and_letters_and_papers_say_it(
    centre: Centre, box: Mailbox
) -> None:
    mailing, office = seed(centre, box), await centre.sign_in()
    rule = {"rule": "FREQ=DAILY;COUNT=2", "holidays": "keep"}
    body = meeting_body(centre.time, agenda=ITEMS) | rule
    series = (await office.post("/api/v1/series", body)).json()
    first, second = (one["meeting_id"] for one in series["meetings"])
    assert len(await kept(office, second)) == 3
    assert await invite(office, first) == 303
    await sent_all(mailing)
    said = str(calendar_of(box.letters[0]).walk("VEVENT")[0]["description"])
    assert "Chương trình:" in said and "Báo cáo của xã (xã b)" in said
    fields = await opened(office, first)
    shown = await office.client.post(f"/parts/meetings/{first}/told", data=fields | TYPED)
    assert "3 người được mời sẽ nhận thư cập nhật" in unescape(shown.text)
    paper = await office.get(f"/meetings/{first}/invitation.docx")
    assert paper.status_code == 200


async def test_the_console_goes_through_it_and_of_two_one_goes_on(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(centre, office, agenda=ITEMS)
    way = f"/meetings/{meeting_id}/agenda"

    async def step(item: int, seen: int) -> int:
        fields = {"csrf_token": office.csrf_token, "item": str(item), "seen": str(seen)}
        return (await office.client.post(way, data=fields)).status_code

    assert await step(1, 0) == 409
    centre.time.offset += timedelta(hours=1)
    desk = centre.web.part(Lifecycle)
    assert desk.move_by_clock(MeetingId(meeting_id), MeetingPhase.SCHEDULED, Move.BEGIN)
    centre.time.offset += timedelta(minutes=14, seconds=10)
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "chậm hơn dự kiến 4 phút" in page and "Sang mục 2" in page
    assert sorted(await asyncio.gather(step(1, 0), step(1, 0))) == [303, 409]
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Mời Xã B theo chương trình" in page and "Về mục 1" in page
    assert "Chuyển chương trình sang mục 2. Báo cáo của xã" in page
    assert [bool(one[4]) for one in await kept(office, meeting_id)] == [False, True, False]
    last = page.partition('data-testid="last-move"')[2].partition("</div>")[0]
    assert f'hx-post="{way}"' in last and 'name="item" value="0"' in last  # Z takes the step back
    back = {"csrf_token": office.csrf_token, "item": "0", "seen": "1", "undo": "yes"}
    assert (await office.client.post(way, data=back)).status_code == 303
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Chương trình, trở lại mục: 1." in page
    assert f'hx-post="{way}"' not in page.partition('data-testid="last-move"')[2][:900]
    assert await step(1, 0) == 303
    assert await step(9, 1) == 400
    assert await step(0, 1) == 303
    assert [bool(one[4]) for one in await kept(office, meeting_id)] == [True, False, False]
    with reading(centre.web.state) as session:
        noted = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.entry_id))).all()
    assert noted.count("move_agenda") == 4
