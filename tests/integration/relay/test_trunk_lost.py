"""A relay of two is killed, or the line between them is cut: real rooms, and what they notice."""

import time
from contextlib import asynccontextmanager

import pytest

from contracts.ids import PointId
from tests.fakes.namespace import a_machine
from tests.fakes.relay import CHAIR, B, C, declare_two, machine_address, start_two_relays
from tests.fakes.rooms import now_ms, start_rooms
from tests.integration.relay.test_meeting import one_mic
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)
D = PointId("p-d")
# A busy machine alone leaves out pictures for a moment; a relay that is gone, for seconds.
NO_GAP_MS = 1_000
BACK_S = 12  # on a quiet machine four, of which the rooms' own pauses are the most


@asynccontextmanager
async def start_meeting(tmp_path, machine=None):
    """Run the chair (1) and C (2) at the home, B (3), who speaks, and D (4) at the outer relay."""
    async with (
        start_two_relays(tmp_path, machine=machine) as (home, outer),
        start_rooms(tmp_path, home, points=(CHAIR, C)) as here,
        start_rooms(tmp_path, outer, points=(B, D), first_number=3) as there,
    ):
        invited = (CHAIR, B, C, D)
        document = await declare_two(home, points=(B, D), floor=one_mic(1, B), invited=invited)
        for rooms in (here, there):
            for room in rooms.rooms:
                rooms.write_schedule(room, document)
        c, d = here.rooms[1], there.rooms[1]
        await until(lambda: shown(c) == shown(d) == (1, 3), 30)
        yield home, outer, c, d


def shown(room):
    """Return the numbers on stage and in the speaker's slot."""
    return room.shown("stage"), room.shown("speaker")


def longest_gap_ms(room, slot, since_ms):
    """Return the longest time without a picture since then."""
    video = room.state(since_ms)["meeting"]["videos"][slot]
    return max((gap["ms"] for gap in video["gaps"]), default=0)


async def all_back(c, d):
    """Wait until both see everybody again, and return the seconds it took."""
    began = time.monotonic()
    await until(lambda: shown(c) == shown(d) == (1, 3), 20)
    return time.monotonic() - began


async def test_a_relay_that_is_killed_takes_its_own_along_and_they_come_back(tmp_path):
    async with start_meeting(tmp_path) as (home, outer, c, d):
        since_ms = now_ms()
        outer.kill()
        await until(lambda: shown(c) == (1, None))
        await outer.start()
        assert await all_back(c, d) < BACK_S
        assert longest_gap_ms(c, "stage", since_ms) < NO_GAP_MS

        since_ms = now_ms()
        home.kill()
        await until(lambda: shown(d) == (None, 3))
        await home.start()
        assert await all_back(c, d) < BACK_S
        assert longest_gap_ms(d, "speaker", since_ms) < NO_GAP_MS


@pytest.mark.namespace
async def test_a_line_between_two_sites_that_breaks_leaves_each_with_itself(tmp_path):
    with a_machine() as machine:
        async with start_meeting(tmp_path, machine) as (home, outer, c, d):
            since_ms = now_ms()
            machine.cut()
            await until(lambda: shown(c) == (1, None) and shown(d) == (None, 3))
            await until(lambda: all("trunk_down" in one.log for one in (home, outer)))
            machine.mend()
            assert await all_back(c, d) < BACK_S
            assert longest_gap_ms(c, "stage", since_ms) < NO_GAP_MS
            assert longest_gap_ms(d, "speaker", since_ms) < NO_GAP_MS
