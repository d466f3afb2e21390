"""What a room without a browser shows, and when its screen counts as stuck."""

import pytest

from agent.room.gstreamer.playout import STUCK_S, Stuck, shown_of


@pytest.mark.parametrize(
    ("flowing", "shown"),
    [
        ((), None),
        (("stage",), "stage"),
        (("stage", "speaker"), "speaker"),
        (("content", "stage", "speaker"), "content"),
        (("content",), "content"),
    ],
)
def test_content_comes_first_then_the_speaker_then_the_stage(flowing, shown):
    assert shown_of(flowing) == shown


def test_a_child_that_is_given_packets_and_plays_nothing_is_stuck():
    stuck = Stuck()
    assert not stuck.look(now=1000.0), "it was given nothing"
    stuck.given(now=1000.0)
    stuck.given(now=1000.0 + STUCK_S)
    assert not stuck.look(now=1000.0 + STUCK_S)
    assert stuck.look(now=1000.1 + STUCK_S)
    stuck.played(1)
    assert not stuck.look(now=2000.0)
    stuck.given(now=2000.0)
    stuck.played(1)
    assert stuck.look(now=2000.1 + STUCK_S), "played nothing more"
