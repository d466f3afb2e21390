"""A signed file holds the very bytes that were handed out, or it is said where it does not."""

from hypothesis import given
from hypothesis import strategies as st

from controller.meetings.minutes.signed_file import (
    Comparison,
    PrefixVerdict,
    breaks_off,
    compared,
    is_pdf,
)

ISSUED = b"%PDF-1.4\n" + b"0123456789" * 20_000 + b"\n%%EOF\n"
SIGNATURE = b"9 0 obj <</Type/Sig/ByteRange [0 9 19 99]>> endobj\n%%EOF\n"


def test_what_was_signed_digitally_begins_with_what_was_handed_out() -> None:
    said = compared(ISSUED, ISSUED + SIGNATURE)
    assert said == Comparison(PrefixVerdict.FOLLOWS, has_signature=True)
    said = compared(ISSUED, ISSUED + b"something else %%EOF")
    assert said == Comparison(PrefixVerdict.FOLLOWS, has_signature=False)


def test_a_signed_file_that_was_cut_is_not_taken_for_a_whole_one() -> None:
    assert breaks_off(ISSUED, ISSUED + SIGNATURE[:30])
    assert not any(breaks_off(ISSUED, one) for one in (ISSUED, ISSUED + SIGNATURE, SIGNATURE))


def test_the_same_file_is_not_signed_and_a_shorter_one_is_told() -> None:
    assert compared(ISSUED, ISSUED) == Comparison(PrefixVerdict.SAME, has_signature=False)
    said = compared(ISSUED, ISSUED[:100_000])
    assert said == Comparison(PrefixVerdict.SHORTER, has_signature=False, differs_at=100_001)


def test_another_file_is_told_by_its_first_byte_that_differs() -> None:
    other = bytearray(ISSUED + SIGNATURE)
    other[150_000] ^= 1
    said = compared(ISSUED, bytes(other))
    assert said == Comparison(PrefixVerdict.DIFFERS, has_signature=True, differs_at=150_001)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_two_files_are_compared(one: bytes, other: bytes) -> None:
    said = compared(one, other)
    assert (said.differs_at is None) is other.startswith(one)
    if said.differs_at is not None:
        at = said.differs_at - 1
        assert one[:at] == other[:at]
        assert one[at : at + 1] != other[at : at + 1]


def test_only_a_pdf_is_taken_for_one() -> None:
    assert is_pdf(ISSUED)
    assert not is_pdf(ISSUED[:-30])
    assert not is_pdf(b"PK\x03\x04" + ISSUED[20:])
    assert not is_pdf(b"")
