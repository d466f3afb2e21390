"""A room's answer as a value."""

from scripts.demo.check.rooms import parse

IDLE: dict[str, object] = {
    "run_id": "a",
    "state": "idle",
    "devices": {"camera": {}},
    "meeting": None,
}


def test_a_room_without_a_meeting_shows_hears_and_sends_nothing():
    room = parse(IDLE)
    assert (room.meeting_id, room.slots, room.sounds, room.heard) == (None, {}, {}, ())
    assert (room.camera, room.sounds_sent) == ("closed", 0)


def test_a_room_says_what_its_camera_is_doing():
    assert parse({**IDLE, "devices": {"camera": {"state": "missing"}}}).camera == "missing"


def test_a_slot_in_which_no_pulse_was_heard_is_no_sound():
    heard = {"latency_p50_ms": 30.0, "latency_p95_ms": 60.0}
    silent = {"latency_p50_ms": None, "latency_p95_ms": None}
    room = parse({**IDLE, "meeting": {"sounds": {"sound-0": heard, "sound-1": silent}}})
    assert list(room.sounds) == ["sound-0"]
