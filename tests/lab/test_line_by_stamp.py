"""STAMP says of a line what the line did with those very probes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.lab.line_by_stamp import SHAPES, compared

pytestmark = [pytest.mark.namespace, pytest.mark.alone]


def test_loss_delay_and_jitter_are_those_that_the_line_made():
    """Of two lines beside each other: all that either does is wait for its 200 probes."""
    with ThreadPoolExecutor() as beside:
        found = list(beside.map(lambda shape: compared(*shape, count=200), (SHAPES[1], SHAPES[4])))
    for one in found:
        assert one.is_right, one
        assert one.up.line_lost
