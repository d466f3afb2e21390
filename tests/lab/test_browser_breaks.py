"""A real browser room whose line dies, changes its address, and is away for 20 seconds.

What the others get is seen by the kernel's eyes at the relay (tests/lab/tap.py), what they and
the room's own page see by decoded pictures. Nobody touches anything.
"""

import time

import pytest

from tests.fakes.rooms import now_ms
from tests.lab.rooms_on_line import rooms_on_line
from tests.lab.shape import Shape
from tests.lab.site import a_site
from tests.lab.tap import a_tap
from tests.lab.test_takeover import longest_ms
from tests.waiting import until

pytestmark = [pytest.mark.namespace, pytest.mark.browser, pytest.mark.alone]

# Beside other work packets pause for 0.2 s, pictures for 0.3, and after an outage sound is back
# after 0.3 s and pictures too; a machine that is half as fast takes longer (bench/lines.py).
PACKETS_MS, PICTURES_MS = 500, 800
OUTAGE_S = 20
SOUND_BACK_S, PICTURE_BACK_S = 2.0, 3.0


class Call:
    """The running meeting of a browser room, B, and the chair's beside the relay."""

    def __init__(self, rooms, page, tap, relay_port):
        self.rooms, self.page, self.tap, self.relay_port = rooms, page, tap, relay_port

    async def frames(self):
        """Return how many pictures the chair has decoded of B, B of the chair, and B's page."""
        return (
            self.rooms.chair.video("speaker")["frames"],
            self.rooms.b.video("stage")["frames"],
            await self.page.evaluate("() => window.diemcau.slots.stage.frames"),
        )

    async def untroubled(self, since_ms):
        """Wait for two seconds of pictures everywhere; return the longest pauses, in ms."""
        before = await self.frames()

        async def are_there():
            pairs = zip(before, await self.frames(), strict=True)
            return all(now > old + 40 for old, now in pairs)

        await until(are_there, 15, "pictures go on everywhere")
        packets = max(self.tap.pauses_ms(since_ms / 1000, self.relay_port).values())
        decoded = max(
            longest_ms(self.rooms.b, since_ms, [("videos", "stage"), ("sounds", "sound-0")]),
            longest_ms(self.rooms.chair, since_ms, [("videos", "speaker"), ("sounds", "sound-1")]),
            await self.page.evaluate("() => window.diemcau.slots.stage.gapMaxMs"),
        )
        await self.page.evaluate("() => { window.diemcau.slots.stage.gapMaxMs = 0; }")
        return packets, decoded


async def test_a_browser_room_goes_on_by_itself_whatever_its_line_does(tmp_path):
    pages = []
    with a_site(tmp_path, lines=2) as site, a_tap() as tap:
        first, second = site.lines
        async with rooms_on_line(
            tmp_path, site, maker="browser", bitrate_bps=600_000, pages=pages
        ) as rooms:
            await until(lambda: second.read().up.packets > 0, 10, "checks go by the second line")
            # The second is begun with where the first has answered 0.1 s later.
            await until(first.carries_media, 20, "the better line is taken")
            await pages[0].wait_for_function("() => window.diemcau.slots.stage?.frames > 0")
            call = Call(rooms, pages[0], tap, tap.port_beyond(first.outside))
            await call.untroubled(now_ms())

            since_ms = now_ms()
            first.cut()  # and nobody is told: its carrier stays
            packets_ms, decoded_ms = await call.untroubled(since_ms)
            assert packets_ms < PACKETS_MS
            assert decoded_ms < PICTURES_MS

            since_ms = now_ms()
            for line in site.lines:  # the one that Chromium prefers for its own machine too
                site.move(line, f"{line.net}3")
            packets_ms, decoded_ms = await call.untroubled(since_ms)
            assert packets_ms < PACKETS_MS
            assert decoded_ms < PICTURES_MS

            await _outage(call, site.lines)
            assert [rooms.b.meeting()[way]["negotiations"] for way in ("play", "publish")] == [1, 1]


async def _outage(call, lines):
    for line in lines:
        line.cut()
    cut_s = time.monotonic()
    await until(lambda: time.monotonic() - cut_s > OUTAGE_S, OUTAGE_S + 5)
    chair, b = call.rooms.chair, call.rooms.b
    before = await call.frames()
    heard = [room.meeting()["sounds"][slot]["frames"] for room, slot in _sounds(chair, b)]
    began_s = time.monotonic()
    for line in lines:
        line.become(Shape())

    async def is_heard():
        now = [room.meeting()["sounds"][slot]["frames"] for room, slot in _sounds(chair, b)]
        return all(new > old for old, new in zip(heard, now, strict=True))

    async def is_seen():
        return all(new > old for old, new in zip(before, await call.frames(), strict=True))

    await until(is_heard, 20, "both hear each other")
    assert time.monotonic() - began_s < SOUND_BACK_S
    await until(is_seen, 20, "both see each other")
    assert time.monotonic() - began_s < PICTURE_BACK_S


def _sounds(chair, b):
    return (chair, "sound-1"), (b, "sound-0")
