"""A room whose line upwards becomes thin: its sound goes on, its pictures come back."""

import pytest

from tests.fakes.rooms import now_ms
from tests.lab.rooms_on_line import rooms_on_line
from tests.lab.shape import Shape
from tests.lab.site import a_site
from tests.waiting import until

pytestmark = [pytest.mark.namespace, pytest.mark.alone]

THIN = Shape(rate_bps=64_000, delay_ms=20)
THIN_MS = 5_000


async def test_on_64_kbit_s_the_sound_goes_alone_and_pictures_come_back(tmp_path):
    with a_site(tmp_path) as site:
        line = site.lines[0]
        async with rooms_on_line(tmp_path, site, maker="testcard", bitrate_bps=300_000) as rooms:
            line.become(THIN, Shape())
            await until(lambda: rooms.b.meeting()["source"]["picture_bps"] == 0, 10, "no pictures")
            line.read()
            began_ms = now_ms()
            heard = rooms.chair.meeting()["sounds"]["sound-1"]["frames"]
            await until(lambda: now_ms() - began_ms > THIN_MS, 10)
            heard = rooms.chair.meeting()["sounds"]["sound-1"]["frames"] - heard
            assert heard > 0.8 * THIN_MS / 20
            assert line.read().up.octets * 8 < THIN.rate_bps * (now_ms() - began_ms) / 1000
            line.become(Shape())
            await until(lambda: rooms.chair.shown("speaker") == 2, 25, "pictures are back")
            assert rooms.b.meeting()["publish"]["negotiations"] == 1
