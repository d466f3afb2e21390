"""Whose work keeps the machine busy."""

import subprocess
import sys

import pytest

from scripts.demo.check.busy import Work


@pytest.mark.parametrize(
    ("busy_s", "ours_s", "share"), [(8, 2, 0.6), (8, 8, 0), (0, 0, 0), (2, 3, 0)]
)
def test_what_is_not_ours_is_others(busy_s, ours_s, share):
    assert Work(100, 50, 20).others_share(Work(110, 50 + busy_s, 20 + ours_s)) == share


def test_what_a_process_of_ours_did_that_has_ended_is_ours():
    before = Work.now()
    work = "sum(number % 7 for number in range(3_000_000))"
    subprocess.run([sys.executable, "-c", work], check=True)
    assert Work.now().ours_s > before.ours_s + 0.05
