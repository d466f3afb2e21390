"""A room goes on looking at its schedule, and begins again a meeting that failed."""

import asyncio
from datetime import UTC, datetime, timedelta

from agent.point.identity import PointFolder
from agent.point.line_rate import LineRate, keep
from agent.point.schedule import Idle, Join
from agent.room.room import Room
from bench.room_memory import parts_in
from contracts.desired import ScheduledMeeting
from contracts.ids import MeetingId, RelayId
from runtime import guard
from runtime.guard import FAILURES
from tests.waiting import until

NOW = datetime(2026, 1, 1, tzinfo=UTC)
JOIN = Join(
    ScheduledMeeting(
        meeting_id=MeetingId("m1"),
        begins_at=NOW,
        ends_at=NOW + timedelta(hours=1),
        role="participant",
        title="Họp",
        relay_id=RelayId("r1"),
    ),
    "https://relay.test",
    has_begun=True,
)


class FailingOnce:
    """A meeting whose first run fails."""

    def __init__(self) -> None:
        self.join = JOIN
        self.runs = 0

    async def run(self) -> None:
        self.runs += 1
        if self.runs == 1:
            raise ZeroDivisionError
        await asyncio.Event().wait()


async def test_a_failing_look_or_meeting_ends_neither_room_nor_meeting(tmp_path, monkeypatch):
    monkeypatch.setattr(guard, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr("agent.room.room.LOOK_EVERY_S", 0.01)
    room, meeting, before = Room(PointFolder(tmp_path), None), FailingOnce(), FAILURES.total("look")
    room._meeting = lambda join: meeting
    room.screen = lambda: None
    room._decide = lambda: 1 / 0
    running = asyncio.create_task(room.run())
    await until(lambda: FAILURES.total("look") > before + 1)
    assert room.looks == 0  # the watchdog sees that nothing is being done
    room.decision, room._decide = JOIN, lambda: None
    await until(lambda: meeting.runs == 2)
    assert room.meeting is meeting and not running.done()
    room.decision = Idle()
    await until(lambda: room.meeting is None)
    running.cancel()
    await asyncio.wait({running})


async def test_a_meeting_begins_its_uplink_with_what_the_line_was_measured_to_carry(tmp_path):
    folder, parts = PointFolder(tmp_path), parts_in(tmp_path)
    rate = LineRate(measured_at=parts.clock.now(), up_bps=640_000, confidence_ratio=0.9)
    keep(folder.line_file, rate)
    meeting = Room(folder, parts)._meeting(JOIN)
    assert meeting.source.rate.estimate.bps == 640_000
    assert meeting.source.rate.shares().picture_bps < 640_000
    await parts.feed.engine.close()
    await parts.reports.close()
