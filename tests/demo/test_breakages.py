"""Every BREAK knows its line, and only that line counts as noticed."""

import pytest

from scripts.demo.breaks.entries import process_of
from scripts.demo.check.breakages import BREAKAGES, starts, verdict
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
    assert verdict(["own-echo"], [wanted])[0]
    assert not verdict(["own-echo"], [wanted, "another"])[0]
    assert not verdict(["own-echo"], ["another"])[0]
    assert not verdict(["own-echo"], [])[0]


def test_of_two_each_has_to_be_seen_on_its_line_and_nothing_else_on_any():
    both = ["own-echo", "lost-alert"]
    echo, alert = (BREAKAGES[name].fact for name in both)
    assert verdict(both, [alert, echo]) == (
        True,
        [
            f'BREAK=own-echo: noticed on "{echo}", and on no other line',
            f'BREAK=lost-alert: noticed on "{alert}", and on no other line',
        ],
    )
    is_right, said = verdict(both, [echo])
    assert not is_right and said[1].startswith("BREAK=lost-alert: not seen")
    is_right, said = verdict(both, [alert, echo, "another"])
    assert not is_right and all("but also on: another" in one for one in said)


def test_every_break_has_a_start_and_those_of_one_spoil_processes_and_lines_of_their_own():
    assert sorted(name for names in starts() for name in names) == sorted(BREAKS)
    for names in starts():
        assert len({process_of(name) for name in names}) == len(names)
        measured = [{f for p in BREAKAGES[name].phases for f in PHASES[p][0]} for name in names]
        assert sum(map(len, measured)) == len(set().union(*measured)), names


def test_a_folder_has_one_owner(tmp_path):
    with owned(tmp_path / "a"), owned(tmp_path / "b"):
        with pytest.raises(DemoError, match="another demo"), owned(tmp_path / "a"):
            pytest.fail("two owners")
    with owned(tmp_path / "a"):
        assert (tmp_path / "a.lock").exists()
