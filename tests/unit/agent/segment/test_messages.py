"""The questions of a look, octet by octet, and that any bytes are an answer or none."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.segment.arp_message import holder_of, probe
from agent.segment.dhcp_message import Offer, discover, offer_of

MAC = bytes.fromhex("286fb9000001")
HIS = bytes.fromhex("aabbcc000002")
ADDRESS = "192.168.10.31"
SERVER = bytes((192, 168, 10, 1))


def offer(*options, kind=2, identifier=7):
    """Return an answer with these options, before which stands what an offer has."""
    question = discover(identifier, MAC)
    head = bytes((kind,)) + question[1:240]
    said = b"".join(bytes((code, len(value))) + value for code, value in options)
    return head + said + b"\xff"


def test_the_question_asks_for_answers_to_everybody():
    asked = discover(0x01020304, MAC)
    assert asked[:12].hex() == "010106000102030400008000"
    assert asked[28:34] == MAC
    assert asked[236:].hex() == "63825363350101370103ff"


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (offer((53, b"\2"), (54, SERVER), (3, SERVER * 2)), Offer("192.168.10.1", "192.168.10.1")),
        (offer((53, b"\2"), (0, b""), (54, SERVER)), Offer("192.168.10.1")),
        (offer((53, b"\2"), (54, SERVER), identifier=8), None),
        (offer((53, b"\5"), (54, SERVER)), None),
        (offer((53, b"\2"), (54, SERVER), kind=1), None),
        (offer((53, b"\2"), (54, b"\1\2\3")), None),
        (offer((54, SERVER)), None),
        (discover(7, MAC), None),
        (b"", None),
    ],
)
def test_only_an_offer_to_the_question_is_one(packet, expected):
    assert offer_of(packet, 7) == expected


def claim(sender=ADDRESS, *, ethertype=0x0806, hardware=1):
    packed = bytes(map(int, sender.split(".")))
    head = b"\xff" * 6 + HIS + struct.pack("!H", ethertype)
    return head + struct.pack("!HHBBH", hardware, 0x0800, 6, 4, 2) + HIS + packed + bytes(10)


def test_a_probe_names_no_sender_so_that_nobody_learns_one():
    frame = probe(MAC, ADDRESS)
    assert frame.hex() == (
        "ffffffffffff" "286fb9000001" "0806" "0001" "0800" "06" "04" "0001"
        "286fb9000001" "00000000" "000000000000" "c0a80a1f"
    )  # fmt: skip
    assert holder_of(frame, ADDRESS) is None


def test_whoever_says_that_he_has_it_is_named():
    assert holder_of(claim() + bytes(18), ADDRESS) == HIS.hex(":")
    assert holder_of(claim("192.168.10.32"), ADDRESS) is None
    assert holder_of(claim(ethertype=0x0800), ADDRESS) is None
    assert holder_of(claim(hardware=6), ADDRESS) is None
    assert holder_of(claim()[:-1], ADDRESS) is None


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_left(data):
    found = offer_of(offer((53, b"\2"))[:240] + data, 7)
    assert found is None or found.server
    assert holder_of(data, ADDRESS) is None or len(data) >= 42
