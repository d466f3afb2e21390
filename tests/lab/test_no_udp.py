"""A line that lets no UDP through: the meeting comes up over TLS, and goes back to UDP."""

import pytest

from tests.lab.rooms_on_line import rooms_on_line
from tests.lab.site import a_site
from tests.waiting import until

pytestmark = [pytest.mark.namespace, pytest.mark.alone]


def is_tunnelled(room):
    found = room.meeting()
    return [found[way]["is_tunnelled"] for way in ("play", "publish")]


async def test_a_meeting_comes_up_over_tls_where_no_udp_gets_through(tmp_path):
    with a_site(tmp_path) as site:
        site.run_inside("nft", "add table inet wall")
        site.run_inside(
            "nft", "add chain inet wall out { type filter hook output priority 0; policy accept; }"
        )
        interface = site.lines[0].interface
        site.run_inside("nft", f"add rule inet wall out oifname {interface} meta l4proto udp drop")
        async with rooms_on_line(tmp_path, site, maker="testcard", bitrate_bps=300_000) as rooms:
            assert is_tunnelled(rooms.b) == [True, True]
            assert is_tunnelled(rooms.chair) == [False, False]
            before = rooms.b.video("stage")["frames"], rooms.chair.video("speaker")["frames"]
            await until(lambda: rooms.b.video("stage")["frames"] > before[0] + 50, 10)
            await until(lambda: rooms.chair.video("speaker")["frames"] > before[1] + 50, 10)

            site.run_inside("nft", "flush ruleset")
            await until(lambda: is_tunnelled(rooms.b) == [False, False], 30, "UDP is taken again")
            assert rooms.b.meeting()["play"]["negotiations"] == 1
