"""The relay is killed while a recorder writes what it sends."""

import time

from contracts.recordings import STREAMS
from media.recorder import folders, matroska_file
from tests.fakes.recorder import RecorderProcess, a_meeting
from tests.fakes.relay import start_relay
from tests.integration.recorder.test_recording import decoded
from tests.waiting import until

BEFORE_S, AFTER_S = 1.5, 1.5


async def test_a_relay_that_is_killed_is_missed_in_the_recording_and_what_follows_is_kept(tmp_path):
    async with start_relay(tmp_path) as relay, a_meeting(relay):
        recorder = RecorderProcess(tmp_path / "recorder", relay)
        recorder.start()
        try:
            await until(recorder.is_recording, 20, "it records")
            began_s = time.monotonic()
            await until(lambda: time.monotonic() - began_s > BEFORE_S, 20)
            relay.kill()
            await until(
                lambda: not recorder.is_recording(), 10, "it says within 10 s that it stopped"
            )
            await relay.start()
            await until(recorder.is_recording, 20, "it records again, nobody touching anything")
            again_s = time.monotonic()
            await until(lambda: time.monotonic() - again_s > AFTER_S, 20)
        finally:
            recorder.kill()
        runs = [folders.of(recorder.data_dir, facts) / STREAMS for facts in recorder.recordings()]
        found = [decoded(path) for path in runs]
        frames = sum(counts.get("stage", 0) for counts, _ in found)
        assert frames >= 0.8 * 25 * (BEFORE_S + AFTER_S - 1.5), (found, recorder.log)
        assert [last_s > 0 for _, last_s in found] == [True] * len(found)
        assert all(matroska_file.length_ms(path) > 0 for path in runs)
