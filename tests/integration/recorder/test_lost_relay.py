"""The relay is killed while a recorder writes what it sends."""

import time
from itertools import pairwise

import av

from contracts.recordings import STREAMS
from media.recorder import folders
from tests.fakes.recorder import RecorderProcess, a_meeting
from tests.fakes.relay import start_relay
from tests.waiting import until

BEFORE_S = 2.5
LEAST_FRAMES = 0.8 * 25 * 1.5  # of either part; the first and last half second may be missing


async def test_a_relay_that_is_killed_is_missed_in_the_recording_and_what_follows_is_kept(tmp_path):
    async with start_relay(tmp_path) as relay, a_meeting(relay):
        recorder = RecorderProcess(tmp_path / "recorder", relay)
        recorder.start()
        try:
            await until(recorder.is_recording, 20, "it records")
            began_s = time.monotonic()
            await until(lambda: time.monotonic() - began_s > BEFORE_S, 20)
            relay.kill()
            killed_s = time.monotonic()
            await until(
                lambda: not recorder.is_recording(), 10, "it says within 10 s that it stopped"
            )
            before = pictures(recorder)
            await relay.start()
            again_s = time.monotonic()
            await until(recorder.is_recording, 20, "it records again, nobody touching anything")
            await until(
                lambda: len(pictures(recorder)) >= len(before) + LEAST_FRAMES,
                20,
                "what follows is kept",
            )
            found, now_s = pictures(recorder), time.time()
        finally:
            recorder.kill()
    assert len(before) >= LEAST_FRAMES, recorder.log
    assert found[: len(before)] == before, "what came after harms nothing that was there"
    away_s = max(later - sooner for sooner, later in pairwise(found))
    assert away_s > again_s - killed_s, "the time that is missing is in it"
    assert abs(now_s - found[-1]) < 2, "and no more than that"


def pictures(recorder):
    """Return when each picture of the stage is due that FFmpeg decodes, by the wall clock (s)."""
    found = []
    for facts in recorder.recordings():
        with av.open(folders.of(recorder.data_dir, facts) / STREAMS, "r") as recording:
            for frame in recording.decode(video=0):
                found.append(facts.begins_at.timestamp() + float(frame.pts * frame.time_base))
    return sorted(found)
