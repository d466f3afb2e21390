"""Any bytes decode to a value that its readers can use, or to our own error."""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import codec
from contracts.desired import (
    MAX_DOCUMENT_POINTS,
    MAX_OUTER_RELAYS,
    MAX_PAGE_ORIGINS,
    Barred,
    RelayMeeting,
)
from contracts.errors import MalformedPayload, UnknownSchemaVersion
from contracts.floor import MAX_POINTS, FloorMode, FloorState
from contracts.ids import MeetingId, PointId, RelayId
from contracts.message import Message
from contracts.participants import ParticipantKind
from contracts.recordings import RecorderStatus
from contracts.relay import Attendee, MeetingState, RelayState, StreamLine
from contracts.reports import PointStatus
from contracts.seen_addresses import SeenAddresses
from contracts.trunk import TrunkWords
from tests.contract import cases, golden
from tests.contract.mutation import mutated


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            yield from _leaves(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def outcome(kind: type[Message], payload: bytes) -> str:
    """Return what became of the payload; anything but a usable value or our error escapes."""
    try:
        message = codec.decode(kind, payload)
    except UnknownSchemaVersion:
        return "version"
    except MalformedPayload as exc:
        assert len(str(exc)) < 500
        return "malformed"
    for leaf in _leaves(message):
        if isinstance(leaf, datetime):
            assert leaf.astimezone(UTC).year >= 1969
        if isinstance(leaf, str):
            assert "\0" not in leaf
            assert leaf.encode().decode() == leaf
    assert codec.decode(kind, codec.encode(message)) == message
    return "value"


@pytest.mark.parametrize("name", golden.TYPES)
def test_spoilt_golden_payloads_give_a_value_or_our_error(name: str) -> None:
    seen = {
        outcome(golden.TYPES[name], payload)
        for payload in mutated(
            golden.payload(name), cases=cases.MUTATED_PER_GOLDEN, seed=zlib.crc32(name.encode())
        )
    }
    assert seen == {"value", "malformed", "version"}


@pytest.mark.parametrize("name", golden.TYPES)
def test_payloads_of_other_messages_give_a_value_or_our_error(name: str) -> None:
    tried = 0
    per_other = cases.CROSS_DECODED_PER_GOLDEN // len(golden.TYPES) + 1
    for other in golden.TYPES:
        for payload in mutated(golden.payload(other), cases=per_other, seed=len(name)):
            outcome(golden.TYPES[name], payload)
            tried += 1
    assert tried >= cases.CROSS_DECODED_PER_GOLDEN


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)


@settings(max_examples=cases.ARBITRARY_BYTES)
@given(
    kind=st.sampled_from(sorted(set(golden.TYPES.values()), key=lambda t: t.__name__)),
    payload=st.binary(max_size=300) | _JSON.map(lambda value: msgspec.json.encode(value)),
)
def test_arbitrary_bytes_give_a_value_or_our_error(kind: type[Message], payload: bytes) -> None:
    assert outcome(kind, payload) in {"value", "malformed", "version"}


def test_an_oversized_payload_is_refused_by_its_size_alone() -> None:
    payload = b'{"is_online":true}' + b" " * 65_536
    with pytest.raises(MalformedPayload, match="65554 bytes, at most 65536 are read"):
        codec.decode(PointStatus, payload)


def test_the_largest_payload_is_read() -> None:
    payload = b'{"is_online":true}'.ljust(PointStatus.max_bytes)
    assert codec.decode(PointStatus, payload) == PointStatus(is_online=True)


def _fullest_state() -> RelayState:
    """Return a relay's state of 400 points with two sessions each, every text at its longest.

    Each plays stage, speaker, content, sounds and tiles, and has sound and two sizes.
    """
    now = datetime(2026, 11, 24, 1, 31, 15, 123456, tzinfo=UTC)
    names = [f"{'x' * 36}-{number:03}" for number in range(MAX_POINTS)]
    streams = tuple(
        StreamLine(
            stream="video-high",
            loss_ratio=0.1234,
            jitter_ms=12345.67,
            bitrate_bps=10**7,
            size="high",
        )
        for _ in range(5)
    )
    attendees = tuple(
        Attendee(
            participant_kind=ParticipantKind.POINT,
            subject=name,
            direction=direction,
            joined_at=now,
            is_connected=False,
            rtt_ms=123456.78901234567,
            loss_ratio=0.12345678901234567,
            packets=2**63 - 1,
            jitter_ms=123456.78901234567,
            bitrate_bps=10**13,
            mos=1.2345678901234567,
            rung="speaker",
            frozen_ratio=0.12345678901234567,
            stalled_ratio=0.12345678901234567,
            moves=2**63 - 1,
            is_shed=True,
            concealed_ratio=0.12345678901234567,
            streams=streams[:3] if direction == "publish" else streams,
        )
        for name in names
        for direction in ("publish", "play")
    )
    floor = FloorState(
        epoch=2**63 - 1, previous_speaker=PointId(names[0]), muted=tuple(map(PointId, names))
    )
    meeting = MeetingState(
        meeting_id=MeetingId("m" * 40), is_forwarding=False, floor=floor, attendees=attendees
    )
    return RelayState(reported_at=now, meetings=(meeting,))


def test_the_state_of_a_full_relay_is_read() -> None:
    state = _fullest_state()
    payload = codec.encode(state)
    assert 3 * Message.max_bytes < len(payload) < RelayState.max_bytes
    assert codec.decode(RelayState, payload) == state
    with pytest.raises(MalformedPayload, match="at most 1048576 are read"):
        codec.decode(RelayState, payload.ljust(RelayState.max_bytes + 1))


# SeenAddresses is a file of every point, and goes over no line.
_LARGER = {RelayState, RelayMeeting, RecorderStatus, SeenAddresses, TrunkWords}


@pytest.mark.parametrize("kind", sorted(set(golden.TYPES.values()) - _LARGER, key=str))
def test_no_other_message_may_be_as_large(kind: type[Message]) -> None:
    assert kind.max_bytes <= Message.max_bytes
    with pytest.raises(MalformedPayload, match=f"65537 bytes, at most {kind.max_bytes} are read"):
        codec.decode(kind, b" " * 65_537)


def test_the_document_of_a_full_meeting_is_read() -> None:
    now = datetime(2026, 11, 24, 1, 2, 3, 456789, tzinfo=UTC)
    points = tuple(PointId(f"p{number:0>39}") for number in range(MAX_DOCUMENT_POINTS))
    floor = FloorState(epoch=2**63 - 1, mode=FloorMode.CONFERENCE, muted=points[:MAX_POINTS])
    meeting = RelayMeeting(
        leader_epoch=2**63 - 1,
        generation=2**63 - 1,
        issued_at=now,
        meeting_id=MeetingId("m" * 40),
        begins_at=now,
        ends_at=now,
        chair=points[0],
        invited=points,
        floor=floor,
        note="ộ" * 400,
        certificates={point: (f"{n:032x}",) * 4 for n, point in enumerate(points)},
        page_origins=tuple(f"https://{n:a>270}" for n in range(MAX_PAGE_ORIGINS)),
        line_bps=dict.fromkeys(points, 10**11),
        outer={RelayId(f"r{n:0>39}"): points[n::MAX_OUTER_RELAYS] for n in range(MAX_OUTER_RELAYS)},
        barred=tuple(Barred(subject=f"{n:ộ>120}", until=now) for n in range(MAX_DOCUMENT_POINTS)),
    )
    payload = codec.encode(meeting)
    assert 6 * Message.max_bytes < len(payload) < RelayMeeting.max_bytes
    assert codec.decode(RelayMeeting, payload) == meeting


@pytest.mark.parametrize(
    ("version", "shown"), [(b"2", "2"), (b"0", "0"), (b'"x"', "no number"), (b"[1]", "no number")]
)
def test_an_unknown_schema_version_is_named(version: bytes, shown: str) -> None:
    with pytest.raises(UnknownSchemaVersion, match=shown):
        codec.decode(PointStatus, b'{"schema_version":' + version + b',"is_online":true}')


def test_a_field_of_a_later_version_is_passed_over() -> None:
    payload = b'{"schema_version":1,"is_online":true,"battery_ratio":0.7}'
    assert codec.decode(PointStatus, payload) == PointStatus(is_online=True)


def test_a_payload_without_its_version_is_of_the_first() -> None:
    assert codec.decode(PointStatus, b'{"is_online":true}').schema_version == 1


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-12:00",
                                     "2026-11-24T01:00:00"])  # fmt: skip
def test_an_instant_nobody_can_store_is_refused(instant: str) -> None:
    payload = golden.payload("relay-status").replace(b"2026-11-24T00:55:00Z", instant.encode())
    with pytest.raises(MalformedPayload):
        codec.decode(golden.TYPES["relay-status"], payload)


NOT_TEXT = [
    b'{"is_online":true,"\xe4gent":"1"}',
    b'{"is_online":true,"more":"\xc3("}',
    b'{"is_online":true,"more":[{"deep":"\xff"}]}',
    b'{"is_online":true,"more":"\x00"}',
    b'{"is_online":true,"more":"\xed\xa0\x80"}',
]


@pytest.mark.parametrize("payload", NOT_TEXT)
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_what_is_no_text_is_refused_where_nobody_reads_it_too(payload: bytes, kind: type) -> None:
    with pytest.raises(MalformedPayload):
        codec.decode(PointStatus, kind(payload))
    assert codec.decode(PointStatus, b'{"is_online":true,"more":"\xc3\xa4"}').is_online
