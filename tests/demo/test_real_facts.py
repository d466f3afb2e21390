"""The real room's lines: each holds for a sound room, and alone fails for its own fault."""

from dataclasses import replace

import pytest

from scripts.demo.check import names, real_facts
from scripts.demo.check.facts import Facts
from scripts.demo.check.getstats import Counted
from scripts.demo.check.real_facts import Measured, Shares
from scripts.demo.check.real_moves import is_heard_through
from scripts.demo.check.rooms import Room, Slot, Sound

SLOT = Slot(
    number=1, frames=0, missing=0, repeated=0, gap_max_ms=40, silent_ms=20,
    latency_p50_ms=30, latency_p95_ms=60, changes=(),
)  # fmt: skip
ROOM = Room(
    run_id="r", state="in_meeting", meeting_id="m", slots={"stage": SLOT, "speaker": SLOT},
    sounds={"sound-0": Sound(67, 90)}, camera="closed", sounds_sent=0,
    heard=((1, 1000, 9000),), answers=(),
)  # fmt: skip


def room(frames, repeated=0, **other):
    slot = replace(SLOT, frames=frames, repeated=repeated)
    return replace(ROOM, slots={"stage": slot, "speaker": slot}, **other)


def rows(pictures, size=(640, 360), reason="none", energy=1.0):
    video = {"kind": "video", "framesSent": pictures, "framesEncoded": pictures}
    video |= {"frameWidth": size[0], "frameHeight": size[1], "qualityLimitationReason": reason}
    inbound = {"type": "inbound-rtp", "kind": "video", "framesDecoded": 25 * 8 if pictures else 0}
    return (
        {"id": "v", "type": "outbound-rtp", **video},
        {"id": "a", "type": "outbound-rtp", "kind": "audio", "packetsSent": 50 * 8 * energy},
        {"id": "m", "type": "media-source", "kind": "audio", "totalAudioEnergy": energy},
        {"id": "stage", **inbound},
        {"id": "speaker", **inbound},
    )


NOTHING = Counted(0, rows(0, energy=0.0))
SOUND_ROOM = Measured(
    counted=(NOTHING, Counted(8000, rows(200))),
    pulses_ms=[1_000_007.0, 1_000_407.0],
    before={"b": room(1000)},
    after={"b": room(1200)},
    silences={"b/stage": 60.0, "b/speaker": 70.0},
    seconds=8.0,
    fault="",
    own=replace(ROOM, camera="open"),
)


def failed(measured):
    facts = Facts(lambda line: None)
    for record in (real_facts.record_sent, real_facts.record_seen, real_facts.record_sync):
        record(facts, measured)
    return facts


def test_of_a_sound_room_all_lines_hold():
    facts = failed(SOUND_ROOM)
    assert (facts.failed, facts.undecided, facts.exit_code) == ([], [], 0)


def sending(*given, **named):
    return replace(SOUND_ROOM, counted=(NOTHING, Counted(8000, rows(*given, **named))))


def seen(other):
    return replace(SOUND_ROOM, after={"b": other})


@pytest.mark.parametrize(
    ("measured", "line"),
    [
        (sending(150), names.CAMERA_SENT),
        (sending(200, size=(320, 180)), names.CAMERA_SIZE),
        (sending(200, energy=0.0), real_facts.SPOKEN),
        (seen(room(1200, repeated=200)), names.CAMERA_SEEN),
        (seen(room(1050)), names.CAMERA_SEEN),
        (replace(SOUND_ROOM, silences={"b/stage": 900.0}), real_facts.GAP),
        (seen(room(1200, sounds={"sound-0": Sound(307, 350)})), names.LIP_SYNC),  # lags
        (seen(room(1200, sounds={"sound-0": Sound(160, 170)})), None),  # 123 ms after it
        (replace(SOUND_ROOM, pulses_ms=[]), names.LIP_SYNC),
    ],
)
def test_each_fault_is_on_its_line(measured, line):
    facts = failed(measured)
    late = {real_facts.SOUND_P50, real_facts.SOUND_P95}
    assert set(facts.failed) - late == ({line} if line else set())


def test_sound_before_its_picture_is_less_bearable():
    slot = replace(SLOT, frames=1200, latency_p50_ms=110)
    measured = seen(replace(ROOM, slots={"stage": slot}))
    facts = Facts(lambda line: None)
    real_facts.record_sync(facts, measured)
    assert facts.failed == [names.LIP_SYNC]  # 60 - 110: 50 ms before it


def test_who_sends_nothing_at_the_end_has_no_size_to_be_judged():
    facts = failed(sending(60, size=(0, 0)))
    assert facts.failed == [names.CAMERA_SENT]


def test_a_picture_made_smaller_for_want_of_cpu_is_no_verdict():
    facts = failed(sending(200, size=(320, 180), reason="cpu"))
    assert (facts.failed, facts.undecided) == ([], [names.CAMERA_SIZE])


@pytest.mark.parametrize(
    ("sent", "decoded", "undecided"),
    [
        (120, 120, {names.CAMERA_SENT, names.CAMERA_SEEN}),  # 15 a second of 25, and all arrive
        (120, 60, {names.CAMERA_SENT}),
        (40, 40, set()),  # no browser is as slow as that
    ],
)
def test_what_a_browser_short_of_cpu_does_not_send_nobody_can_see(sent, decoded, undecided):
    measured = replace(sending(sent, reason="cpu"), after={"b": room(1000 + decoded)})
    facts = failed(measured)
    judged = {names.CAMERA_SENT, names.CAMERA_SEEN}
    assert set(facts.undecided) & judged == undecided
    assert set(facts.failed) & judged == judged - undecided


@pytest.mark.parametrize(
    ("measured", "shares"),
    [
        (SOUND_ROOM, Shares(1.0, 1.0)),
        (replace(SOUND_ROOM, after={"b": room(1190)}), Shares(1.0, 0.95)),
        (replace(SOUND_ROOM, after={"b": room(1050)}), Shares(1.0, 1.0)),  # too few: no excuse
    ],
)
def test_what_the_lines_about_all_rooms_may_expect_of_it(measured, shares):
    assert real_facts.shares(measured) == shares


def test_a_picture_that_stands_still_says_nothing_of_its_age():
    lines = []
    facts = Facts(lines.append)
    real_facts.record_seen(facts, seen(room(1200, repeated=200)))
    assert [line for line in lines if "stand still" in line and line.startswith("--")] != []
    assert facts.failed == [names.CAMERA_SEEN]


def test_a_dead_camera_is_told_with_what_the_room_says_of_it():
    lines = []
    own = replace(ROOM, slots={}, camera="missing")
    measured = replace(sending(60), own=own, fault="Phòng này không thấy camera")
    real_facts.record_sent(Facts(lines.append), measured)
    assert "camera missing, “Phòng này không thấy camera”" in lines[0]
    assert lines[0].startswith("FAIL")


def test_a_sound_that_breaks_off_was_not_heard_through():
    assert is_heard_through(ROOM, 1, 2000, 8000)
    assert not is_heard_through(ROOM, 1, 500, 8000)
    assert not is_heard_through(ROOM, 1, 2000, 9500)
    assert not is_heard_through(ROOM, 2, 2000, 8000)
    assert not is_heard_through(None, 1, 2000, 8000)
