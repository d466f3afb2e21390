"""What a room's screen says of its asking for the floor."""

import pytest

from agent.room.hand import SAID_S, WAITS_S, Press, notice, pending, standing
from agent.room.words import Words

UP, DOWN = Press(True, 100.0), Press(False, 100.0)


@pytest.mark.parametrize(
    ("press", "place", "now_s", "expected"),
    [
        (None, 0, 100, "down"),
        (None, 3, 100, "up"),  # the office noted it
        (UP, 0, 100, "asking"),
        (UP, 0, 100 + WAITS_S, "asking"),
        (UP, 0, 100.1 + WAITS_S, "unheard"),
        (UP, 2, 900, "up"),
        (DOWN, 2, 101, "lowering"),
        (DOWN, 2, 100.1 + WAITS_S, "up"),
        (DOWN, 0, 900, "down"),
        (Press(True, 100.0, "Chưa được."), 0, 100, "unheard"),
        (Press(False, 100.0, "Chưa được."), 4, 100, "up"),
    ],
)
def test_a_room_stands_as_it_pressed_until_the_centre_says_otherwise(press, place, now_s, expected):
    assert standing(press, place, now_s=now_s) == expected


def test_it_says_its_place_and_what_the_button_does_next():
    words = Words()
    up = notice(UP, 3, words, now_s=101)
    assert (up.is_up, up.button, up.text) == (
        True,
        "Thôi xin phát biểu",
        "Đã xin phát biểu, thứ 3",
    )
    none = notice(None, 0, words, now_s=101)
    assert (none.is_up, none.button, none.text) == (False, "Xin phát biểu", "")
    refused = notice(Press(True, 100.0, "Quá nhiều yêu cầu."), 0, words, now_s=101)
    assert (refused.is_up, refused.text) == (False, "Quá nhiều yêu cầu.")


@pytest.mark.parametrize(
    ("place", "now_s", "is_kept"),
    [(0, 101, True), (2, 101, False), (None, 101, False), (0, 100.1 + SAID_S, False)],
)
def test_a_press_is_forgotten_once_it_is_so_or_the_floor_was_given(place, now_s, is_kept):
    assert pending(UP, place, now_s=now_s) == (UP if is_kept else None)
