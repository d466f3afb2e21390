"""A letter is read as it was written, wherever its subject is folded."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.incidents.channel_entered import ChannelPlace
from controller.incidents.mail import message_of
from controller.incidents.parcel import Parcel
from controller.incidents.wording import MAX_TITLE_CHARS

PLACE = ChannelPlace(host="mail", port=25, security="none", sender="a@b.vn", recipients=("c@d.vn",))
WORDS = ("Điểm", "Cầu:", "Mất", "liên", "lạc", "với", "Xã", "Đà", "Bắc", "Pà", "Cò", "UPS", "170")


def read_again(title: str, text: str = "Gọi điểm cầu.") -> EmailMessage:
    """Return what the receiver's program makes of it."""
    sent = message_of(Parcel("mail", PLACE, "", title, text, "m-1")).as_bytes()
    assert max(len(line) for line in sent.splitlines()) <= 78
    message = message_from_bytes(sent, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=30))
def test_a_subject_loses_no_space_where_it_is_folded(words: list[str]) -> None:
    title = " ".join(words)[:MAX_TITLE_CHARS].rstrip()
    assert read_again(title)["Subject"] == title


@pytest.mark.parametrize("text", ["Gọi điểm cầu.", "plain", "dòng 1\ndòng 2", "x" * 400])
def test_its_text_is_whole(text: str) -> None:
    assert read_again("Thử", text).get_content().rstrip("\n") == text
