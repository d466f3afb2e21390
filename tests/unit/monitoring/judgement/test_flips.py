"""What is new, what is over, and what has only newer evidence."""

from datetime import UTC, datetime

import pytest

from monitoring.judgement.flips import Flip, flips
from monitoring.judgement.problem import DEVICE, PORT, Problem, ProblemKey, Severity

SERIOUS, MINOR = Severity.SERIOUS, Severity.MINOR
LOSS = Problem(ProblemKey.LOSS, SERIOUS, {"percent": 3.1})
HOT = Problem(ProblemKey.HOT, MINOR, {"celsius": 91})


def port(name):
    return Problem(ProblemKey.NO_CARRIER, SERIOUS, {"name": name})


def test_what_appears_and_what_goes_is_a_flip_each():
    assert list(flips([], [LOSS])) == [Flip(LOSS, None, SERIOUS)]
    assert list(flips([LOSS], [])) == [Flip(LOSS, SERIOUS, None)]
    assert list(flips([LOSS], [HOT])) == [Flip(HOT, None, MINOR), Flip(LOSS, SERIOUS, None)]


def test_newer_evidence_of_the_same_problem_is_none():
    since = {"percent": 4.0, "since": datetime(2026, 11, 26, tzinfo=UTC)}
    assert list(flips([LOSS], [Problem(ProblemKey.LOSS, SERIOUS, since)])) == []


def test_more_serious_than_before_is_a_flip():
    worse = Problem(ProblemKey.HOT, SERIOUS, {"celsius": 99})
    assert list(flips([HOT], [worse])) == [Flip(worse, MINOR, SERIOUS)]


def test_two_cables_are_two_problems():
    assert list(flips([port("eth0")], [port("eth0"), port("eth1")])) == [
        Flip(port("eth1"), None, SERIOUS)
    ]


@pytest.mark.parametrize("key", [ProblemKey.PORT_ERRORS, ProblemKey.BATTERY_WORN])
@pytest.mark.parametrize("which", [PORT, DEVICE])
def test_two_devices_that_call_themselves_the_same_are_two_problems(key, which):
    one, other = (Problem(key, MINOR, {"name": "switch", which: at}) for at in ("sw01", "sw02"))
    assert list(flips([one], [one, other])) == [Flip(other, None, MINOR)]
    renamed = Problem(key, MINOR, {"name": "another", which: "sw01"})
    assert list(flips([one], [renamed])) == []
