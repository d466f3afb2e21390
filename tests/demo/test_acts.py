"""What an act against the meeting changed, and what of it may be the machine's doing."""

import pytest

from scripts.demo.check.adversaries import Judgement, is_late, together
from scripts.demo.errors import DemoError, TooLong

CALM = Judgement([], "25.0 frames/s")
SLOW = Judgement(["a gap of 700 ms"], "20.0 frames/s", is_machine=True)
BROKEN = Judgement(["relay ended"], "0.0 frames/s")


@pytest.mark.parametrize(
    ("judged", "problems", "is_machine"),
    [
        ((CALM, CALM), [], True),
        ((CALM, SLOW), ["a gap of 700 ms"], True),
        ((SLOW, BROKEN), ["a gap of 700 ms", "relay ended"], False),
    ],
)
def test_no_slow_act_hides_one_that_broke_something(judged, problems, is_machine):
    found = together(judged)
    assert (found.problems, found.is_machine) == (problems, is_machine)


@pytest.mark.parametrize(
    ("fault", "late"),
    [
        (TooLong("python", 75), True),
        (DemoError("`python …` ended with 1: Traceback\n  …\nTimeoutError", ""), True),
        (DemoError("`python …` ended with 1: AssertionError: messages of others were heard", ""),
         False),
        (DemoError("`python …` ended with 1: ModuleNotFoundError: no tests.adversary", ""), False),
    ],
)  # fmt: skip
def test_what_an_act_asserts_is_never_slowness(fault, late):
    assert is_late(fault) is late
