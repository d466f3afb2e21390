"""A room without a browser plays: pictures drawn, sounds mixed, by GStreamer to null sinks."""

import os
import signal

import msgspec
import pytest

from contracts.floor import FloorState
from tests.fakes.relay import CHAIR, B, C, meeting, start_relay
from tests.fakes.rooms import start_rooms
from tests.fakes.rtsp import has_rtsp
from tests.integration.room.test_cameras import children, is_running
from tests.waiting import until

pytestmark = pytest.mark.skipif(not has_rtsp(), reason="GStreamer is not here")


def playout(room):
    return room.meeting().get("playout") or {}


async def test_a_room_without_a_browser_shows_who_speaks_plays_all_and_ends_with_the_meeting(
    tmp_path,
):
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B, C), is_started=False) as rooms,
    ):
        with rooms.c.config.open("a") as config:
            config.write('[screen]\nkind = "test"\n[speaker]\nkind = "test"\n')
        await rooms.start()
        assert children(rooms.c.pid) == [], "nothing is open outside meetings"
        document = meeting(begins_in_s=-1)
        await rooms.declare(document)
        await until(lambda: playout(rooms.c).get("pictures", 0) > 50, 20, "pictures are drawn")
        assert playout(rooms.c)["shown"] == "stage"
        await until(lambda: playout(rooms.c)["sounds"] > 50, 10, "and sound is played")
        speaks = FloorState(epoch=2, holders=(B,))
        document = msgspec.structs.replace(document, generation=2, floor=speaks)
        await rooms.declare(document)
        await until(lambda: playout(rooms.c)["shown"] == "speaker", 10)
        before = playout(rooms.c)["pictures"]
        await until(lambda: playout(rooms.c)["pictures"] > before + 50, 10, "the same window")
        assert playout(rooms.c)["troubles"] == {}

        first, second = children(rooms.c.pid)
        os.kill(first, signal.SIGKILL)
        await until(lambda: set(children(rooms.c.pid)) - {first, second}, 10, "begun again")
        await until(lambda: 50 < playout(rooms.c)["pictures"], 20)

        ended = msgspec.structs.replace(document, generation=3, has_ended=True)
        await relay.centre.declare(ended)
        left = children(rooms.c.pid)
        await until(lambda: not any(map(is_running, left)), 10, "let go")
