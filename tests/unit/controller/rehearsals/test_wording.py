"""What is said of a cause: every one that points know has its words."""

from typing import get_args

import pytest

from contracts.rehearsal import KnownCause
from controller.rehearsals.wording import SHORT, WHY_AND_WHAT

NOTHING_WRONG = {"sound_not_allowed", "cannot_tell"}


@pytest.mark.parametrize("cause", get_args(KnownCause))
def test_what_a_point_may_say_is_said_on_the_board_with_what_to_do(cause: str) -> None:
    assert cause in SHORT
    assert cause in WHY_AND_WHAT or cause in NOTHING_WRONG
