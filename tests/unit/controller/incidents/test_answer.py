"""What proves an answer, and which of them no person wrote; whatever bytes a letter has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from controller.incidents.replies.answer import MAX_TOKENS, MOST_HEADER, MailAnswer, read

PROOF = "abcdefghijklmnopqrstuvwxyz"
TOKEN = f"17-{PROOF}"
HEAD = f"From: An <An@tinh.vn>\r\nIn-Reply-To: <diemcau-{TOKEN}@tinh.vn>\r\n"


def of(more: str = "", head: str = HEAD) -> MailAnswer:
    return read(5, (head + more + "\r\n").encode()[:MOST_HEADER])


@pytest.mark.parametrize(
    "head",
    [
        HEAD,
        HEAD.upper(),
        f"From: an@tinh.vn\r\nReferences: <a@b>\r\n <diemcau-{TOKEN}@tinh.vn> <c@d>\r\n",
        f"From: an@tinh.vn\nTo: Canh bao <canh-bao+diemcau-{TOKEN}@tinh.vn>\n",
        f"From: =?utf-8?b?w4Fu?= <an@tinh.vn>\r\nDelivered-To: c+diemcau-{TOKEN}@tinh.vn\r\n",
    ],
)
def test_an_answer_is_known_by_what_it_answers_or_where_it_was_sent(head: str) -> None:
    found = of(head=head)
    assert replace(found, letter="") == MailAnswer(5, (TOKEN,), "an@tinh.vn", is_automatic=False)


def test_a_letter_is_known_again_by_its_message_id_and_who_answered_what() -> None:
    first = of("Message-ID: <1@a>\r\n")
    assert read(9, f"Message-Id:  <1@a>\nX: y\n{HEAD}\n".encode()).letter == first.letter
    others = (
        of("Message-ID: <2@a>\r\n"),
        of(),
        of("Subject: Re: a\r\n"),
        of("Message-ID: <1@a>\r\n", HEAD.replace("An@", "Ke@")),
        of("Message-ID: <1@a>\r\n", HEAD.replace("17-", "18-")),
    )
    assert len({first.letter, *(one.letter for one in others)}) == 6
    assert of().letter == of().letter


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: no\r\nAuto-Submitted: auto-generated (vacation)",
        "Auto-submitted: AUTO-NOTIFIED; owner-email=a@b",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "Return-Path: <>",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        "Content-Type: multipart/report; report-type=disposition-notification",
        "Content-Type: text/calendar; method=REPLY",
        "List-Id: <a.b>",
        "X-Autoreply: yes",
        "Subject: Automatic reply: =?utf-8?q?=C4=90i=E1=BB=83m?=",
        "Subject: =?utf-8?b?VHLhuqMgbOG7nWkgdOG7sSDEkeG7mW5nOiBuZ2jhu4k=?=",
        "Subject: Out of Office Re: alert",
        "Subject: =?utf-8?b?VHJhzIkgbG/Mm8yAaSB0dcybzKMgxJFvzKPMgm5n?=: a",
        f"Cc: {'<a@b.vn>, ' * 1700}<a@b.vn>\r\nAuto-Submitted: auto-replied",
    ],
)
def test_what_a_program_wrote_counts_for_nothing(line: str) -> None:
    assert of(line + "\r\n").is_automatic


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: no",
        "Subject: Re: =?utf-8?b?TuG6rW4=?=",
        "Subject: Re: =?utf-8?b?T?=",
        "Precedence: normal",
    ],
)
def test_what_a_person_wrote_counts(line: str) -> None:
    assert not of(line + "\r\n").is_automatic


def test_bounces_are_known_by_who_sends_them() -> None:
    head = HEAD.replace("An <An@tinh.vn>", "MAILER-DAEMON@tinh.vn (Mail Delivery System)")
    assert of(head=head).is_automatic


@pytest.mark.parametrize(
    "line",
    [
        "From: An <an@tinh.vn>, Ke <ke@xau.vn>",
        "From: an@tinh.vn\r\nFrom: ke@xau.vn",
        "From:",
        "X: y",
        f"From: {'a' * 300}@tinh.vn",
        "From: an@tinh.vn\x00\r\n Bcc: ke@xau.vn,",
    ],
)
def test_who_is_not_one_is_nobody(line: str) -> None:
    assert of(head=f"{line}\r\nReferences: <diemcau-{TOKEN}@a>\r\n").sender == ""


@pytest.mark.parametrize(
    "said",
    [f"diemcau-{TOKEN}", f"diemcau-17-{PROOF[:-1]}@", f"diemcau-x-{PROOF}@", f"alert-{TOKEN}@",
     f"diemcau-17-{PROOF}a@", f"diemcau-99999999999-{PROOF}@"],
)  # fmt: skip
def test_what_only_looks_like_one_is_no_token(said: str) -> None:
    assert of(head=f"From: a@b.vn\r\nReferences: <{said}\r\n").tokens == ()


def test_however_much_a_header_holds_little_is_kept() -> None:
    many = " ".join(f"<diemcau-{n}-{PROOF}@a>" for n in range(300))
    found = read(1, f"References: {many}\r\nFrom: {'(' * 16_000}\r\n\r\n".encode())
    assert len(found.tokens) in (0, MAX_TOKENS) and found.sender == ""


@given(st.binary(max_size=400))
def test_any_bytes_are_an_answer_that_proves_nothing(noise: bytes) -> None:
    found = read(9, b"From: " + noise + b"\r\nReferences: <diemcau-")
    assert (found.uid, found.tokens) == (9, ())
