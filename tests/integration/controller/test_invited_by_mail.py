"""Invitations by e-mail: queued with the change they tell, sent by a real server, once each."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.mail import letter_queries
from controller.mail.errand import MailErrand
from controller.mail.mailer import by_child
from controller.mail.smtp import MailOutcome
from controller.meetings import service as meetings
from controller.meetings.invited.service import Invitations
from controller.meetings.invited.whom import whom
from controller.roles import Role
from runtime.backoff import Backoff
from tests.fakes.pki import Pki
from tests.fakes.receivers import Mailbox, mailbox
from tests.integration.controller.centre import Centre, meeting_body
from tests.integration.controller.invited import (
    BA,
    HOA,
    LAN,
    calendar_of,
    invite,
    letters,
    meeting,
    postman,
    seed,
    seen,
    sent_all,
    set_server,
    states,
)
from tests.waiting import until

DAY = timedelta(days=1)


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """A mail server of this test's own."""
    async with mailbox() as found:
        yield found


async def test_everybody_with_an_address_is_invited_once_and_follows_every_change(
    centre: Centre, box: Mailbox
) -> None:
    mailing, office = seed(centre, box), await centre.sign_in()
    meeting_id = await meeting(centre, office)
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Gửi giấy mời cho 3 người" in page
    assert "Điểm cầu chưa có địa chỉ thư: 1" in page
    assert [await invite(office, meeting_id) for _ in range(2)] == [303, 303]
    await sent_all(mailing)
    (event,) = calendar_of(box.letters[0]).walk("VEVENT")
    uid = str(event["uid"])
    assert str(event["summary"]) == "Giao ban tháng 11"
    assert str(event["location"]) == "Xã B"
    assert f"/meetings/{meeting_id}" in str(event["description"])
    assert str(event["organizer"]) == "mailto:vp@tinh.vn"
    assert seen(box) == [(BA, "REQUEST", 0), (HOA, "REQUEST", 0), (LAN, "REQUEST", 0)]
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Gửi giấy mời cho" not in page
    assert page.count("Đã gửi") >= 3

    moved = meeting_body(centre.time, title="Giao ban tháng 12")
    answer = await office.put(f"/api/v1/meetings/{meeting_id}", moved)
    assert answer.status_code == 200, answer.text
    await sent_all(mailing)
    assert str(calendar_of(box.letters[0]).walk("VEVENT")[0]["uid"]) == uid
    assert "Thay đổi giấy mời: Giao ban tháng 12" in box.subjects[0]
    assert seen(box) == [(BA, "REQUEST", 1), (HOA, "REQUEST", 1), (LAN, "REQUEST", 1)]

    await office.put(f"/api/v1/meetings/{meeting_id}", moved)
    await office.put(f"/api/v1/meetings/{meeting_id}", moved | {"point_ids": ["p-b"]})
    await sent_all(mailing)
    assert seen(box) == [(LAN, "CANCEL", 2)]
    await office.put(f"/api/v1/meetings/{meeting_id}", moved)
    await sent_all(mailing)
    assert seen(box) == [(LAN, "REQUEST", 3)]

    fields = {"csrf_token": office.csrf_token}
    answer = await office.client.post(f"/meetings/{meeting_id}/cancel", data=fields)
    assert answer.status_code == 303
    await sent_all(mailing)
    assert "Cuộc họp này đã hủy." in str(
        next(next(box.letters[0].iter_parts()).iter_parts()).get_content()
    )
    assert seen(box) == [(BA, "CANCEL", 4), (HOA, "CANCEL", 4), (LAN, "CANCEL", 4)]
    with reading(centre.web.state) as session:
        rows = session.exec(select(AuditEntry).order_by(col(AuditEntry.entry_id))).all()
        noted = [one.detail for one in rows if one.action == "send_invitations"]
    assert noted == ["3", "0"]


async def test_nothing_goes_out_for_a_draft_or_before_somebody_invites(
    centre: Centre, box: Mailbox
) -> None:
    mailing, office = seed(centre, box), await centre.sign_in()
    draft = await meeting(centre, office, is_draft=True)
    assert await invite(office, draft) == 409
    plain = await meeting(centre, office)
    body = meeting_body(centre.time, title="Khác")
    assert (await office.put(f"/api/v1/meetings/{plain}", body)).status_code == 200
    viewer = await centre.sign_in(Role.VIEWER)
    assert await invite(viewer, plain) == 403
    assert (await viewer.get("/mail")).status_code == 403
    assert "invitations" not in (await viewer.get(f"/meetings/{plain}")).text
    assert await invite(office, "m-none") == 404
    await sent_all(mailing)
    assert box.letters == [] and letters(centre) == []


async def test_who_is_invited_to_a_meeting_in_person_is_told_where_its_room_is(
    sqlite_centre: Centre, box: Mailbox
) -> None:
    centre = sqlite_centre
    mailing, office = seed(centre, box), await centre.sign_in()
    await invite(office, await meeting(centre, office, held_as="in_person"))
    await sent_all(mailing)
    places = {str(calendar_of(one).walk("VEVENT")[0]["location"]) for one in box.letters}
    assert len(box.letters) == 3 and places == {"Văn phòng UBND tỉnh"}


async def test_without_a_server_or_anybody_to_invite_a_sentence_says_so(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(centre, office)
    assert await invite(office, meeting_id) == 400
    set_server(centre, 25)
    assert await invite(office, meeting_id) == 409
    assert letters(centre) == []


async def test_what_has_not_gone_out_is_replaced_and_what_nobody_had_is_not_cancelled(
    centre: Centre, box: Mailbox
) -> None:
    mailing, office = seed(centre, box), await centre.sign_in()
    meeting_id = await meeting(centre, office)
    await invite(office, meeting_id)
    body = meeting_body(centre.time, title="Mới", point_ids=["p-b"])
    await office.put(f"/api/v1/meetings/{meeting_id}", body)
    await sent_all(mailing)
    assert "Giấy mời: Mới" in box.subjects[0]
    assert [one[:2] for one in seen(box)] == [(BA, "REQUEST"), (HOA, "REQUEST")]
    assert states(centre)[LAN] == "replaced"


async def test_a_cancelled_date_that_is_had_back_is_told_to_those_who_were_invited(
    centre: Centre, box: Mailbox
) -> None:
    mailing, office = seed(centre, box), await centre.sign_in()
    body = meeting_body(centre.time) | {"rule": "FREQ=DAILY;COUNT=3", "holidays": "keep"}
    series = (await office.post("/api/v1/series", body)).json()
    second = series["meetings"][1]
    await invite(office, second["meeting_id"])
    begins_at = datetime.fromisoformat(second["begins_at"]) + timedelta(hours=3)
    ends_at = begins_at + timedelta(hours=1)
    moved = {"begins_at": begins_at.isoformat(), "ends_at": ends_at.isoformat()}
    await sent_all(mailing)
    seen(box)
    way = f"/api/v1/series/dates/{second['meeting_id']}"
    assert (await office.post(f"{way}/move", moved)).status_code == 200
    await sent_all(mailing)
    assert [one[1:] for one in seen(box)] == [("REQUEST", 1)] * 3
    assert (await office.post(f"{way}/cancel", {"scope": "later"})).status_code == 200
    await sent_all(mailing)
    assert [one[1:] for one in seen(box)] == [("CANCEL", 2)] * 3
    said = {"series_at": second["series_at"]}
    back = f"/api/v1/series/{series['series_id']}/restore"
    assert (await office.post(back, said)).status_code == 200
    await sent_all(mailing)
    assert [one[1:] for one in seen(box)] == [("REQUEST", 0)] * 3


async def test_a_dead_server_keeps_every_letter_and_one_that_is_back_has_each_once(
    centre: Centre, box: Mailbox
) -> None:
    mailing, office = seed(centre, box), await centre.sign_in()
    meeting_id = await meeting(centre, office)
    await box.close()
    await invite(office, meeting_id)
    for _ in range(4):
        assert await mailing.step()
    assert set(states(centre).values()) == {"waiting"}
    page = (await office.get("/mail")).text
    assert "Không nhận thư" in page and "Không kết nối được máy chủ thư" in page
    await box.open()
    await sent_all(mailing)
    assert len(seen(box)) == 3
    assert set(states(centre).values()) == {"sent"}
    await box.close()
    moved = meeting_body(centre.time, title="Khác")
    await office.put(f"/api/v1/meetings/{meeting_id}", moved)
    centre.time.offset += 3 * DAY + timedelta(hours=1)
    assert await mailing.step()
    last = {one.address: one for one in letters(centre)}
    assert {one.state for one in last.values()} == {"given_up"}
    page = (await (await centre.sign_in()).get("/mail", state="given_up")).text
    assert page.count("Bỏ, không gửi nữa") >= 3 and "Không kết nối được máy chủ thư" in page


async def test_one_of_many_that_is_refused_has_the_servers_word_and_may_be_sent_again(
    centre: Centre, box: Mailbox
) -> None:
    mailing, office = seed(centre, box), await centre.sign_in()
    box.takes_not = {BA: "550 5.1.1 <b>no such user</b>", LAN: "450 4.2.0 greylisted"}
    meeting_id = await meeting(centre, office)
    await invite(office, meeting_id)
    await sent_all(mailing)
    assert states(centre) == {HOA: "sent", BA: "refused", LAN: "waiting"}
    page = (await office.get("/mail")).text
    assert "&lt;b&gt;no such user&lt;/b&gt;" in page and "greylisted" in page
    assert "Nhận thư" in page
    centre.time.offset += timedelta(minutes=2)
    box.takes_not = {}
    await sent_all(mailing)
    assert states(centre) == {HOA: "sent", BA: "refused", LAN: "sent"}
    refused = next(one for one in letters(centre) if one.state == "refused")
    fields = {"csrf_token": office.csrf_token}
    way = f"/mail/{refused.letter_id}/again"
    assert (await office.client.post(way, data=fields)).status_code == 303
    assert (await office.client.post(way, data=fields)).status_code == 409
    await sent_all(mailing)
    assert states(centre)[BA] == "sent"
    assert len(box.letters) == 3
    assert (await office.client.post("/mail/999999/again", data=fields)).status_code == 404


async def test_a_login_that_is_refused_rests_the_server_and_is_tried_when_it_is_set_anew(
    sqlite_centre: Centre, box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = sqlite_centre
    issued = Pki(tmp_path / "mail-pki").issue("mail")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "mail-pki" / "ca.crt"))
    box.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    box.tls.load_cert_chain(issued.certificate_file, issued.key_file)
    mailing, office = seed(centre, box), await centre.sign_in()
    mailing.rests = Backoff(first_s=600.0, cap_s=600.0, jitter=0.0)
    secret = {"security": "starttls", "user": "vp", "password": "sai-mat-khau"}
    set_server(centre, box.port, **secret)
    await invite(office, await meeting(centre, office))
    await sent_all(mailing)
    assert set(states(centre).values()) == {"waiting"}
    assert [one.tries for one in letters(centre)].count(1) == 1
    page = (await office.get("/mail")).text
    assert "sai-mat-khau" not in page and "535" in page + str(letters(centre))
    set_server(centre, box.port, security="starttls")
    await sent_all(mailing)
    assert set(states(centre).values()) == {"sent"}


async def test_a_server_that_never_answers_holds_nothing_up_for_good(
    sqlite_centre: Centre, box: Mailbox
) -> None:
    centre = sqlite_centre
    mailing, office = seed(centre, box), await centre.sign_in()
    box.is_silent = True

    async def impatient(what: MailErrand) -> MailOutcome:
        return await by_child(what, limit_s=1.0)

    mailing.send = impatient
    await invite(office, await meeting(centre, office))
    assert await mailing.step()
    assert sorted(one.problem for one in letters(centre)) == ["", "", "slow"]
    assert set(states(centre).values()) == {"waiting"}


async def test_what_a_process_that_ended_was_sending_goes_out_after_the_next_start(
    centre: Centre, box: Mailbox
) -> None:
    seed(centre, box)
    office = await centre.sign_in()
    await invite(office, await meeting(centre, office))
    with writing(centre.web.state) as session:
        assert letter_queries.claim_next(session, centre.time.now()) is not None
    running = asyncio.create_task(postman(centre).run())
    await until(lambda: len(box.letters) == 3, what="the third letter is there")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_of_two_who_invite_at_once_everybody_has_one_letter(
    centre: Centre, box: Mailbox
) -> None:
    seed(centre, box)
    office = await centre.sign_in()
    meeting_id = await meeting(centre, office)
    desk = centre.web.part(Invitations)
    counts = await asyncio.gather(
        *(asyncio.to_thread(desk.send, meeting_id, actor="office") for _ in range(4))
    )
    assert sorted(counts) == [0, 0, 0, 3]
    assert len(letters(centre)) == 3


async def test_the_server_is_set_by_an_administrator_and_its_password_is_not_shown(
    centre: Centre,
) -> None:
    admin, office = await centre.sign_in(Role.ADMIN), await centre.sign_in()
    fields = {"csrf_token": admin.csrf_token, "host": "mail.tinh.vn", "port": "587",
              "security": "starttls", "user": "vp", "sender": "vp@tinh.vn",
              "password": "bi-mat-1"}  # fmt: skip
    assert (await admin.client.post("/mail/server", data=fields)).status_code == 303
    assert (await office.get("/mail/server")).status_code == 403
    page = (await admin.get("/mail/server")).text
    assert "mail.tinh.vn" in page and "bi-mat-1" not in page
    kept = fields | {"password": "", "sender": "phong@tinh.vn"}
    assert (await admin.client.post("/mail/server", data=kept)).status_code == 303
    other = kept | {"host": "mail.khac.vn"}
    answer = await admin.client.post("/mail/server", data=other)
    assert answer.status_code == 422 and "Mật khẩu chưa được nhập" in answer.text
    open_one = fields | {"security": "none"}
    assert (await admin.client.post("/mail/server", data=open_one)).status_code == 422


async def test_whoever_is_to_have_no_point_invites_nobody(centre: Centre, box: Mailbox) -> None:
    seed(centre, box)
    meeting_id = await meeting(centre, await centre.sign_in())
    with reading(centre.web.state) as session:
        row = meetings.found(session, meeting_id)
        assert len(whom(session, row).invitees) == 3
        assert whom(session, row, []).invitees == ()
