"""Every BREAK knows its line, and only that line counts as noticed."""

import pytest

from scripts.demo.breaks.entries import clash, process_of, spoilt
from scripts.demo.check import names, reports
from scripts.demo.check.again import BEFORE, phases_of
from scripts.demo.check.breakages import BREAKAGES, lines, starts, verdict
from scripts.demo.check.timetable import BY_NAME_ONLY, PHASES
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
    assert sorted(name for group in starts() for name in group) == sorted(BREAKS)
    for group in starts():
        facts = {BREAKAGES[name].fact for name in group}
        assert clash(group) is None and len(facts) == len(group)
        spoilt_ = {process_of(name) for name in group}
        assert spoilt_ == {one for one in spoilt_ if spoilt(group, one)}
        carried_out = [phase for line in lines(group) for phase in line]
        measured = [fact for phase in carried_out for fact in PHASES[phase][0]]
        assert len(measured) == len(set(measured)) and facts <= set(measured), group


def test_a_meeting_is_held_once_for_all_that_need_it_and_what_cannot_bear_it_is_not_beside():
    assert lines(["late-start", "lost-sync", "wrong-cause"]) == [
        ("begin", "lip-sync", "floor", "rhythm"),
        ("cut",),
    ]
    assert lines(["muted-leaks"]) == [("muted",)]
    assert lines(["wrong-roll-call", "double-booking", "lost-invitation"]) == [
        ("begin", "roll"),
        ("booked",),
    ]
    for group in starts():
        phases = {phase for line in lines(group) for phase in line}
        # The floor's next holder is shown the chair, whose camera that is.
        assert "dead-camera" not in group or "floor" not in phases
        # Who is not heard is not late, and cannot be heard beside another's silence.
        assert "silent-sound" not in group or not phases & {"real-seen", "lip-sync"}
        assert not {"stale-presence", "alert-storm"} <= set(group), "it falls silent, and is told"


def test_what_one_process_can_have_spoilt_at_once_is_told_from_what_it_cannot():
    assert spoilt(("two-holders", "wrong-indicator"), "web") == (
        "-m",
        "scripts.demo.breaks.office",
        "two-holders,wrong-indicator",
    )
    assert clash(["alert-storm", "two-holders"]) == clash(["alert-storm", "lost-alert"]) == "web"
    assert clash(["no-floor", "two-holders"]) is None


def test_a_second_try_is_of_what_failed_with_what_it_needs():
    assert phases_of([names.LIP_SYNC]) == ["begin", "floor", "steady"]
    assert phases_of([names.BATTERY_TOLD, reports.RESTORED]) == ["battery", "mains-off", "restore"]
    assert phases_of([names.MUTED, "the check as a whole, after set-up"]) is None
    every = {fact for phase in set(PHASES) - BY_NAME_ONLY for fact in PHASES[phase][0]}
    needed = phases_of(every)
    assert needed is not None and set(needed) <= set(PHASES)
    assert set(BEFORE) <= set(PHASES)


def test_a_folder_has_one_owner(tmp_path):
    with owned(tmp_path / "a"), owned(tmp_path / "b"):
        with pytest.raises(DemoError, match="another demo"), owned(tmp_path / "a"):
            pytest.fail("two owners")
    with owned(tmp_path / "a"):
        assert (tmp_path / "a.lock").exists()
