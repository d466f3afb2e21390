"""A letter as mail programs read it."""

import email.policy
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage

from controller.mail.message import message_of
from controller.mail.smtp import word_of
from controller.mail.tables import MailLetter

AT = datetime(2026, 11, 28, 9, tzinfo=UTC)


def letter(name: str = "Nguyễn Hoa", subject: str = "Giấy mời: Giao ban") -> MailLetter:
    return MailLetter(
        letter_id=7, message_id="letter-ab12", about="m-1", href="/meetings/m-1", what="request",
        address="hoa@xa.vn", name=name, subject=subject, text="Kính gửi", method="REQUEST",
        calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", queued_at=AT, next_try_at=AT,
    )  # fmt: skip


def read_again(one: MailLetter) -> EmailMessage:
    octets = message_of(one, "vp@tinh.vn").as_bytes()
    assert max(len(line) for line in octets.splitlines()) <= 998  # RFC 5322, section 2.1.1
    found = message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_it_has_text_the_invitation_beside_it_and_the_same_as_a_file() -> None:
    found = read_again(letter())
    assert found.get_content_type() == "multipart/mixed"
    shown, attached = found.iter_parts()
    assert shown.get_content_type() == "multipart/alternative"
    plain, calendar = shown.iter_parts()
    assert plain.get_content().strip() == "Kính gửi"
    assert calendar.get_content_type() == "text/calendar"
    assert calendar["content-type"].params["method"] == "REQUEST"
    assert calendar["content-type"].params["charset"] == "utf-8"
    assert attached.get_content_type() == "application/ics"
    assert attached.get_filename() == "giay-moi.ics"
    assert attached.get_payload(decode=True) == calendar.get_payload(decode=True)


def test_it_is_the_same_letter_however_often_it_is_made() -> None:
    one, other = read_again(letter()), read_again(letter())
    assert one["Message-ID"] == other["Message-ID"] == "<letter-ab12@tinh.vn>"
    assert one["Date"] == other["Date"]


def test_nothing_typed_begins_a_header() -> None:
    found = read_again(letter('Hoa"\r\nBcc: ai@do.vn', "Họp\r\nBcc: ai@do.vn " + "ă" * 150))
    assert found["Bcc"] is None
    assert str(found["To"]).endswith("<hoa@xa.vn>")
    assert str(found["Subject"]).startswith("Họp Bcc: ai@do.vn ăăă")


def test_a_servers_word_is_one_short_line() -> None:
    assert word_of(b"5.1.1 no\r\n such\x00 user \xff" + b"x" * 999).startswith("5.1.1 no such user")
    assert len(word_of("x" * 999)) == 200
