"""Invitations where something comes between: a race, another spelling, a failure, a clock."""

import asyncio
import errno
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from controller.contacts.card_entered import CardEntered
from controller.contacts.place import ContactPlace
from controller.contacts.service import ContactDesk
from controller.db.engine import reading, writing
from controller.mail import letter_queries
from controller.mail.errand import MailErrand
from controller.mail.mailer import by_child
from controller.mail.server import MailServers
from controller.mail.service import MAX_WAITING
from controller.mail.smtp import MailOutcome
from controller.mail.tables import MailLetter
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
    seed,
    seen,
    sent_all,
    states,
)
from tests.waiting import until


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """A mail server of this test's own."""
    async with mailbox() as found:
        yield found


def waits_for_a_lock(centre: Centre) -> bool:
    """Return whether somebody does; of SQLite, where one writes at a time, nothing is known."""
    if centre.web.state.dialect.name == "sqlite":
        return True
    with reading(centre.web.state) as session:
        query = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(session.execute(query).scalar_one())


async def test_whose_letter_goes_out_while_the_meeting_is_cancelled_is_told_so(
    centre: Centre, box: Mailbox
) -> None:
    mailing, office = seed(centre, box), await centre.sign_in()
    meeting_id = await meeting(centre, office)
    await invite(office, meeting_id)
    with writing(centre.web.state) as session:
        claimed = letter_queries.claim_next(session, centre.time.now())
        assert claimed is not None
        cancelling = asyncio.create_task(office.post(f"/api/v1/meetings/{meeting_id}/cancel"))
        await until(lambda: waits_for_a_lock(centre), what="the cancellation waits")
    assert (await cancelling).status_code == 200
    await sent_all(mailing)
    assert seen(box) == [(claimed.address, "CANCEL", 1), (claimed.address, "REQUEST", 0)]


async def test_who_is_left_under_another_spelling_of_their_address_is_still_invited(
    sqlite_centre: Centre, box: Mailbox
) -> None:
    centre = sqlite_centre
    mailing, office = seed(centre, box), await centre.sign_in()
    desk = centre.web.part(ContactDesk)
    desk.add(ContactPlace(True, "p-c"), CardEntered("clerk", "Hoa", "1022", HOA.upper()))
    meeting_id = await meeting(centre, office)
    await invite(office, meeting_id)
    await sent_all(mailing)
    assert seen(box) == [(BA, "REQUEST", 0), (HOA, "REQUEST", 0)]
    body = meeting_body(centre.time, point_ids=["p-c"])
    assert (await office.put(f"/api/v1/meetings/{meeting_id}", body)).status_code == 200
    await sent_all(mailing)
    assert seen(box) == [(BA, "CANCEL", 1), (HOA, "REQUEST", 1)]
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Gửi giấy mời cho" not in page


async def test_how_a_meeting_is_held_who_chairs_and_who_hosts_is_told_where_it_changes(
    sqlite_centre: Centre, box: Mailbox
) -> None:
    centre = sqlite_centre
    mailing, office = seed(centre, box), await centre.sign_in()
    meeting_id = await meeting(centre, office)
    await invite(office, meeting_id)
    await sent_all(mailing)
    (event,) = calendar_of(box.letters[0]).walk("VEVENT")
    assert "Hình thức: Họp trực tuyến" in str(event["description"])
    seen(box)
    changes = (
        ({"held_as": "in_person"}, "Hình thức: Họp trực tiếp"),
        ({"chair_name": "Bà Lê Thị Lan"}, "Chủ tọa: Bà Lê Thị Lan"),
        ({"host_unit_id": "xa-c"}, "Đơn vị chủ trì: "),
    )
    body = meeting_body(centre.time)
    for at, (change, words) in enumerate(changes, 1):
        body |= change
        answer = await office.put(f"/api/v1/meetings/{meeting_id}", body)
        assert answer.status_code == 200, answer.text
        await sent_all(mailing)
        assert words in str(calendar_of(box.letters[0]).walk("VEVENT")[0]["description"])
        assert [one[1:] for one in seen(box)] == [("REQUEST", at)] * 3


async def test_where_no_child_can_be_begun_a_letter_waits_and_holds_up_no_other(
    sqlite_centre: Centre, box: Mailbox
) -> None:
    centre = sqlite_centre
    mailing, office = seed(centre, box), await centre.sign_in()

    async def failing(_: MailErrand) -> MailOutcome:
        mailing.send = by_child
        raise OSError(errno.EAGAIN, "no process is left")

    mailing.send = failing
    await invite(office, await meeting(centre, office))
    await sent_all(mailing)
    assert sorted(states(centre).values()) == ["sent", "sent", "waiting"]
    centre.time.offset += timedelta(minutes=2)
    await sent_all(mailing)
    assert len(seen(box)) == 3


async def test_what_cannot_be_written_of_a_letter_is_written_later_and_it_goes_out_once(
    sqlite_centre: Centre, box: Mailbox
) -> None:
    centre = sqlite_centre
    mailing, office = seed(centre, box), await centre.sign_in()
    await invite(office, await meeting(centre, office))
    with writing(centre.web.state) as session:
        session.execute(
            text(
                "CREATE TRIGGER full BEFORE UPDATE ON mail_letter WHEN NEW.state = 'sent' "
                "BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        )
    for _ in range(2):
        with pytest.raises(Exception, match="full"):
            await mailing.step()
    with writing(centre.web.state) as session:
        session.execute(text("DROP TRIGGER full"))
    await sent_all(mailing)
    assert len(seen(box)) == 3
    assert set(states(centre).values()) == {"sent"}


async def test_a_clock_that_was_ahead_and_who_wants_it_now_hold_nothing_back(
    sqlite_centre: Centre, box: Mailbox
) -> None:
    centre = sqlite_centre
    mailing, office = seed(centre, box), await centre.sign_in()
    meeting_id = await meeting(centre, office)
    later = dict.fromkeys((HOA, BA, LAN), "450 4.2.0 greylisted")
    box.takes_not = later
    await invite(office, meeting_id)
    centre.time.offset += timedelta(hours=5)
    await sent_all(mailing)
    assert set(states(centre).values()) == {"waiting"}
    centre.time.offset -= timedelta(hours=5)
    box.takes_not = {}
    await sent_all(mailing)
    assert set(states(centre).values()) == {"sent"} and len(seen(box)) == 3

    box.takes_not = later
    moved = meeting_body(centre.time, title="Khác")
    await office.put(f"/api/v1/meetings/{meeting_id}", moved)
    await sent_all(mailing)
    box.takes_not = {}
    await sent_all(mailing)
    assert box.letters == []
    centre.web.part(MailServers).ask()
    await sent_all(mailing)
    assert len(seen(box)) == 3


async def test_a_change_that_would_invite_more_than_may_wait_is_refused_and_a_cancel_never(
    sqlite_centre: Centre, box: Mailbox
) -> None:
    centre = sqlite_centre
    mailing, office = seed(centre, box), await centre.sign_in()
    meeting_id = await meeting(centre, office, point_ids=["p-b"])
    await invite(office, meeting_id)
    await sent_all(mailing)
    (like, *_) = letters(centre)
    row = like.model_dump(exclude={"letter_id"}) | {"about": "m-other", "state": "waiting"}
    with writing(centre.web.state) as session:
        session.execute(insert(MailLetter), [row] * MAX_WAITING)
    answer = await office.put(f"/api/v1/meetings/{meeting_id}", meeting_body(centre.time))
    assert answer.status_code == 400 and "too_many_letters" in answer.text
    answer = await office.post(f"/api/v1/meetings/{meeting_id}/cancel")
    assert answer.status_code == 200
    told = [one.what for one in letters(centre) if one.about == meeting_id]
    assert told == ["request"] * 2 + ["cancel"] * 2
