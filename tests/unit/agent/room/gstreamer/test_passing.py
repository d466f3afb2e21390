"""When a camera's H.264 can no longer go on as it is: both sides of every limit."""

import pytest

from agent.room.gstreamer.passing import (
    LONGEST_WITHOUT_KEYFRAME_S,
    NOTHING_LIMIT_S,
    RATE_OVER_S,
    Passing,
)

SPS_360P = bytes.fromhex("6742c01ed900a02ff97016d08000000300800000190478b1724c")[:24]
SLICE = bytes((0x41,)) + bytes(999)


@pytest.mark.parametrize(("more_s", "said"), [(0.0, ""), (0.1, "keyframes")])
def test_a_keyframe_may_be_late_but_not_later(more_s: float, said: str) -> None:
    passing = Passing(now=0)
    passing.took(SLICE, now=1.0)
    late = 1.0 + LONGEST_WITHOUT_KEYFRAME_S + more_s
    passing.took(SLICE, now=late)
    assert passing.look(0, now=late) == said


def test_a_stream_that_has_stopped_does_not_count_as_one_of_rare_keyframes() -> None:
    passing = Passing(now=0)
    passing.took(SPS_360P, now=1.0)
    passing.took(SLICE, now=5.0)
    assert passing.look(0, now=60) == ""


@pytest.mark.parametrize(("more_s", "said"), [(0.0, ""), (0.1, "nothing")])
def test_a_camera_of_which_no_h264_comes_is_waited_for_so_long(more_s: float, said: str) -> None:
    assert Passing(now=0).look(0, now=NOTHING_LIMIT_S + more_s) == said


@pytest.mark.parametrize(("limit_bps", "said"), [(400_000, ""), (100_000, "rate"), (0, "")])
def test_more_than_the_line_carries_is_borne_for_a_moment(limit_bps: int, said: str) -> None:
    passing = Passing(now=0)
    for tenth in range(int((RATE_OVER_S + 2) * 10)):
        passing.took(SLICE if tenth % 20 else SPS_360P, now=tenth / 10)
        passing.took(SLICE * 3, now=tenth / 10)
        passing.look(limit_bps, now=tenth / 10)
    assert passing.look(limit_bps, now=RATE_OVER_S + 2) == said


def test_what_hinders_once_hinders_to_the_end() -> None:
    passing = Passing(now=0)
    passing.took(SLICE, now=0)
    passing.took(SLICE, now=60)
    assert passing.look(0, now=60) == "keyframes"
    passing.took(SPS_360P, now=60)
    assert passing.look(0, now=60.1) == "keyframes"


@pytest.mark.parametrize(("per_s", "said"), [(25, ""), (200, "sets")])
def test_a_camera_that_says_its_size_without_end_is_not_read_without_end(
    per_s: int, said: str
) -> None:
    passing = Passing(now=0)
    for number in range(per_s * 3):
        passing.took(SPS_360P, now=number / per_s)
    assert passing.look(0, now=3.0) == said
