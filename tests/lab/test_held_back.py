"""A room whose line downwards becomes thin says so on its screen, and only while it is."""

import json
import subprocess
import sys

import pytest

from tests.lab.rooms_on_line import rooms_on_line
from tests.lab.shape import Shape
from tests.lab.site import a_site
from tests.waiting import until

pytestmark = [pytest.mark.namespace, pytest.mark.alone]

THIN = Shape(rate_bps=64_000, delay_ms=20)
# Its page's server answers on the room's own machine alone.
READ = """
import urllib.request
url = "http://127.0.0.1:{port}/api/events"
print(urllib.request.urlopen(url, timeout=3).readline().decode())
"""
BY_LINE = "Đường truyền yếu: chỉ nghe tiếng"


async def test_a_room_is_told_that_its_line_holds_the_picture_back(tmp_path):
    with a_site(tmp_path) as site:
        line = site.lines[0]
        async with rooms_on_line(tmp_path, site, maker="testcard", bitrate_bps=300_000) as rooms:

            def screen():
                read = [sys.executable, "-c", READ.format(port=rooms.b.port)]
                told = subprocess.run([*site.prefix, *read], capture_output=True, check=True)
                return json.loads(told.stdout.removeprefix(b"data: "))["screen"]

            good = screen()["link_text"]
            assert "yếu" not in good
            line.become(Shape(), THIN)
            said = await until(lambda: (s := screen())["withheld"] and s, 20, "held back")
            assert "stage" in said["withheld"]
            assert (said["withheld_why"], said["link_text"]) == (BY_LINE, BY_LINE)
            assert rooms.chair.event()["screen"]["withheld"] == []
            line.become(Shape())
            await until(lambda: not screen()["withheld"], 40, "the pictures are back")
