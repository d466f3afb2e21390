"""A meeting is recorded by a process of its own; what is on the disk outlives it."""

import json
import subprocess
import time

import av
from msgspec import UNSET

from contracts.floor import FloorState
from contracts.recordings import HANDOUT, STREAMS, RecordingPhase
from media.recorder import folders, matroska_file
from tests.fakes.recorder import RecorderProcess, a_meeting
from tests.fakes.relay import B, start_relay
from tests.waiting import until

RECORDED_S = 5.0


def decoded(path):
    """Return how many frames of each slot FFmpeg decodes, and the last time of all (s)."""
    counts, last_s = {}, 0.0
    with av.open(path, "r") as recording:
        for packet in recording.demux(*recording.streams.video, *recording.streams.audio):
            for frame in packet.decode():
                slot = packet.stream.metadata.get("title", packet.stream.type)
                counts[slot] = counts.get(slot, 0) + 1
                last_s = max(last_s, float(frame.pts * frame.time_base))
    return counts, last_s


def chapters(path):
    words = ["ffprobe", "-v", "error", "-show_chapters", "-of", "json", str(path)]
    found = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    return [one["tags"]["title"] for one in found["chapters"]]


async def test_what_was_recorded_before_kill_9_is_played_to_the_last_second_but_one(tmp_path):
    async with start_relay(tmp_path) as relay, a_meeting(relay) as guests:
        recorder = RecorderProcess(tmp_path / "recorder", relay)
        recorder.start()
        try:
            await until(recorder.is_recording, 20, "it records")
            began_s = time.monotonic()
            await until(lambda: time.monotonic() - began_s > RECORDED_S / 2, 20)
            await guests.declare(floor=FloorState(epoch=2, holders=(B,)))
            await until(lambda: time.monotonic() - began_s > RECORDED_S, 20)
            recorder.kill()
            recorded_s = time.monotonic() - began_s
            (facts,) = recorder.recordings()
            folder = folders.of(recorder.data_dir, facts)
            counts, last_s = decoded(folder / STREAMS)
            assert last_s >= recorded_s - 1.0, (last_s, recorded_s, recorder.log)
            assert counts["stage"] >= 0.9 * 25 * (recorded_s - 1), counts
            assert counts["sound-0"] >= 0.9 * 50 * (recorded_s - 1), counts
            assert [line.speaker for line in folders.spoken(folder)][-1] == B
            assert facts.phase is RecordingPhase.RECORDING

            await guests.declare(recording=UNSET)  # so that it does not begin another
            recorder.start()
            await until(recorder.is_ready, 60, "what was interrupted is converted")
        finally:
            recorder.kill()
        assert chapters(folder / STREAMS) == ["UBND tỉnh", "UBND xã Vân Sơn"]
        assert chapters(folder / HANDOUT) == ["UBND tỉnh", "UBND xã Vân Sơn"]
        counts, last_s = decoded(folder / HANDOUT)
        assert abs(last_s - matroska_file.length_ms(folder / STREAMS) / 1000) < 0.5, counts
