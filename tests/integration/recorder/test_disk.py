"""A disk that is full, or takes nothing: the call goes on, somebody is told, files stay whole."""

import time
from itertools import pairwise

import av
import pytest

from contracts.recordings import STREAMS, RecorderTrouble, RecordingPhase
from media.recorder import folders
from tests.fakes.recorder import RECORDER, RecorderProcess, a_meeting
from tests.fakes.relay import start_relay
from tests.fakes.small_disk import freezable, frozen, mounted
from tests.waiting import until

ALARM_S = 10.0


def times(path):
    """Return when the pictures are (s) that FFmpeg decodes."""
    with av.open(path, "r") as recording:
        stream = recording.streams.video[0]
        return [float(frame.pts * frame.time_base) for frame in recording.decode(stream)]


async def test_recording_stops_before_the_disk_is_full_and_says_so(tmp_path):
    with mounted(tmp_path / "disk", "size=3m") as disk:
        async with start_relay(tmp_path) as relay, a_meeting(relay):
            recorder = RecorderProcess(tmp_path / "r", relay, data_dir=disk, stop_free_mb=1)
            recorder.start()
            try:
                await until(recorder.is_recording, 20, "it records")
                filler = disk / "filler"
                filler.write_bytes(bytes(2_100_000))
                filled_s = time.monotonic()
                await until(
                    lambda: RecorderTrouble.DISK_FULL in recorder.troubles(), ALARM_S, "the alarm"
                )
                assert time.monotonic() - filled_s < ALARM_S
                assert not recorder.is_recording()
                (facts,) = await until(
                    lambda: [x for x in recorder.recordings() if x.ends_at], 5, "it ended"
                )
                assert len(times(folders.of(disk, facts) / STREAMS)) > 10
                assert "left" not in relay.centre.kinds(RECORDER)
                filler.unlink()
                await until(recorder.is_recording, 20, "with room again another run begins")
            finally:
                recorder.kill()


@pytest.mark.alone
async def test_a_disk_that_takes_nothing_for_ten_seconds_changes_nothing_in_the_call(tmp_path):
    with freezable(tmp_path / "disk", tmp_path / "image") as disk:
        async with start_relay(tmp_path) as relay, a_meeting(relay):
            recorder = RecorderProcess(tmp_path / "r", relay, data_dir=disk, blocked_after_s=2)
            recorder.start()
            try:
                await until(recorder.is_recording, 20, "it records")
                with frozen(disk):
                    blocked_s = time.monotonic()
                    await until(
                        lambda: RecorderTrouble.DISK_BLOCKED in recorder.troubles(),
                        ALARM_S,
                        "the alarm",
                    )
                    await until(lambda: time.monotonic() - blocked_s > 10, 12)
                await until(recorder.is_recording, 10, "it goes on")
                await until(lambda: not recorder.troubles(), 10, "the alarm ends")
                status = recorder.status()
                assert status is not None and status.meetings[0].dropped == 0
                assert "left" not in relay.centre.kinds(RECORDER), "it stayed in the meeting"
                assert recorder.stop() == 0
            finally:
                recorder.kill()
            (facts,) = recorder.recordings()
            assert facts.phase is RecordingPhase.WAITING
            seen_s = times(folders.of(disk, facts) / STREAMS)
            gaps = [b - a for a, b in pairwise(seen_s)]
            assert seen_s[-1] > 10 and max(gaps) < 0.5, "what came meanwhile was kept"
