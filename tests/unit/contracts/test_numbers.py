"""Numbers in text: in plain digits, in range, and never a thousandth of what was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import MalformedNumber
from contracts.numbers import typed_decimal, typed_whole, whole

FOREIGN = ["", "x", "-1", "+1", "1_0", "²", "٣", "１２", "9" * 5000, "nan", "inf", "1e3"]


@pytest.mark.parametrize("text", [*FOREIGN, " 1", "1.0", "101"])
def test_a_program_writes_plain_digits(text: str) -> None:
    assert (whole("0", most=100), whole("0100", most=100)) == (0, 100)
    with pytest.raises(MalformedNumber):
        whole(text, most=100)


def test_a_spreadsheet_writes_seventeen_in_three_ways() -> None:
    assert [typed_whole(text, most=100) for text in ("17", " 17.0", "17,00")] == [17, 17, 17]


@pytest.mark.parametrize("text", [*FOREIGN, "17.5", "0000019999999", "65536"])
def test_a_whole_number_is_whole_and_in_range(text: str) -> None:
    with pytest.raises(MalformedNumber):
        typed_whole(text, least=1, most=65_535)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("50", 50),
        (" 1,5 ", 1.5),
        ("1.5", 1.5),
        ("0,125", 0.125),
        ("0.100", 0.1),
        ("12.3456", 12.3456),
        ("1.000,5", 1000.5),
        ("1,000.5", 1000.5),
        ("1.000.000", 1_000_000),
        ("1000.000", 1000),
    ],
)
def test_people_write_numbers_in_two_ways(text: str, number: float) -> None:
    assert typed_decimal(text, least=0, most=1e7) == number


@pytest.mark.parametrize("text", ["-110,5", "−110.5"])
def test_a_sign_is_read_where_numbers_below_zero_are_asked_for(text: str) -> None:
    assert typed_decimal(text, least=-160, most=-1) == -110.5
    for least in (-100, 0):
        with pytest.raises(MalformedNumber):
            typed_decimal(text, least=least, most=1e7)


@pytest.mark.parametrize("text", ["--1", "-", "- 1", "+1", "-,5", "-1.000"])
def test_a_sign_alone_or_twice_is_refused(text: str) -> None:
    with pytest.raises(MalformedNumber):
        typed_decimal(text, least=-1e4, most=1e4)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1.000", ("1000", "1")),
        ("1,000", ("1000", "1")),
        ("12.500", ("12500", "12,5")),
        ("100.000", ("100000", "100")),
        ("1,234", ("1234", "1,234")),
    ],
)
def test_what_could_be_a_thousand_times_more_is_asked_back(
    text: str, readings: tuple[str, str]
) -> None:
    for read in (typed_decimal, typed_whole):
        with pytest.raises(MalformedNumber) as caught:
            read(text, least=0, most=10**7)
        assert caught.value.readings == readings
        assert str(caught.value).endswith(f"= {readings[0]} or {readings[1]}?")


@pytest.mark.parametrize(
    "text", [*FOREIGN, ".", ",", "5.", ".5", "1.00.000", "1,00.5", "1.000,000.000", "1 000"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(MalformedNumber):
        typed_decimal(text, least=0, most=1e7)


@given(st.text(st.characters() | st.sampled_from("0123456789.,")))
def test_any_text_is_a_number_in_range_or_refused(text: str) -> None:
    for read in (typed_decimal, typed_whole, whole):
        try:
            number = read(text, least=1, most=100)
        except MalformedNumber as exc:
            assert exc.reason
        else:
            assert 1 <= number <= 100
