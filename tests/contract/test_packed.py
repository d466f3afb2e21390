"""A packed report comes out as it went in, and nothing else does damage."""

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import MalformedPayload
from contracts.packed import DICTIONARY, packed, unpacked
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
def test_any_bytes_are_a_payload_or_refused(noise: bytes) -> None:
    for payload in (noise, b"\x78" + noise, packed(noise)):
        try:
            found = unpacked(payload, most_bytes=100)
        except MalformedPayload:
            continue
        assert len(found) <= max(100, len(payload))
