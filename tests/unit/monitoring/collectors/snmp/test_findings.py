"""What of a device's words is believed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.collectors.snmp.findings import (
    CONTROLS,
    DOUBLED,
    MAX_SENTENCES,
    MAX_U64,
    TOO_LONG,
    Findings,
)
from monitoring.collectors.snmp.reader import Column, RawValue

OID = "1.3.6.1.2.1.99.1"
RAW = st.one_of(
    st.integers(-(2**70), 2**70), st.floats(), st.binary(max_size=400), st.text(max_size=300)
)


@given(raw=RAW)
def test_a_number_is_believed_within_its_range_or_told(raw: RawValue) -> None:
    findings = Findings()
    value = findings.whole(raw, "x", OID, most=100, unknown=(7,))
    if isinstance(raw, int) and 0 <= raw <= 100 and raw != 7:
        assert value == raw
        assert findings.sentences() == []
    else:
        assert value is None
        assert len(findings.sentences()) == 1
        assert OID in findings.sentences()[0]


@pytest.mark.parametrize("raw", [math.nan, math.inf, 1.0, "5", b"5", MAX_U64 + 1, -1])
def test_what_is_no_number_is_unknown(raw: RawValue) -> None:
    findings = Findings()
    assert findings.whole(raw, "x", OID, most=MAX_U64) is None
    assert str(raw if not isinstance(raw, bytes) else raw.decode()) in findings.sentences()[0]


@given(raw=RAW)
def test_a_text_moves_no_cursor(raw: RawValue) -> None:
    text = Findings().text(raw, "x", OID)
    shown = text or ""
    assert len(shown) <= 255
    assert all(char.isprintable() or char in "\t\r\n\u00a0" for char in shown)


@pytest.mark.parametrize(
    ("raw", "text", "reason"),
    [
        (b"C\xc3\xb4ng", "Công", ""), (b"C\xf4ng", "Công", ""), (b"", "", ""),
        (b"p1\0\0", "p1", ""), (b"a\x1bb", "a\ufffdb", CONTROLS), (b"x" * 300, "x" * 255, TOO_LONG),
    ],
)  # fmt: skip
def test_a_text_is_utf8_else_latin1(raw: bytes, text: str, reason: str) -> None:
    findings = Findings()
    assert findings.text(raw, "x", OID) == text
    assert [reason in sentence for sentence in findings.sentences()] == [True] * bool(reason)


def test_rows_with_one_reason_are_one_sentence() -> None:
    findings = Findings()
    for row in range(1, 197):
        findings.whole(-1, "ifSpeed", OID, row=str(row))
    assert len(findings.sentences()) == 1
    assert "(+192)" in findings.sentences()[0]


def test_sentences_are_counted_beyond_their_limit() -> None:
    findings = Findings()
    for number in range(MAX_SENTENCES + 5):
        findings.say(f"{number}")
    assert len(findings.sentences()) == MAX_SENTENCES + 1
    assert "5 more" in findings.sentences()[-1]


def test_what_came_twice_and_differs_is_not_believed() -> None:
    findings = Findings()
    column = Column({"1": 5, "2": 6}, frozenset({"1"}))
    assert findings.column(column, "ifInOctets", OID) == {"2": 6}
    assert DOUBLED in findings.sentences()[0]
