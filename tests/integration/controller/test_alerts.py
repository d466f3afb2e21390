"""Messages to real receivers: a mail server, a webhook, one that hangs; each once, in order."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import select

from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.incidents import channel_queries, courier
from controller.incidents.channel_entered import ChannelEntered, ChannelPlace
from controller.incidents.channels import AlertChannels
from controller.incidents.parcel import Delivery, Parcel
from controller.incidents.postman import Postman
from controller.incidents.tables import AlertChannel, AlertMessage, IncidentRow
from controller.incidents.telling_clock import TellingClock
from controller.roles import Role
from runtime.backoff import Backoff
from tests.fakes.receivers import hook, mailbox
from tests.integration.controller.centre import Centre
from tests.waiting import until

# Each delivery is a process of its own, which takes its time where the machine is busy.
pytestmark = pytest.mark.timeout(500)

LINK = "https://centre.test"
SECRET = "mat-khau-rat-bi-mat"
HANGING_S = 6.0


def mail_to(port: int, name: str = "Trực mạng") -> ChannelEntered:
    return ChannelEntered(name=name, host="127.0.0.1", port=str(port), security="none",
                          sender="canh-bao@tinh.vn", recipients="truc@tinh.vn")  # fmt: skip


def web_to(port: int, name: str) -> ChannelEntered:
    return ChannelEntered(kind="apprise", name=name, url=f"json://ai:{SECRET}@127.0.0.1:{port}/x")


def queue(centre: Centre, *ranks: int) -> None:
    """Write one message of each rank for every channel, in this order."""
    now = centre.web.now()
    with writing(centre.web.state) as session:
        row = IncidentRow(key="down", reach="point", told_reach="point", began_at=now,
                          opened_at=now, joined_at=now, told_at=now)  # fmt: skip
        session.add(row)
        session.flush()
        for channel in channel_queries.channels(session):
            for place, rank in enumerate(ranks):
                session.add(
                    AlertMessage(
                        number=row.number or 0,
                        channel_id=channel.channel_id,
                        channel_name=channel.name,
                        what="told",
                        rank=rank,
                        title=f"Sự cố hạng {rank}",
                        text=f"Xã Phú Hộ {place} {LINK}/incidents/1",
                        queued_at=now + timedelta(milliseconds=place),
                    )
                )


def states(centre: Centre) -> list[str]:
    with reading(centre.web.state) as session:
        return list(session.exec(select(AlertMessage.state)))


@asynccontextmanager
async def sending(
    centre: Centre, *, hanging: int = 0, served: asyncio.Event | None = None
) -> AsyncIterator[Postman]:
    """Send until the block ends.

    Who is known to hang, at this port, does so until all others are `served`, and is given seconds
    only after it: where one held up others, they would never be.
    """

    async def deliver(parcel: Parcel) -> Delivery:
        is_hanging = f":{hanging}/" in parcel.secret
        if is_hanging and served is not None:
            await served.wait()
        return await courier.deliver(parcel, limit_s=HANGING_S if is_hanging else 100.0)

    web = centre.web
    rests = Backoff(first_s=0.2, cap_s=0.5)
    postman = Postman(web.state, web.part(AlertChannels), web.hub, web.now, LINK, deliver, rests)
    task = asyncio.create_task(postman.run())
    try:
        yield postman
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_while_the_mail_server_is_down_all_waits_and_then_each_goes_once_in_order(
    sqlite_centre: Centre,
) -> None:
    """An hour in which something happens every twenty minutes, what matters most not first."""
    centre, ranks = sqlite_centre, (4, 2, 0, 3)
    began_at = centre.time.now()
    async with mailbox() as box:
        await box.close()
        centre.web.part(AlertChannels).add(mail_to(box.port), actor="admin")

        def is_tried(times: int) -> bool:
            with reading(centre.web.state) as session:
                return max(one.tries for one in session.exec(select(AlertMessage))) >= times

        async with sending(centre):
            for place, rank in enumerate(ranks):
                queue(centre, rank)
                tried = partial(is_tried, place + 1)
                await until(tried, timeout_s=200, what="it is tried")
                centre.time.offset += timedelta(minutes=20)
            assert states(centre) == ["waiting"] * 4
            await box.open()
            await until(lambda: states(centre) == ["sent"] * 4, timeout_s=200, what="all are sent")
            queue(centre, 1)  # and nothing comes after them but what is new
            await until(lambda: len(box.letters) == 5, timeout_s=200, what="what is new is sent")
        assert box.subjects == [f"Sự cố hạng {rank}" for rank in (*sorted(ranks), 1)]
        ids = {str(one["Message-ID"]) for one in box.letters}
        assert len(ids) == 5
        assert "Xã Phú Hộ" in box.letters[0].get_content()
    with reading(centre.web.state) as session:
        sent = session.exec(select(AlertMessage).order_by(AlertMessage.message_id)).all()  # type: ignore[arg-type]
    late = [(one.ended_at or began_at) - one.queued_at for one in sent[:4]]
    assert late[0] >= timedelta(minutes=80) and late == sorted(late, reverse=True)


async def test_a_receiver_that_hangs_holds_up_no_other(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    channels = centre.web.part(AlertChannels)
    async with mailbox() as box, hook() as good, hook(hangs=True) as bad:
        channels.add(mail_to(box.port), actor="admin")
        channels.add(web_to(good.port, "Webhook"), actor="admin")
        channels.add(web_to(bad.port, "Treo"), actor="admin")
        queue(centre, 0, 1)

        def others_have_it() -> bool:
            return states(centre).count("sent") == 4

        def is_said() -> bool:
            with reading(centre.web.state) as session:
                rows = session.exec(select(AlertChannel)).all()
            return {one.name: one.outcome for one in rows}["Treo"] == "slow"

        served = asyncio.Event()
        async with sending(centre, hanging=bad.port, served=served):
            await until(others_have_it, timeout_s=200, what="the others have theirs")
            served.set()
            await until(is_said, timeout_s=200, what="it is said that one does not answer")
        told = json.loads(good.requests[0])
        assert (told["title"], "Xã Phú Hộ" in told["message"]) == ("Sự cố hạng 0", True)
        assert sorted(states(centre)) == ["sent"] * 4 + ["waiting"] * 2


async def test_twenty_channels_that_hang_are_no_twenty_processes_and_hold_up_no_other(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    channels = centre.web.part(AlertChannels)
    for number in range(18):
        channels.add(mail_to(1, f"Treo {number:02}"), actor="admin")
    channels.add(mail_to(2, "Z tốt"), actor="admin")
    queue(centre, 0)
    at_once: list[int] = []
    served: list[str] = []
    going, freed = 0, asyncio.Event()

    async def deliver(parcel: Parcel) -> Delivery:
        nonlocal going
        going += 1
        at_once.append(going)
        try:
            if parcel.place.port == 2:
                served.append(parcel.message_id)
                return Delivery("sent")
            if len(at_once) > 18:
                await freed.wait()
            return Delivery("slow")
        finally:
            going -= 1

    web, rests = centre.web, Backoff(first_s=0.01, cap_s=0.02)
    postman = Postman(web.state, channels, web.hub, web.now, LINK, deliver, rests)
    task = asyncio.create_task(postman.run())
    try:
        await until(lambda: len(at_once) > 20, timeout_s=100, what="suspects hang")
        assert len(served) == 1
        queue(centre, 4)
        await until(lambda: len(served) == 2, timeout_s=100, what="the good one is served")
        assert going == 2
    finally:
        freed.set()
        task.cancel()
        await asyncio.wait({task})
    assert max(at_once) <= 4


async def test_what_nobody_takes_for_a_day_is_given_up(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    async with mailbox() as box:
        box.refuses = "550 not you"
        centre.web.part(AlertChannels).add(mail_to(box.port), actor="admin")
        queue(centre, 0)
        centre.time.offset += timedelta(hours=24, minutes=1)
        async with sending(centre):
            await until(lambda: states(centre) == ["given_up"], timeout_s=200, what="given up")
    with reading(centre.web.state) as session:
        assert session.exec(select(AlertMessage.problem)).one() == "refused 550"


async def test_no_letter_is_given_up_since_the_clock_was_set_a_year_ahead(
    sqlite_centre: Centre,
) -> None:
    centre, web = sqlite_centre, sqlite_centre.web
    web.part(AlertChannels).add(web_to(1, "Treo"), actor="admin")
    is_kept = [False]
    clock = TellingClock(web.now, is_synchronised=lambda: is_kept[-1])
    clock.now()
    queue(centre, 0)
    centre.time.offset += timedelta(days=365)
    is_kept.append(True)  # an NTP client has taken it in hand: it is followed at once
    with reading(web.state) as session:
        clock.moved(clock.leap(), channel_queries.last_id(session))
    queue(centre, 1)
    tries: list[str] = []

    async def deliver(parcel: Parcel) -> Delivery:
        tries.append(parcel.title)
        return Delivery("refused", "550")

    rests = Backoff(first_s=0.01, cap_s=0.02)
    postman = Postman(
        web.state, web.part(AlertChannels), web.hub, clock.now, LINK, deliver, rests, clock=clock
    )
    task = asyncio.create_task(postman.run())
    try:
        await until(lambda: len(set(tries)) == 2 and len(tries) > 3, timeout_s=100, what="tried")
        assert states(centre) == ["waiting"] * 2
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_a_letter_that_was_taken_is_sent_whatever_the_server_says_to_goodbye() -> None:
    """Or it would come again and again for a day."""
    async with mailbox() as box:
        box.goodbye = "250 what"
        place = ChannelPlace(host="127.0.0.1", port=box.port, security="none",
                             sender="a@b.vn", recipients=("c@d.vn",))  # fmt: skip
        parcel = Parcel("mail", place, "", "t", "x", "m")
        assert await courier.deliver(parcel, limit_s=200) == Delivery("sent")
        assert len(box.letters) == 1


async def test_what_one_of_several_has_is_not_sent_to_it_again() -> None:
    """Apprise takes several receivers in one address, and says only that one failed."""
    async with hook() as good:
        both = f"json://127.0.0.1:{good.port}/x,json://127.0.0.1:1/x"
        parcel = Parcel("apprise", ChannelPlace(), both, "t", "x", "m")
        assert await courier.deliver(parcel, limit_s=200) == Delivery("partly")
        assert len(good.requests) == 1


async def test_what_is_refused_itself_holds_up_no_other(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    centre.web.part(AlertChannels).add(mail_to(25), actor="admin")
    queue(centre, 0, 3)

    def next_rank(problem: str) -> int:
        with writing(centre.web.state) as session:
            [first] = channel_queries.waiting(session).values()
            channel_queries.tried(session, first.message_id or 0, problem=problem)
        with reading(centre.web.state) as session:
            [one] = channel_queries.waiting(session).values()
        return one.rank

    assert [next_rank("unreachable"), next_rank("refused 554")] == [0, 3]


def test_a_message_has_a_name_that_no_other_has_after_a_backup_was_restored() -> None:
    queued_at = datetime(2026, 11, 27, tzinfo=UTC)
    first, same, other = (
        AlertMessage(message_id=1, number=1, channel_id="c", channel_name="c", what="told",
                     rank=0, title="t", text="x", queued_at=queued_at + timedelta(days=days))
        for days in (0, 0, 1)
    )  # fmt: skip
    names = [channel_queries.name_of(one) for one in (first, same, other)]
    assert names[0] == names[1] != names[2]


async def test_a_trial_says_its_outcome_and_no_page_or_log_has_the_secret(
    sqlite_centre: Centre, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    centre = sqlite_centre
    caplog.set_level(logging.DEBUG)
    admin = await centre.sign_in(Role.ADMIN)
    csrf = {"csrf_token": admin.csrf_token}
    path = "/incidents/channels"

    async def page() -> str:
        return (await admin.get(path)).text

    async with hook() as good:
        fields = csrf | {"kind": "apprise", "name": "Nhóm <b>trực</b>"}
        empty = await admin.client.post(path, data=fields)
        assert (empty.status_code, "chưa được nhập" in empty.text) == (422, True)
        url = web_to(good.port, "").url
        assert (await admin.client.post(path, data=fields | {"url": url})).status_code == 303
        with reading(centre.web.state) as session:
            [row] = channel_queries.channels(session)
        assert "Chưa gửi lần nào" in await page()
        async with sending(centre):
            for port_is_open, said in ((True, "Gửi được"), (False, "Không kết nối được")):
                if not port_is_open:
                    dead = f"json://ai:{SECRET}@127.0.0.1:1/"
                    changed = fields | {"url": dead}
                    answer = await admin.client.post(f"{path}/{row.channel_id}", data=changed)
                    assert answer.status_code == 303
                asked = await admin.client.post(f"{path}/{row.channel_id}/try", data=csrf)
                assert asked.status_code == 303

                async def is_said(text: str = said) -> bool:
                    return text in await page()

                await until(is_said, timeout_s=200, what=said)
        assert "Đây là tin thử của kênh" in json.loads(good.requests[0])["message"]
    pages = [await page(), (await admin.get(f"{path}/{row.channel_id}")).text,
             (await admin.get("/audit")).text]  # fmt: skip
    with reading(centre.web.state) as session:
        kept = repr([one.model_dump() for one in channel_queries.channels(session)])
        kept += repr([one.model_dump() for one in session.exec(select(AuditEntry))])
    for text in (*pages, kept, caplog.text, *capfd.readouterr()):
        assert SECRET not in text
    assert "Nhóm &lt;b&gt;trực&lt;/b&gt;" in pages[0]
    assert (
        await admin.client.post(f"{path}/{row.channel_id}/remove", data=csrf)
    ).status_code == 303
    assert "Chưa có kênh nào" in await page()


async def test_a_password_left_open_stays_but_for_the_same_server_only(
    sqlite_centre: Centre,
) -> None:
    channels = sqlite_centre.web.part(AlertChannels)
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    path = "/incidents/channels"
    fields = {"csrf_token": admin.csrf_token, "kind": "mail", "name": "Thư", "port": "587",
              "host": "mail.tinh.vn", "security": "starttls", "user": "a", "sender": "a@b.vn",
              "recipients": "c@d.vn"}  # fmt: skip
    assert (await admin.client.post(path, data=fields)).status_code == 422
    assert (await admin.client.post(path, data=fields | {"password": SECRET})).status_code == 303
    with reading(sqlite_centre.web.state) as session:
        [row] = channel_queries.channels(session)
    one = f"{path}/{row.channel_id}"
    for changed, status in (({"name": "Thư 2"}, 303), ({"host": "khac.vn"}, 422),
                            ({"security": "none"}, 422)):  # fmt: skip
        assert (await admin.client.post(one, data=fields | changed)).status_code == status
    with reading(sqlite_centre.web.state) as session:
        [row] = channel_queries.channels(session)
    assert (row.name, channels.secret_of(row)) == ("Thư 2", SECRET)
    assert SECRET not in (await admin.get(one)).text


async def test_a_child_that_cannot_say_what_became_of_it_has_failed() -> None:
    parcel = Parcel("apprise", ChannelPlace(), "khongco://x", "t", "x", "m")
    assert await courier.deliver(parcel, limit_s=200) == Delivery("address")
    assert await courier.deliver(parcel, limit_s=0.01) == Delivery("slow")
