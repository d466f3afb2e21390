"""Ports with errors and without power: from where on it is a problem, and until when."""

import pytest

from monitoring.judgement.ports import PortErrors, port_problems
from monitoring.judgement.problem import Argument, Problem, ProblemKey, Severity, Thresholds

LIMITS = Thresholds(port_errors_count=41)
PORT, NAME = "sw01/7", "Gi1/0/7 (sw-hop)"


@pytest.mark.parametrize(
    ("errors", "spells", "was_bad", "is_bad"),
    [
        (41, 2, False, True),
        (40, 12, False, False),
        (10**6, 1, False, False),  # plugged in once
        (21, 1, True, True),
        (20, 12, True, False),
    ],
)
def test_errors_count_over_an_hour_and_are_over_at_half(
    errors: int, spells: int, was_bad: bool, is_bad: bool
) -> None:
    before = {PORT} if was_bad else set()
    found = list(port_problems([PortErrors(PORT, NAME, errors, spells)], {}, before, LIMITS))
    said: dict[str, Argument] = {"name": NAME, "errors": errors, "port": PORT}
    wanted = Problem(ProblemKey.PORT_ERRORS, Severity.MINOR, said)
    assert found == ([wanted] if is_bad else [])


@pytest.mark.parametrize(("errors", "is_bad"), [(1, True), (0, False)])
def test_of_the_lowest_limit_one_without_errors_is_well(errors: int, is_bad: bool) -> None:
    ports = [PortErrors(PORT, NAME, errors, 1)]
    assert bool(list(port_problems(ports, {}, {PORT}, Thresholds(port_errors_count=1)))) is is_bad


def test_a_port_without_power_is_serious_and_one_of_two_of_its_name() -> None:
    assert list(port_problems([], {"sw02/7": NAME, PORT: NAME}, (), LIMITS)) == [
        Problem(ProblemKey.POE_FAULT, Severity.SERIOUS, {"name": NAME, "port": which})
        for which in (PORT, "sw02/7")
    ]
