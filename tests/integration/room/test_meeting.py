"""Rooms in a meeting: real processes, a real relay, a real broker that may be dead."""

from datetime import timedelta

import msgspec
import pytest

from contracts.floor import FloorState, grant, withdraw_all
from contracts.reports import MediaBody
from tests.fakes.relay import CHAIR, B, C, meeting, start_relay
from tests.fakes.rooms import now_ms, start_rooms, trust_clock
from tests.waiting import until

B_SPEAKS = FloorState(epoch=1, holders=(B,))
INVITED = frozenset((CHAIR, B, C))


def begin_ms(document) -> int:
    return int(document.begins_at.timestamp() * 1000)


async def all_shown(rooms, stage, speakers, timeout_s=15.0):
    for room, speaker in zip(rooms.rooms, speakers, strict=True):
        await until(
            lambda room=room, speaker=speaker: (
                (room.shown("stage"), room.shown("speaker")) == (stage, speaker)
            ),
            timeout_s,
            f"{room.point} shows {stage} and {speaker}",
        )


async def test_a_meeting_begins_from_files_alone(tmp_path):
    """Nobody answers but the relay: the broker and everything behind it is dead."""
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
        document = meeting(begins_in_s=4, floor=B_SPEAKS)
        await rooms.declare(document)
        await relay.centre.hears(lambda: relay.centre.meeting_state() is not None)
        relay.broker.kill()
        await all_shown(rooms, 1, [2, 1, 2])
        await until(lambda: rooms.c.heard() == {1, 2}, 15)
        assert (rooms.chair.heard(), rooms.b.heard()) == ({2}, {1})
        for room in rooms.rooms:
            stage = room.video("stage")
            assert stage["shown"][0]["since_ms"] >= begin_ms(document), "nothing before T0"
            assert stage["frames_unreadable"] == 0


def concealed(body, name):
    """Return which part of a slot's sound was made up."""
    ratios = [slot.concealed_ratio for slot in body.slots if slot.slot == name]
    return next((ratio for ratio in ratios if ratio is not None), 1.0)


@pytest.mark.alone
async def test_how_late_a_room_sees_and_hears(tmp_path):
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
        document = meeting(begins_in_s=4, floor=B_SPEAKS)
        await rooms.declare(document)
        await all_shown(rooms, 1, [2, 1, 2])
        await until(lambda: rooms.c.video("stage").get("frames", 0) > 100, 15)
        for room in rooms.rooms:
            stage = room.video("stage")
            late_ms = stage["shown"][0]["since_ms"] - begin_ms(document)
            assert 0 <= late_ms < 1000, f"{room.point} saw the stage {late_ms} ms after T0"
            assert stage["latency_p95_ms"] < 250
            assert stage["frames_missing"] <= 0.02 * stage["frames"]
        assert rooms.c.meeting()["sounds"]["sound-0"]["latency_p95_ms"] < 250
        asked_ms = now_ms()
        floor = grant(B_SPEAKS, C, chair=CHAIR, invited=INVITED)
        await relay.centre.declare(msgspec.structs.replace(document, generation=2, floor=floor))
        await until(lambda: rooms.chair.shown("speaker") == 3, 5)
        assert rooms.chair.video("speaker")["shown"][-1]["since_ms"] - asked_ms < 1000
        await until(lambda: 3 in rooms.chair.heard(), 5)
        floor = withdraw_all(floor)
        withdrawn_ms = now_ms()
        await relay.centre.declare(msgspec.structs.replace(document, generation=3, floor=floor))
        await until(lambda: rooms.chair.video("speaker")["shown_number"] is None, 5)
        last_ms = max(
            span["last_ms"] for span in rooms.chair.meeting()["heard"] if span["number"] == 3
        )
        assert last_ms - withdrawn_ms < 500


async def test_the_floor_moves_without_a_negotiation(tmp_path):
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
        document = meeting(begins_in_s=-1, floor=B_SPEAKS)
        await rooms.declare(document)
        await all_shown(rooms, 1, [2, 1, 2])
        answers = [room.meeting()["play"]["answer_sha256"] for room in rooms.rooms]
        floor = grant(B_SPEAKS, C, chair=CHAIR, invited=INVITED)
        await relay.centre.declare(msgspec.structs.replace(document, generation=2, floor=floor))
        await all_shown(rooms, 1, [3, 3, 2])
        await until(lambda: 3 in rooms.b.heard(), 5)
        floor = withdraw_all(floor)
        await relay.centre.declare(msgspec.structs.replace(document, generation=3, floor=floor))
        await until(lambda: rooms.chair.video("speaker")["shown_number"] is None, 5)
        assert 3 not in rooms.c.heard()
        assert [room.meeting()["play"]["answer_sha256"] for room in rooms.rooms] == answers
        assert rooms.chair.meeting()["play"]["negotiations"] == 1


async def test_pictures_are_back_after_the_relay_was_killed(tmp_path):
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
        await rooms.declare(meeting(begins_in_s=-1, floor=B_SPEAKS))
        await all_shown(rooms, 1, [2, 1, 2])
        killed_ms = now_ms()
        relay.kill()
        await relay.start()
        await until(lambda: rooms.c.meeting()["play"]["negotiations"] == 2, 20)
        await all_shown(rooms, 1, [2, 1, 2])
        # The gap began with the last picture before the kill, and is told with the next state.
        await until(lambda: rooms.c.video("stage")["gap_max_ms"] is not None, 5)
        assert rooms.c.video("stage")["gap_max_ms"] < now_ms() - killed_ms + 200


async def test_a_room_that_was_killed_comes_back_into_the_meeting(tmp_path):
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
        await rooms.declare(meeting(begins_in_s=-1, floor=B_SPEAKS))
        await all_shown(rooms, 1, [2, 1, 2])
        rooms.b.kill()
        await until(lambda: rooms.c.shown("speaker") is None, 10, "the slot of the dead is empty")
        rooms.b.start()
        await until(rooms.b.state, 30, "its process is there")
        await all_shown(rooms, 1, [2, 1, 2])
        assert rooms.c.meeting()["play"]["negotiations"] == 1


async def test_an_ended_meeting_is_left_and_its_quality_is_in_the_outbox(tmp_path):
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
        document = meeting(begins_in_s=-1, floor=B_SPEAKS)
        await rooms.declare(document)
        await all_shown(rooms, 1, [2, 1, 2])
        await until(lambda: rooms.c.state()["reports_written"] >= 3, 15)
        ended = msgspec.structs.replace(document, generation=2, has_ended=True)
        await relay.centre.declare(ended)
        for room in rooms.rooms:
            await until(lambda room=room: room.state()["state"] == "idle", 10)
        joins = relay.centre.kinds(C).count("joined")
        reports = rooms.c.reports()
        assert [report.seq for report in reports] == list(range(1, len(reports) + 1))
        bodies = [report.body for report in reports]
        best = max(bodies, key=lambda body: sum(slot.frames for slot in body.slots))
        assert isinstance(best, MediaBody)
        assert best.meeting_id == "m1" and best.is_sending
        by_slot = {slot.slot: slot for slot in best.slots}
        assert by_slot["stage"].shown_number == 1 and by_slot["stage"].frames > 0
        assert by_slot["speaker"].shown_number == 2
        heard = by_slot["sound-0"]
        # A machine that stands still for a moment has some of it made up, but not in each report.
        assert min(concealed(report.body, "sound-0") for report in reports) < 0.5
        assert heard.mos is not None and heard.buffer_ms is not None
        assert set(best.heard_numbers) == {1, 2}
        assert rooms.c.state()["state"] == "idle"
        assert relay.centre.kinds(C).count("joined") == joins


@pytest.mark.parametrize(
    ("error", "state"), [(timedelta(seconds=6), "idle"), (timedelta(seconds=1), "in_meeting")]
)
async def test_nothing_is_started_by_a_clock_that_is_not_trusted(tmp_path, error, state):
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR,), is_started=False) as rooms,
    ):
        trust_clock(rooms.chair.folder / "clock.json", error=error)
        await rooms.declare(meeting(begins_in_s=-1))
        await rooms.start()
        await until(lambda: rooms.chair.state()["state"] == state, 10)
        has_refused = "clock_not_trusted" in rooms.chair.log
        assert has_refused is (state == "idle")


async def test_a_point_that_is_not_invited_says_so_and_goes_on_asking(tmp_path):
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
        await rooms.declare(meeting(begins_in_s=-1, invited=(CHAIR, B)))
        await until(lambda: rooms.chair.shown("stage") == 1, 15)
        await until(lambda: rooms.c.meeting().get("play", {}).get("failures", 0) >= 2, 10)
        assert "not_invited" in rooms.c.meeting()["play"]["last_error"]
        assert rooms.c.state()["state"] == "joining"


async def test_the_state_file_is_fresh_every_second(tmp_path):
    async with (
        start_relay(tmp_path, is_started=False) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR,)) as rooms,
    ):
        path = rooms.chair.folder / "media/state.json"
        first = await until(lambda: path.exists() and path.read_bytes(), 5)
        await until(lambda: path.read_bytes() != first, 3)
        state = msgspec.json.decode(path.read_bytes())
        devices = {"camera", "microphone"}
        assert set(state) == {"written_at", "state", "meeting_id", "is_tunnelled", *devices}
        assert (state["state"], state["meeting_id"]) == ("idle", None)
        assert rooms.chair.stop() == 0
