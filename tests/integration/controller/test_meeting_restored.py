"""A cancelled meeting is had back: itself where no letter told of it, else another like it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from controller.audit.tables import AuditEntry
from controller.db.engine import reading
from controller.roles import Role
from tests.fakes.receivers import Mailbox, mailbox
from tests.integration.controller.centre import Centre, Person
from tests.integration.controller.invited import invite, meeting, seed, seen, sent_all
from tests.integration.controller.test_series_changes import ids
from tests.integration.controller.test_series_changes import made as made_series


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """A mail server of this test's own."""
    async with mailbox() as found:
        yield found


async def restored(office: Person, meeting_id: str, **fields: str) -> httpx.Response:
    sent = {"csrf_token": office.csrf_token} | fields
    return await office.client.post(f"/meetings/{meeting_id}/restore", data=sent)


async def cancelled(office: Person, meeting_id: str) -> None:
    answer = await office.post(f"/api/v1/meetings/{meeting_id}/cancel")
    assert answer.status_code == 200, answer.text


async def test_where_nobody_was_told_by_e_mail_it_is_itself_again(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(centre, office, mode="conference")
    way = f"/api/v1/meetings/{meeting_id}"
    before = (await office.get(way)).json()
    await cancelled(office, meeting_id)
    assert "Khôi phục cuộc họp" in (await office.get(f"/meetings/{meeting_id}")).text
    answers = await asyncio.gather(*(restored(office, meeting_id) for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [303, 409]
    assert (await office.get(way)).json() == before
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Cuộc họp được khôi phục" in page and "Khôi phục cuộc họp" not in page
    with reading(centre.web.state) as session:
        assert "restore_meeting" in session.exec(select(AuditEntry.action)).all()


async def test_whoever_was_told_that_it_is_off_is_invited_to_another_like_it(
    centre: Centre, box: Mailbox
) -> None:
    mailing, office = seed(centre, box), await centre.sign_in()
    meeting_id = await meeting(centre, office, chair_name="Ông Páo")
    await invite(office, meeting_id)
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "thư đang chờ được rút lại" in page
    await sent_all(mailing)
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "3 người đã được mời sẽ nhận thư báo hủy: Ba, Hoa, Lan." in page
    assert 'href="/points/p-b#contacts"' in page
    seen(box)
    await cancelled(office, meeting_id)
    await sent_all(mailing)
    assert all(one.startswith("Hủy cuộc họp: Giao ban") for one in box.subjects[-3:])
    assert [method for _, method, _ in seen(box)] == ["CANCEL"] * 3
    answers = await asyncio.gather(*(restored(office, meeting_id) for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [303, 409]
    (there,) = (one.headers["location"] for one in answers if one.status_code == 303)
    assert there != f"/meetings/{meeting_id}"
    await sent_all(mailing)
    assert [method for _, method, _ in seen(box)] == ["REQUEST"] * 3
    made = (await office.get(f"/api/v1{there}")).json()
    assert (made["state"], made["chair_name"]) == ("scheduled", "Ông Páo")
    assert made["point_ids"] == ["p-chair", "p-b", "p-c"]


async def test_what_cannot_be_had_back_says_why(sqlite_centre: Centre) -> None:
    centre, office = sqlite_centre, await sqlite_centre.sign_in()
    meeting_id = await meeting(centre, office)
    assert (await restored(office, meeting_id)).status_code == 409
    await cancelled(office, meeting_id)
    await meeting(centre, office, title="Chen vào", point_ids=["p-b"])
    taken = await restored(office, meeting_id)
    assert taken.status_code == 409 and "Chen vào" in taken.text
    viewer = await centre.sign_in(Role.VIEWER)
    assert (await restored(viewer, meeting_id)).status_code == 403
    assert (await restored(office, meeting_id, accept_clash="1")).status_code == 303
    await cancelled(office, meeting_id)
    centre.time.offset += timedelta(hours=1, minutes=1)
    late = await restored(office, meeting_id)
    assert late.status_code == 409 and "Giờ họp đã đến" in late.text
    assert (await restored(office, "nowhere")).status_code == 404


async def test_a_date_of_a_series_is_had_back_once(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    series = await made_series(office, sqlite_centre)
    date = ids(series)[1]
    await cancelled(office, date)
    again = {"csrf_token": office.csrf_token, "series_at": series["meetings"][1]["series_at"]}
    way = f"/series/{series['series_id']}/restore"
    assert (await office.client.post(way, data=again)).status_code == 303
    refused = await restored(office, date, accept_clash="1")
    assert refused.status_code == 409 and "khôi phục rồi" in refused.text
