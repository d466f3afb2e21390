"""Every BREAK knows its line, and only that line counts as noticed."""

import pytest

from scripts.demo.check.breakages import BREAKAGES, verdict
from scripts.demo.check.timetable import PHASES
from scripts.demo.errors import DemoError
from scripts.demo.folder import owned
from scripts.demo.options import BREAKS


def test_every_break_is_known_everywhere():
    assert set(BREAKS) == set(BREAKAGES)


@pytest.mark.parametrize("name", BREAKS)
def test_the_line_is_measured_by_its_phases(name):
    breakage = BREAKAGES[name]
    declared = {fact for phase in breakage.phases for fact in PHASES[phase][0]}
    assert breakage.fact in declared


def test_only_the_right_line_is_noticing():
    wanted = BREAKAGES["own-echo"].fact
    assert verdict("own-echo", [wanted])[0]
    assert not verdict("own-echo", [wanted, "another"])[0]
    assert not verdict("own-echo", ["another"])[0]
    assert not verdict("own-echo", [])[0]


def test_a_folder_has_one_owner(tmp_path):
    with owned(tmp_path / "a"), owned(tmp_path / "b"):
        with pytest.raises(DemoError, match="another demo"), owned(tmp_path / "a"):
            pytest.fail("two owners")
    with owned(tmp_path / "a"):
        assert (tmp_path / "a.lock").exists()
