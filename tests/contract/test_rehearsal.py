"""What a point takes of a rehearsal's document, and what the centre takes of its result."""

import json

import pytest

from contracts import codec
from contracts.desired import RelayMeeting
from contracts.errors import MalformedPayload
from contracts.rehearsal import Rehearsal, RehearsalBody
from contracts.reports import Report
from tests.contract import golden


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rehearsal_id", "8C41D0E97AB2653F"),
        ("rehearsal_id", "8c41d0e97ab2653"),
        ("meeting_id", "../meeting"),
        ("duration_s", 9),
        ("duration_s", 31),
        ("announce_s", 301),
        ("rate_bps", -1),
        ("title", "a\x00b"),
        ("begins_at", "2026-11-24T00:30:10"),
    ],
)
def test_what_is_out_of_bounds_is_refused(key: str, value: object) -> None:
    said = json.loads(golden.payload("rehearsal")) | {key: value}
    with pytest.raises(MalformedPayload):
        codec.decode(Rehearsal, json.dumps(said).encode())


def test_a_cause_that_is_not_known_yet_is_read() -> None:
    said = golden.payload("report-rehearsal").replace(b'"black"', b'"upside_down"')
    body = codec.decode(Report, said).body
    assert isinstance(body, RehearsalBody)
    assert body.checks[0].cause == "upside_down"


@pytest.mark.parametrize("cause", ["Black", "_", "a b", "a" * 33, "../etc"])
def test_a_cause_is_a_word(cause: str) -> None:
    said = json.loads(golden.payload("report-rehearsal"))
    said["body"]["checks"][0]["cause"] = cause
    with pytest.raises(MalformedPayload):
        codec.decode(Report, json.dumps(said).encode())


@pytest.mark.parametrize("others", ["home", "outer", "recorded"])
def test_a_rehearsal_that_another_would_see_or_keep_is_refused(others: str) -> None:
    other = json.loads(golden.payload(f"relay-meeting-{others}"))
    assert codec.decode(RelayMeeting, json.dumps(other).encode())
    with pytest.raises(MalformedPayload, match="no other relay and no recorder"):
        codec.decode(RelayMeeting, json.dumps(other | {"is_echo": True}).encode())
