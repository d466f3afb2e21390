"""What a room sees at the end of a long, thin line that loses much, and what it makes others do.

Both ends are the real thing, in virtual time (tests/fakes/far_room.py).
"""

from itertools import pairwise

import pytest

from tests.fakes.far_room import PICTURE, FarRoom
from tests.lab.shape import Shape

FAR = Shape(delay_ms=125, loss_ratio=0.05, rate_bps=700e3)
LARGE = (1500, 26_000)  # 300 kbit/s, and its keyframes
SETTLE_S, WATCHED_S, LONGEST_S = 12, 40, 1.3


def gaps(times):
    return [after - before for before, after in pairwise(times)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_lost_is_waited_for_and_no_keyframe_is_asked_in_its_place(seed):
    room = FarRoom(FAR, large=LARGE, up_jitter_ms=100, seed=seed)
    room.run(SETTLE_S)
    room.down.read()
    asked, seen = room.screen.keyframe_requests, len(room.picture_at)
    pictures = room.screen.flow.total.frames
    room.run(WATCHED_S)
    assert room.screen.flow.total.frames - pictures >= 24 * WATCHED_S
    assert max(gaps(room.picture_at[seen - 1 :])) <= LONGEST_S
    assert room.screen.keyframe_requests - asked <= 2
    assert room.down.read().overflowed == 0


def test_a_keyframe_that_is_on_its_way_is_not_asked_for_again():
    room = FarRoom(Shape(delay_ms=125, rate_bps=700e3), large=LARGE)
    room.run(15)
    counters, before = room.fanout.counters, room.large.keyframes
    room.viewer._keyframe_wanted(PICTURE, now=room.now)
    room.run(0.1)
    assert room.large.keyframes == before + 1
    for _ in range(3):
        room.viewer._keyframe_wanted(PICTURE, now=room.now)
        room.run(0.2)
    assert room.large.keyframes == before + 1
    room.run(0.5)
    asked = counters.keyframes_asked_total
    room.viewer._keyframe_wanted(PICTURE, now=room.now)
    assert counters.keyframes_asked_total == asked + 1, "by now it could have seen it"
