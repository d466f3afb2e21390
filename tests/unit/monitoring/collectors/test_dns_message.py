"""What a name server's answer means, and that nothing but an answer to the question is one."""

import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.collectors.dns_message import MOST_RECORDS, addresses, meaning, query, question

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


ALIAS = b"\xc0\x0c" + struct.pack("!2HIH", 5, 1, 60, 4) + b"\x02b1\x00"
ADDRESS = b"\xc0\x0c" + struct.pack("!2HIH", 1, 1, 60, 4) + bytes((192, 0, 2, 99))
NAMED = b"\x02b1\x00" + struct.pack("!2HIH", 1, 1, 60, 4) + bytes((203, 0, 113, 7))
NEWER = b"\xc0\x0c" + struct.pack("!2HIH", 28, 1, 60, 16) + bytes(16)


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ([], ()),
        ([ADDRESS], ("192.0.2.99",)),
        ([ALIAS, NEWER, NAMED, ADDRESS], ("203.0.113.7", "192.0.2.99")),
        ([ADDRESS, NAMED[:-1]], ("192.0.2.99",)),
    ],
)
def test_the_addresses_that_are_given(records, found):
    packet = struct.pack("!6H", 7, 0x8180, 1, len(records), 0, 0) + ASKED + b"".join(records)
    assert addresses(packet, ASKED) == found
    # With the question left out, and with more records told of than there are.
    bare = struct.pack("!6H", 7, 0x8180, 0, 9, 0, 0) + b"".join(records)
    assert addresses(bare, ASKED) == found


def test_a_flood_of_records_is_read_to_a_bound():
    packet = struct.pack("!6H", 7, 0x8180, 0, 65535, 0, 0) + ADDRESS * 4000
    assert addresses(packet, ASKED) == ("192.0.2.99",) * MOST_RECORDS


@given(st.binary(max_size=96))
def test_any_bytes_give_addresses_or_none(packet):
    for one in addresses(packet, ASKED):
        assert ipaddress.IPv4Address(one)
