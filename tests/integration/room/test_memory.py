"""A meeting that is over is held by nobody."""

import asyncio
import weakref

from agent.room.meeting import RoomMeeting
from agent.room.played import PagePlayed
from bench.room_memory import Centre, join, parts_in
from runtime import memory
from tests.waiting import until


async def one_meeting(parts, centre):
    """Be in a meeting and leave it; return what must not live on."""
    door = centre.begin("m1")
    meeting = RoomMeeting(join("m1"), parts, door, is_heard=lambda: True, page=PagePlayed())
    running = asyncio.create_task(meeting.run())
    await until(lambda: meeting.playback.showing(int(parts.wall_ms())), 20, "pictures")
    running.cancel()
    await asyncio.wait({running})
    door.end()
    return weakref.ref(meeting), weakref.ref(meeting.source)


async def test_nothing_holds_a_meeting_that_was_left(tmp_path):
    parts, centre = parts_in(tmp_path), Centre()
    engines = [asyncio.create_task(e.run()) for e in (parts.feed.engine, centre.engine)]
    left = await one_meeting(parts, centre)
    memory.give_back()
    assert [held() for held in left] == [None, None]
    for task in engines:
        task.cancel()
    await asyncio.wait(engines)
    await parts.feed.engine.close()
    await centre.engine.close()
    await parts.reports.close()
