"""A packed report comes out as it went in, and nothing else does damage."""

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import MalformedPayload
from contracts.packed import DICTIONARY, MAX_PACK, apart, packed, together, unpacked
from tests.contract import golden

MOST = 64 * 1024
# What was once sent must be read as long as points run that send it: the name of the dictionary.
DICTIONARY_ID = 0xB09DE308

REPORTS = [name for name in golden.TYPES if name.startswith("report-")]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_comes_out_as_it_went_in_in_under_half_the_bytes(name: str) -> None:
    payload = json.dumps(json.loads(golden.payload(name)), separators=(",", ":")).encode()
    assert unpacked(packed(payload), most_bytes=MOST) == payload
    assert len(packed(payload)) < len(payload) / 2


def test_the_dictionary_is_the_one_that_points_have() -> None:
    assert zlib.adler32(DICTIONARY) == DICTIONARY_ID


def test_reports_that_are_packed_together_come_apart_and_cost_a_fraction_each() -> None:
    payloads = [
        json.dumps({**json.loads(golden.payload("report-sections")), "seq": seq}).encode()
        for seq in range(1, MAX_PACK + 1)
    ]
    pack = together(payloads)
    assert apart(unpacked(pack, most_bytes=MOST)) == payloads
    assert len(pack) < MAX_PACK * len(payloads[0]) / 20


def test_one_report_is_no_pack_and_a_pack_is_of_some() -> None:
    assert apart(b"{}") is apart(b"") is None
    assert apart(b'[{"seq":1}, "x\\u0000", 7]') == [b'{"seq":1}', b'"x\\u0000"', b"7"]
    for payload in (
        b"[]",
        b"[{}",
        b"[{}]]",
        b"[{},]",
        b"[" * 5000,
        b"[0" + b",0" * MAX_PACK + b"]",
    ):
        with pytest.raises(MalformedPayload):
            apart(payload)


def test_what_was_never_packed_is_left_as_it_is() -> None:
    for payload in (b"", b"{}", golden.payload("report-line")):
        assert unpacked(payload, most_bytes=MOST) == payload


def test_what_is_longer_once_unpacked_is_not_read() -> None:
    assert unpacked(packed(b"{" * MOST), most_bytes=MOST) == b"{" * MOST
    with pytest.raises(MalformedPayload):
        unpacked(packed(b"{" * (MOST + 1)), most_bytes=MOST)
    with pytest.raises(MalformedPayload):
        unpacked(packed(b"0" * 50_000_000), most_bytes=MOST)


@pytest.mark.parametrize(
    "payload",
    [
        packed(b"{}")[:-1],
        packed(b"{}") + b"{}",
        zlib.compressobj(9, zdict=b"another").compress(b"") + b"\x00" * 20,
        b"x",
    ],
)
def test_what_is_damaged_is_refused(payload: bytes) -> None:
    with pytest.raises(MalformedPayload):
        unpacked(payload, most_bytes=MOST)


@given(st.binary(max_size=200))
def test_any_bytes_are_some_reports_or_one_or_refused(noise: bytes) -> None:
    for payload in (noise, b"[" + noise, b"[" + noise + b"]"):
        try:
            found = apart(payload)
        except MalformedPayload:
            continue
        assert found is None or 1 <= len(found) <= MAX_PACK


@given(st.binary(max_size=200))
def test_any_bytes_are_a_payload_or_refused(noise: bytes) -> None:
    for payload in (noise, b"\x78" + noise, packed(noise)):
        try:
            found = unpacked(payload, most_bytes=100)
        except MalformedPayload:
            continue
        assert len(found) <= max(100, len(payload))
