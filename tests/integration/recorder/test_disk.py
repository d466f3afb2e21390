"""A disk that is full: recording stops in time, somebody is told, the file is whole."""

import time

import av

from contracts.recordings import STREAMS, RecorderTrouble
from media.recorder import folders
from tests.fakes.recorder import RECORDER, RecorderProcess, a_meeting
from tests.fakes.relay import start_relay
from tests.fakes.small_disk import mounted
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
