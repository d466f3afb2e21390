"""What crosses the line between two sites, counted by the kernel: one copy, however many watch."""

import pytest

from bench.sites import crossed
from tests.fakes.namespace import a_machine


@pytest.mark.namespace
async def test_one_copy_of_what_is_watched_goes_to_another_site(tmp_path):
    with a_machine() as machine:
        found = await crossed(tmp_path, machine, viewers=4, seconds=3.0)
    assert found.one_viewer_there == pytest.approx(found.one_viewer_here, rel=0.02)
    assert found.there == pytest.approx(found.one_viewer_here, rel=0.05)
    # What comes is told of 25 times a second, as a browser tells of it.
    assert found.back < 0.07 * found.there
