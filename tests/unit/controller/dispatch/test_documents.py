"""Desired documents: sizes, what is told to whom, and when two say the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts import codec
from contracts.desired import Live, RelayAddress, Schedule, ScheduledMeeting, supersedes
from contracts.floor import FloorMode, FloorState
from contracts.ids import MeetingId, PointId, RelayId
from controller.dispatch.documents import (
    MAX_LIVE_BYTES,
    DeclaredMeeting,
    ShownMessage,
    Speaking,
    current_meeting,
    digest,
    fitted,
    issued,
    speaking,
    unissued_live,
    unissued_relay_meeting,
    unissued_schedule,
)

T0 = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
RELAY = RelayId("relay-1")
URLS = {RELAY: "https://centre:8444", RelayId("relay-2"): "https://other:8444"}


def view(name: str = "m1", *, is_live: bool = True, has_ended: bool = False) -> DeclaredMeeting:
    """Return a meeting of the chair's."""
    return DeclaredMeeting(
        MeetingId(name),
        "Giao ban",
        T0,
        T0 + timedelta(hours=1),
        PointId("chair"),
        RELAY,
        is_live,
        has_ended,
    )


def test_a_schedule_says_the_role_and_only_the_relays_it_uses() -> None:
    schedule = unissued_schedule(PointId("chair"), [view(), view("m2", has_ended=True)], URLS)
    assert schedule.meetings == (
        ScheduledMeeting(
            meeting_id=MeetingId("m1"),
            begins_at=T0,
            ends_at=T0 + timedelta(hours=1),
            role="chair",
            title="Giao ban",
            relay_id=RELAY,
        ),
    )
    assert schedule.relays == (RelayAddress(relay_id=RELAY, url="https://centre:8444"),)


def test_the_current_meeting_is_the_one_that_began_last() -> None:
    early, late = view("m1"), msgspec_view("m2", T0 + timedelta(minutes=5))
    assert current_meeting([early, late, view("m3", is_live=False)]) == late
    assert current_meeting([view(has_ended=True)]) is None


def test_a_schedule_of_too_many_meetings_tells_the_soonest_and_can_be_read() -> None:
    many = [
        replace(one, title="Đánh giá tình hình " * 6)
        for one in (msgspec_view(f"m{n}", T0 + timedelta(hours=n)) for n in reversed(range(500)))
    ]
    schedule = unissued_schedule(PointId("chair"), many, URLS)
    told = len(schedule.meetings)
    assert 150 < told < 500
    assert [one.meeting_id for one in schedule.meetings] == [f"m{n}" for n in range(told)]
    sent = codec.encode(issued(schedule, leader_epoch=2**40, generation=2**40, now=T0))
    assert codec.decode(Schedule, sent).meetings == schedule.meetings
    assert len(sent) > Schedule.max_bytes - 1024


def msgspec_view(name: str, begins_at: datetime) -> DeclaredMeeting:
    """Return a live meeting that begins then."""
    return DeclaredMeeting(
        MeetingId(name),
        "Giao ban",
        begins_at,
        begins_at + timedelta(hours=1),
        PointId("chair"),
        RELAY,
        True,
        False,
    )


def test_the_digest_knows_a_change_of_the_floor_but_not_of_the_time() -> None:
    document = unissued_relay_meeting(view(), [PointId("chair")], FloorState(epoch=1))
    later = issued(document, leader_epoch=7, generation=3, now=T0)
    moved = unissued_relay_meeting(view(), [PointId("chair")], FloorState(epoch=2))
    assert digest(later) == digest(document) != digest(moved)
    assert supersedes(issued(moved, leader_epoch=7, generation=4, now=T0), later)


names = st.text(max_size=200)
points = st.from_regex(r"\A[a-z0-9]{1,40}\Z").map(PointId)


@given(names, names, points, points, st.integers(0, 10**9), st.integers(0, 10**6))
def test_a_live_document_always_fits_and_keeps_what_matters(
    name: str, note: str, chair: PointId, speaker: PointId, generation: int, epoch: int
) -> None:
    meeting = DeclaredMeeting(
        MeetingId("m" * 40), "t", T0, T0 + timedelta(hours=1), chair, RELAY, True, False, note
    )
    floor = FloorState(epoch=epoch, holders=(speaker,))
    document = unissued_live(meeting, floor, speaking=Speaking(speaker, name))
    sent = fitted(issued(document, leader_epoch=4_000_000_000, generation=generation, now=T0))
    payload = codec.encode(sent)
    assert len(payload) <= MAX_LIVE_BYTES
    read = codec.decode(Live, payload)
    assert (read.meeting_id, read.stage, read.speaker, read.floor_epoch) == (
        "m" * 40,
        chair,
        speaker,
        epoch,
    )
    assert name.replace("\0", "").startswith(read.speaker_name)


def test_a_speech_has_a_time_for_whoever_speaks_where_the_meeting_sets_one() -> None:
    point = PointId("xa-b")
    timed = replace(view("m1"), speech_s=300)
    since = T0 + timedelta(microseconds=7)
    floor = FloorState(epoch=3, holders=(point,))
    said = unissued_live(timed, floor, is_holder=True, speaks_since=since)
    assert (said.speech_began_at, said.speech_s) == (T0, 300)
    listening = unissued_live(timed, floor)
    untimed = unissued_live(view("m1"), floor, speaks_since=since)
    assert {(one.speech_began_at, one.speech_s) for one in (listening, untimed)} == {(None, None)}
    long = replace(timed, meeting_id=MeetingId("m" * 40), chair=PointId("c" * 40))
    shown = Speaking(PointId("p" * 40), "Xã Mậu A")
    sent = fitted(
        issued(
            unissued_live(long, floor, speaking=shown, is_holder=True, speaks_since=since),
            leader_epoch=4_000_000_000,
            generation=10**9,
            now=T0,
        )
    )
    assert len(codec.encode(sent)) <= MAX_LIVE_BYTES
    assert sent.speaker == "p" * 40


def test_names_that_fit_are_not_shortened() -> None:
    speaker = PointId("xa-tan-lap")
    floor = FloorState(epoch=3, holders=(speaker,))
    document = unissued_live(
        view("m261124-9c817d70"), floor, speaking=Speaking(speaker, "Xã Tân Lập")
    )
    sent = fitted(issued(document, leader_epoch=12, generation=345, now=T0))
    assert sent.speaker_name == "Xã Tân Lập"
    assert msgspec.json.decode(codec.encode(sent))["speaker"] == "xa-tan-lap"


def test_in_a_discussion_a_screen_names_who_spoke_last_beside_the_stage() -> None:
    chair, b, c = PointId("p-chair"), PointId("p-b"), PointId("p-c")
    talk = FloorState(epoch=3, mode=FloorMode.DISCUSSION)
    names: dict[str, str] = {b: "Xã B", c: "Xã C"}
    assert speaking(talk, chair, (chair, b), names) == Speaking(b, "Xã B", is_stage=True)
    assert speaking(talk, chair, (c, chair, b), names) == Speaking(c, "Xã C")
    assert speaking(talk, chair, (), names) == Speaking()
    held = FloorState(epoch=3, holders=(b,))
    assert speaking(held, chair, (c,), names) == Speaking(b, "Xã B")


def test_a_screen_has_a_persons_name_and_no_point() -> None:
    chair, held = PointId("p-chair"), FloorState(epoch=3, holders=("person:lan",))
    assert speaking(held, chair, (), {"person:lan": "Lê Lan"}) == Speaking(None, "Lê Lan")
    assert speaking(held, chair, (), {}) == Speaking(None, "lan")


def test_a_message_is_said_as_it_was_written_beside_all_that_must_fit() -> None:
    longest = ShownMessage("ễ" * 60, T0 + timedelta(minutes=3, microseconds=7))
    meeting = replace(view("m" * 40), chair=PointId("c" * 40))
    floor = FloorState(epoch=3, holders=(PointId("p" * 40),))
    shown = Speaking(PointId("p" * 40), "Ủy ban nhân dân xã Nghĩa Phương, huyện")
    document = unissued_live(meeting, floor, speaking=shown, message=longest)
    sent = fitted(issued(document, leader_epoch=4_000_000_000, generation=10**9, now=T0))
    assert (sent.message, sent.message_ends_at) == ("ễ" * 60, T0 + timedelta(minutes=3))
    apart = msgspec.structs.replace(sent, message="", message_ends_at=None)
    assert len(codec.encode(apart)) <= MAX_LIVE_BYTES
    assert len(codec.encode(sent)) <= MAX_LIVE_BYTES + 60 * 4 + 80
