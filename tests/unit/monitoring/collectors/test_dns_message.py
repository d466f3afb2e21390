"""What a name server's answer means, and that nothing but an answer to the question is one."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.collectors.dns_message import meaning, query, question

ASKED = question("hop.laocai.example")


def answer(rcode=0, *, identifier=7, flags=0x8180, asked=ASKED, questions=1):
    return struct.pack("!6H", identifier, flags | rcode, questions, 0, 0, 0) + asked


def test_the_question_is_the_one_of_rfc_1035():
    assert query(question("a.vn"), 0x0102).hex() == (
        "0102" "0100" "0001" "0000" "0000" "0000" "01" "61" "02" "766e" "00" "0001" "0001"
    )  # fmt: skip
    assert question("") == b"\0\0\2\0\1"
    assert question("a.vn.") == question("a.vn")


@pytest.mark.parametrize("name", ["a..vn", "x" * 64 + ".vn", "điểm.vn", "."])
def test_what_is_no_name_is_not_asked_for(name):
    with pytest.raises(ValueError, match=r"not a name|ascii"):
        question(name)


@pytest.mark.parametrize(
    ("rcode", "said"),
    [(0, "answers"), (2, "fails"), (3, "unknown_name"), (4, "fails"), (5, "refuses")],
)
def test_how_the_server_fared(rcode, said):
    assert meaning(answer(rcode), ASKED, 7, is_named=True) == said
    assert meaning(answer(rcode), ASKED, 7, is_named=False) == "answers"


def test_the_question_may_come_back_in_other_letters_or_not_at_all():
    assert meaning(answer(asked=ASKED.upper()), ASKED, 7, is_named=True) == "answers"
    assert meaning(answer(1, asked=b"", questions=0), ASKED, 7, is_named=True) == "fails"


@pytest.mark.parametrize(
    "packet",
    [
        answer(identifier=8), answer(flags=0x0100), answer(asked=question("other.example")),
        answer()[:11], b"",
    ],
)  # fmt: skip
def test_what_is_no_answer_to_it_is_left(packet):
    assert meaning(packet, ASKED, 7, is_named=True) is None


@given(st.binary(max_size=64))
def test_any_bytes_are_an_answer_or_none(packet):
    found = meaning(packet, ASKED, 7, is_named=True)
    assert found in (None, "answers", "unknown_name", "refuses", "fails")
