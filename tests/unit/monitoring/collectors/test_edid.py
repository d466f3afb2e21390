"""What screens say of themselves: blocks made after the standard, and all that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.collectors.edid import BLOCK, Edid, parsed
from monitoring.errors import MalformedEdid
from tests.fakes.edid import block

TV = block(maker="SAM", product=0x0F9A, number=16780800, week=12, year=2021, name="SAMSUNG TV")


def test_a_television_says_who_made_it_and_when():
    assert parsed(TV) == Edid("SAM", "SAMSUNG TV", "16780800", 2021)
    assert parsed(TV + bytes(128)) == parsed(TV), "what follows the first block is not read"


def test_a_serial_number_in_letters_counts_more_and_a_product_number_stands_for_a_name():
    made = block(maker="DEL", product=0x40AB, number=7, week=0xFF, year=2023, serial="CN-0Y\x01 42")
    assert parsed(made) == Edid("DEL", "40AB", "CN-0Y 42", 2023)


def test_what_is_not_said_is_not_made_up():
    assert parsed(block()) == Edid("", "0000", "", None)


@pytest.mark.parametrize(
    "data",
    [b"", TV[:-1], b"\1" + TV[1:], TV[:60] + bytes([TV[60] ^ 1]) + TV[61:]],
    ids=["nothing", "short", "no header", "damaged"],
)
def test_what_is_no_edid_is_refused(data):
    with pytest.raises(MalformedEdid):
        parsed(data)


letters = st.text(st.characters(codec="cp437"), max_size=13)


@given(
    maker=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3),
    number=st.integers(0, 2**32 - 1), week=st.integers(0, 255), year=st.integers(1991, 2245),
    name=letters, serial=letters,
)  # fmt: skip
def test_whatever_a_screen_is_called_it_can_be_shown(maker, number, week, year, name, serial):
    made = block(maker=maker, number=number, week=week, year=year, name=name, serial=serial)
    found = parsed(made)
    assert (found.maker, found.made_year) == (maker, year)
    assert all(text.isprintable() and len(text) <= 13 for text in (found.model, found.serial))


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_a_description_or_our_own_error(data, is_whole):
    if is_whole:  # with header and checksum, so that what lies between is reached
        made = bytearray(TV[:8] + data[:119].ljust(119, b"\0"))
        data = bytes(made) + bytes([-sum(made) % 256])
        assert len(data) == BLOCK
    try:
        found = parsed(data)
    except MalformedEdid:
        assert not is_whole
        return
    assert found.made_year is None or 1990 <= found.made_year <= 2245
