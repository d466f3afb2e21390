"""An alert's letter is answered, the answer found in a real mailbox, its incident taken."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid

import pytest

from controller.audit.service import AuditLog
from controller.db.engine import reading, writing
from controller.incidents import incident_queries, taking
from controller.incidents.channels import AlertChannels
from controller.incidents.replies import dealt
from controller.incidents.replies.answer import MailAnswer
from controller.incidents.replies.errands import Collected
from controller.incidents.replies.mailbox import AlertMailboxes, mailbox
from controller.incidents.replies.mailbox_entered import MailboxEntered
from controller.incidents.replies.tables import AlertMailbox
from controller.incidents.replies.taking_by_reply import Replies
from controller.incidents.replies.watch import ReplyWatch
from controller.incidents.tables import AlertMessage
from controller.roles import Role
from tests.fakes import dovecot as fake
from tests.fakes.dovecot import PASSWORD, USER, ImapMailbox, dovecot
from tests.fakes.receivers import Mailbox
from tests.fakes.receivers import mailbox as mail_server
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_alerts import mail_to, sending
from tests.integration.controller.test_duty import AN, BINH, Roster, falls, set_clock
from tests.integration.controller.test_incidents import LINK, Happening
from tests.waiting import until

# Each look is a process of its own, which takes its time where the machine is busy.
pytestmark = [
    pytest.mark.timeout(500),
    pytest.mark.skipif(not fake.IS_HERE, reason="not checked: no Dovecot, or not root"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[ImapMailbox]:
    with dovecot() as box:
        yield box


@pytest.fixture
def imap(server: ImapMailbox, monkeypatch: pytest.MonkeyPatch) -> ImapMailbox:
    """Return the mailbox, empty; what vouches for its server is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.ca_file))
    server.empty()
    return server


def typed(box: ImapMailbox, **changed: object) -> MailboxEntered:
    values: dict[str, object] = {
        "is_on": True, "host": "127.0.0.1", "port": str(box.port), "user": USER,
        "password": PASSWORD, "address": USER, "has_plus": True,
    }  # fmt: skip
    return MailboxEntered(**(values | changed))  # type: ignore[arg-type]


class Answering:
    """An incident, who is on duty, and the look into the mailbox."""

    def __init__(self, centre: Centre, box: ImapMailbox) -> None:
        web = centre.web
        self.centre, self.box = centre, box
        self.mailboxes = web.part(AlertMailboxes)
        self.mailboxes.set(typed(box), actor="admin")
        set_clock(centre, 10)
        self.happening, self.roster = Happening(centre), Roster(centre)
        self.roster.add("An", AN)
        master = web.part(AlertChannels).master
        # Letters come in by the mail server's clock, which no test sets.
        self.watch = ReplyWatch(
            web.state, self.mailboxes, Replies(web.state, master, web.now, LINK),
            web.part(AuditLog), web.hub, lambda: datetime.now(UTC),
        )  # fmt: skip
        self._looks_s = 0.0

    async def look(self) -> str:
        """Look once, a minute later; return what came of the look."""
        self._looks_s += 60.0
        await self.watch.look(self._looks_s)
        with reading(self.centre.web.state) as session:
            row = mailbox(session)
        assert row is not None
        return row.outcome

    def takers(self) -> list[str]:
        """Return who takes care of what is open, the newest first."""
        with reading(self.centre.web.state) as session:
            return [row.acknowledged_by for row in incident_queries.open_rows(session)]

    def token(self, message: AlertMessage) -> str:
        return taking.answer_token_of(message, self.centre.web.part(AlertChannels).master)

    def told(self) -> list[AlertMessage]:
        return [one for one in self.roster.messages() if one.what == "answer"]


def answer(to: str, *, sender: str = AN, **lines: str) -> EmailMessage:
    """Return an answer to what has a Message-ID."""
    letter = EmailMessage()
    letter["From"], letter["To"] = sender, USER
    letter["Subject"] = "Re: Điểm Cầu"
    letter["In-Reply-To"] = letter["References"] = to
    for name, value in {"Message_ID": make_msgid(), **lines}.items():
        letter[name.replace("_", "-")] = value
    letter.set_content("Tôi nhận.\n")
    return letter


@asynccontextmanager
async def told_by_mail(centre: Centre) -> AsyncIterator[Mailbox]:
    async with mail_server() as smtp:
        centre.web.part(AlertChannels).add(mail_to(smtp.port), actor="admin")
        yield smtp


async def test_who_answers_a_letter_has_it_and_nobody_is_told_next(
    sqlite_centre: Centre, imap: ImapMailbox
) -> None:
    async with told_by_mail(sqlite_centre) as smtp:
        what = Answering(sqlite_centre, imap)
        falls(what.happening, "p-b")
        async with sending(sqlite_centre):
            await until(lambda: len(smtp.letters) == 1, timeout_s=200, what="the letter")
            alert = smtp.letters[0]
            assert "Hoặc trả lời thư này." in alert.get_content()
            assert re.fullmatch(r"canh-bao\+diemcau-1-[a-z2-7]{26}@tinh\.vn", alert["Reply-To"])
            other = EmailMessage()
            other["From"], other["Subject"] = AN, "Lịch họp"
            imap.put(other)
            imap.put(answer(str(alert["Message-ID"])))
            assert await what.look() == "looked"
            assert what.takers() == ["An · Trực mạng"]
            assert [b"Message-ID" in one or b"In-Reply-To" in one for one in imap.seen()] == [True]
            assert imap.count() == 2
            await until(lambda: len(smtp.letters) == 2, timeout_s=200, what="what came of it")
        said = smtp.letters[1]
        assert (said["To"], said["Auto-Submitted"]) == (AN, "auto-generated")
        assert "Đã ghi nhận: An · Trực mạng nhận xử lý. Mất liên lạc với Xã B" in said.get_content()
        what.roster.passes(500)
        assert "step" not in [one.what for one in what.roster.messages()]
        office = await sqlite_centre.sign_in(Role.OFFICE)
        page = (await office.get("/incidents/1")).text
        assert "An · Trực mạng nhận xử lý, bằng thư trả lời." in page
        audit = (await (await sqlite_centre.sign_in(Role.ADMIN)).get("/audit")).text
        assert "An · Trực mạng" in audit


async def test_an_answer_by_its_address_alone_or_by_starttls_counts_as_well(
    sqlite_centre: Centre, imap: ImapMailbox
) -> None:
    async with told_by_mail(sqlite_centre):
        what = Answering(sqlite_centre, imap)
        what.mailboxes.set(typed(imap, port=str(imap.plain), security="starttls"), actor="admin")
        falls(what.happening, "p-b")
        [message] = what.roster.messages()
        letter = answer("<x@y>")
        del letter["To"]
        letter["To"] = f"canh-bao+diemcau-{what.token(message)}@tinh.vn"
        imap.put(letter)
        await what.look()
        assert what.takers() == ["An · Trực mạng"]


async def test_what_is_no_answer_of_who_was_told_takes_nothing_and_is_seen_all_the_same(
    sqlite_centre: Centre, imap: ImapMailbox
) -> None:
    async with told_by_mail(sqlite_centre):
        what = Answering(sqlite_centre, imap)
        falls(what.happening, "p-b")
        falls(what.happening, "p-c")
        first, second = what.roster.messages()
        right = f"<diemcau-{what.token(first)}@tinh.vn>"
        proof = what.token(first).partition("-")[2]
        for letter in (
            answer(right, Auto_Submitted="auto-replied"),
            answer(right, sender="MAILER-DAEMON@tinh.vn"),
            answer(f"<diemcau-{second.message_id}-{proof}@tinh.vn>"),
            answer(f"<diemcau-{first.message_id}-{'a' * 26}@tinh.vn>"),
            answer(f"<diemcau-{taking.token_of(first, b'x' * 32)}@tinh.vn>"),
        ):
            imap.put(letter)
        await what.look()
        assert (what.takers(), what.told()) == (["", ""], [])
        assert len(imap.seen()) == 5
        for _ in range(5):
            imap.put(answer(right, sender=BINH))
        await what.look()
        assert what.takers() == ["", ""]
        # Three answers are answered, to whom the message went, not to who wrote.
        assert [(one.address, "không được tính" in one.text) for one in what.told()] == [
            (AN, True)
        ] * 3
        imap.put(answer(right, sender=AN.upper()))
        await what.look()
        assert what.takers() == ["", "An · Trực mạng"]
        sqlite_centre.time.offset += timedelta(days=3, seconds=1)
        imap.put(answer(f"<diemcau-{what.token(second)}@tinh.vn>"))
        await what.look()
        assert what.takers()[0] == "" and "đến quá muộn" in what.told()[-1].text


async def test_who_answers_second_or_too_late_is_told_who_has_it(
    sqlite_centre: Centre, imap: ImapMailbox
) -> None:
    async with told_by_mail(sqlite_centre):
        what = Answering(sqlite_centre, imap)
        what.roster.add("Bình", BINH)
        falls(what.happening, "p-b")
        for message in sorted(what.roster.messages(), key=lambda one: one.address):
            imap.put(answer(f"<diemcau-{what.token(message)}@a>", sender=message.address))
            await what.look()
        assert what.takers() == ["An · Trực mạng"]
        assert [(one.address, "đã có An · Trực mạng" in one.text) for one in what.told()] == [
            (AN, False), (BINH, True),
        ]  # fmt: skip


async def test_a_letter_is_answered_once_where_the_server_keeps_no_flags(
    sqlite_centre: Centre, imap: ImapMailbox
) -> None:
    async with told_by_mail(sqlite_centre):
        what = Answering(sqlite_centre, imap)
        falls(what.happening, "p-b")
        [message] = what.roster.messages()
        right = f"<diemcau-{what.token(message)}@a>"
        with imap.keeping_no_flags():
            stranger = answer(right, sender=BINH, Message_ID="<1@a>")
            imap.put(stranger)
            assert [await what.look() for _ in range(2)] == ["looked"] * 2
            what.watch = replace(what.watch, _found=())  # as after a restart
            imap.put(stranger)
            await what.look()
            assert (len(what.told()), imap.count(), imap.seen()) == (1, 2, [])
            # Neither a list's copy nor a Message-ID that somebody else used hides an answer.
            imap.put(answer(right, Message_ID="<1@a>", Precedence="list"))
            await what.look()
            imap.put(answer(right, Message_ID="<1@a>"))
            assert [await what.look() for _ in range(2)] == ["looked"] * 2
            assert what.takers() == ["An · Trực mạng"]
            assert (len(what.told()), imap.seen()) == (2, [])


def test_the_newest_answers_are_remembered(sqlite_centre: Centre) -> None:
    with writing(sqlite_centre.web.state) as session:
        for letter in ("a", "", "b", "c"):
            dealt.remember(session, letter, most=2)
        assert [one for one in ("a", "", "b", "c") if dealt.is_dealt(session, one)] == ["b", "c"]


async def test_a_hostile_mailbox_hurts_nobody_and_an_answer_is_found_in_it(
    sqlite_centre: Centre, imap: ImapMailbox
) -> None:
    """Ten thousand letters, a thousand of which say that they are answers, and one of 50 MB."""
    async with told_by_mail(sqlite_centre):
        what = Answering(sqlite_centre, imap)
        falls(what.happening, "p-b")
        [message] = what.roster.messages()
        imap.put(answer(f"<diemcau-{what.token(message)}@a>"))
        false = f"<diemcau-{message.message_id}-{'b' * 26}@a>"
        for number in range(9_000):
            imap.put(b"From: ke@xau.vn\r\nSubject: %d\r\n\r\nx\r\n" % number)
        for number in range(990):
            imap.put(f"From: ke{number}@xau.vn\nReferences: {false}\n\nx\n".encode())
        imap.put(f"From: {AN}\nReferences: {false}\n\n".encode() + b"x" * 78 * 640_000)
        imap.put(b"From: " + b"(" * 60_000 + f"\nReferences: {false}\n\n".encode())
        imap.put(
            f"References: {false}\nFrom: {AN}\r\n\r\nBcc: a\x00\n".encode() + bytes(range(256))
        )
        imap.put(b"\xff\xfe\r\n\r\n" * 50)
        count = imap.count()
        for _ in range(9):
            assert await what.look() == "looked"
        assert what.takers() == ["An · Trực mạng"]
        assert (imap.count(), len(imap.seen())) == (count, 994)


async def test_a_mailbox_that_cannot_be_reached_is_said_on_its_page_and_no_page_has_its_password(
    sqlite_centre: Centre, imap: ImapMailbox
) -> None:
    centre = sqlite_centre
    async with told_by_mail(centre):
        what = Answering(centre, imap)
        admin, path = await centre.sign_in(Role.ADMIN), "/incidents/channels/replies"
        assert (await (await centre.sign_in(Role.OFFICE)).get(path)).status_code == 403
        fields = {"csrf_token": admin.csrf_token, "is_on": "yes", "host": "127.0.0.1",
                  "port": str(imap.port), "security": "tls", "user": USER, "folder": "INBOX",
                  "address": USER, "password": PASSWORD}  # fmt: skip
        for wrong in ({"password": "", "user": "khac"}, {"address": "x"}, {"port": "0"},
                      {"security": "none"}, {"host": "a b"}, {"folder": "Hộp\r\nthư"},
                      {"user": ""}):  # fmt: skip
            answered = await admin.client.post(path, data=fields | wrong)
            assert (answered.status_code, 'id="mailbox-error"' in answered.text) == (422, True), (
                wrong
            )
        for changed, said in (({}, "looked"), ({"password": "sai-mat-khau"}, "login"),
                              ({"folder": 'Khac"'}, "login"), ({"port": "1"}, "unreachable"),
                              ({"password": PASSWORD}, "looked"),
                              ({"folder": 'Khac"', "password": PASSWORD}, "folder"),
                              ({"port": str(imap.plain)}, "tls")):  # fmt: skip
            kept = fields | {"password": ""} | changed
            if "port" in changed:
                kept |= {"password": PASSWORD}
            assert (await admin.client.post(path, data=kept)).status_code == 303, changed
            assert await what.look() == said, changed
            if "port" in changed:
                back = fields | {"password": PASSWORD}
                assert (await admin.client.post(path, data=back)).status_code == 303
        pages = [(await admin.get(one)).text for one in (path, "/audit", f"/parts{path}")]
        assert not any(PASSWORD in one for one in pages)
        assert "Chưa kiểm tra lần nào" in pages[0]
        off = {name: value for name, value in fields.items() if name not in ("is_on", "password")}
        assert (await admin.client.post(path, data=off)).status_code == 303
        assert await what.look() == ""
        asked = await admin.client.post(f"{path}/look", data={"csrf_token": admin.csrf_token})
        assert asked.status_code == 303
        assert "Đang kiểm tra" in (await admin.get(path)).text
        assert await what.look() == "looked"
        assert "Đọc được</span>" in (await admin.get(path)).text


async def test_a_server_that_marks_nothing_as_seen_is_asked_once_a_minute(
    sqlite_centre: Centre,
) -> None:
    web, looked, now_s = sqlite_centre.web, list[float](), 0.0

    class SameForEver(ReplyWatch):
        async def _collected(self, row: AlertMailbox) -> Collected:
            looked.append(now_s)
            letters = tuple(MailAnswer(uid, (), "", is_automatic=True) for uid in (9, 8))
            return Collected("looked", letters, is_more=True)

    mailboxes = web.part(AlertMailboxes)
    box = MailboxEntered(is_on=True, host="thu.tinh.vn", user="a", password="b" * 8, address=USER)
    mailboxes.set(box, actor="admin")
    replies = Replies(web.state, b"", web.now, LINK)
    watch = SameForEver(web.state, mailboxes, replies, web.part(AuditLog), web.hub, web.now)
    for _ in range(62):
        await watch.look(now_s)
        now_s += 2
    assert looked == [0, 2, 62, 122]
