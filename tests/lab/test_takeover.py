"""A site with two lines: the meeting goes on over whichever carries it."""

import math

import pytest

from tests.fakes.rooms import now_ms
from tests.lab.rooms_on_line import rooms_on_line
from tests.lab.shape import Shape
from tests.lab.site import a_site
from tests.waiting import until

pytestmark = [pytest.mark.namespace, pytest.mark.alone]

# 0.2 s on a machine that has nothing else to do (bench/lines.py); before, more than 2 s.
LIMIT_MS = 600


def longest_ms(room, since_ms, slots):
    """Return the longest gap of picture or sound since a time."""
    found = room.state(since_ms)["meeting"]
    slots = [found[kind][slot] for kind, slot in slots]
    silent_ms = [slot.get("silent_ms", 0) for slot in slots]
    if None in silent_ms:
        return math.inf  # a slot is empty
    return max([*silent_ms, *(gap["ms"] for slot in slots for gap in slot["gaps"])])


async def untroubled(rooms, since_ms):
    """Wait for two more seconds of pictures, and return the longest gap at either end."""
    before = rooms.b.video("stage")["frames"], rooms.chair.video("speaker")["frames"]
    await until(lambda: rooms.b.video("stage")["frames"] > before[0] + 50, 10)
    await until(lambda: rooms.chair.video("speaker")["frames"] > before[1] + 50, 10)
    b = longest_ms(rooms.b, since_ms, [("videos", "stage"), ("sounds", "sound-0")])
    chair = longest_ms(rooms.chair, since_ms, [("videos", "speaker"), ("sounds", "sound-1")])
    return max(b, chair)


async def test_neither_a_dead_line_nor_another_address_is_noticed_for_long(tmp_path):
    with a_site(tmp_path, lines=2) as site:
        first, second = site.lines
        async with rooms_on_line(tmp_path, site, maker="testcard", bitrate_bps=300_000) as rooms:
            await until(lambda: second.read().up.packets > 0, 10, "checks go by the second line")
            await until(first.carries_media, 20, "the better line is taken")
            await untroubled(rooms, now_ms())

            since_ms = now_ms()
            first.cut()  # and nobody is told: its carrier stays
            assert await untroubled(rooms, since_ms) < LIMIT_MS
            assert second.read().up.packets > 100

            first.become(Shape())
            since_ms = now_ms()
            await until(first.carries_media, 20, "the better line is taken again")
            assert await untroubled(rooms, since_ms) < LIMIT_MS

            since_ms = now_ms()
            site.move(first, f"{first.net}3")
            assert await untroubled(rooms, since_ms) < LIMIT_MS
            play = rooms.b.meeting()["play"]
            assert (play["negotiations"], play["ice_restarts"]) == (1, 0)
