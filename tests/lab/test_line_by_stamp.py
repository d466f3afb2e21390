"""STAMP says of a line what the line did with those very probes."""

import pytest

from tests.lab.line_by_stamp import SHAPES, compared

pytestmark = [pytest.mark.namespace, pytest.mark.alone]


@pytest.mark.parametrize(("up", "down"), [SHAPES[1], SHAPES[4]])
def test_loss_delay_and_jitter_are_those_that_the_line_made(up, down):
    found = compared(up, down, count=200)
    assert found.is_right, found
    assert found.up.line_lost
