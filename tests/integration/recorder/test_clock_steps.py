"""The wall clock of a recorder is set back while it records: it goes on, for however long."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contracts import codec, topics
from contracts.desired import RecordingOrder
from media.recorder.disk import WatchedDisk
from media.recorder.service import Recorder
from runtime.bus import Received
from runtime.clock import Clock
from runtime.end_clock import EndClock
from runtime.kernel_clock import KernelTime
from tests.fakes.relay import RELAY, meeting
from tests.integration.recorder.test_jobs import loaded

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("back", [HOUR, timedelta(days=365)])
async def test_a_recording_goes_on_however_long_ago_the_clock_was_set_back(tmp_path, back):
    now, passed, off = datetime.now(UTC), timedelta(), timedelta()
    own, config = loaded(tmp_path)
    own.data_dir.mkdir()
    recorder = Recorder(own, config, WatchedDisk(own.data_dir, own.disk))
    recorder._clock = Clock(
        wall=lambda: (now + passed - off).timestamp(),
        boottime=lambda: passed.total_seconds(),
        kernel=lambda: KernelTime(True, timedelta()),
    )
    recorder._end_clock = EndClock(recorder._clock)
    order = RecordingOrder(recorder_id=own.recorder_id)
    document = meeting(begins_at=now - HOUR / 2)
    document = msgspec.structs.replace(document, recording=order, issued_at=now - 48 * HOUR)
    topic, key = topics.relay_meeting(RELAY, document.meeting_id), (RELAY, document.meeting_id)
    await recorder._wanted.received(Received(topic.name, codec.encode(document), is_retained=True))
    assert key in recorder._due()
    recorder._meetings[key] = None  # it is being recorded
    recorder._due()
    off = back
    for _ in range(60):
        passed += timedelta(minutes=1)
        assert key in recorder._due(), passed
