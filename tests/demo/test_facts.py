"""What is printed, and which exit code it makes."""

import time
from datetime import UTC, datetime

import pytest

from scripts.demo.check import processes, starts
from scripts.demo.check.facts import Facts
from scripts.demo.check.pauses import Pauses
from scripts.demo.check.stream import Event


def test_each_fact_is_one_line_and_all_hold():
    lines = []
    facts = Facts(lines.append)
    facts.declare(["a", "b"])
    facts.at_most("a", 12.34, 20, "ms")
    facts.hold("b", True, "4 of 4")
    facts.close()
    assert [line.split() for line in lines] == [
        [
            "ok",
            "a",
            "12.3",
            "ms;",
            "the",
            "machine",
            "itself",
            "paused",
            "0",
            "ms",
            "(≤",
            "20",
            "ms)",
        ],
        ["ok", "b", "4", "of", "4"],
    ]
    assert (facts.failed, facts.exit_code) == ([], 0)


def test_one_figure_above_its_bound_fails_all():
    facts = Facts(lambda line: None)
    facts.at_most("a", 20.5, 20, "ms")
    facts.hold("b", True, "")
    assert (facts.failed, facts.exit_code) == (["a"], 1)


def test_a_declared_fact_without_a_figure_fails():
    lines = []
    facts = Facts(lines.append)
    facts.declare(["a"])
    facts.close()
    assert lines[0].startswith("FAIL  a")
    assert facts.exit_code == 1


def test_what_cannot_be_checked_fails_nothing():
    lines = []
    facts = Facts(lines.append)
    facts.declare(["a", "b"])
    facts.not_checked("a", "no Chromium")
    facts.hold("b", True, "")
    facts.close()
    assert "not checked: no Chromium" in lines[0]
    assert facts.exit_code == 0


def test_a_failure_is_not_taken_back():
    facts = Facts(lambda line: None)
    facts.hold("a", False, "lost")
    facts.hold("a", True, "found")
    assert facts.failed == ["a"]


def test_nothing_found_is_no_success():
    assert Facts(lambda line: None).exit_code == 1


@pytest.mark.parametrize(
    ("value_ms", "pause_ms", "begins"),
    [
        (480, 900, "ok  "),
        (700, 400, "??  "),  # 300 ms of its own
        (700, 150, "FAIL"),  # 550 ms of its own
        (1500, 900, "FAIL"),  # 600 ms of its own
        (501, 100, "FAIL"),  # a pause that is too short to explain a gap of this kind
    ],
)
def test_a_machine_that_stood_still_is_no_verdict(value_ms, pause_ms, begins):
    lines, pauses = [], Pauses()
    pauses.note(time.monotonic(), pause_ms / 1000)
    facts = Facts(lines.append, pauses)
    facts.at_most("a", value_ms, 500, "ms")
    assert lines[0].startswith(begins)
    assert ("stood still" in lines[0]) == (begins == "??  ")
    assert (facts.failed == ["a"]) == (begins == "FAIL")


def test_times_are_not_judged_while_the_machine_has_not_cpu_enough():
    lines, pauses = [], Pauses()
    now_s = time.monotonic()
    for second in range(30):
        pauses.note_used(now_s - second, 0.97 if second % 2 else 0.6)
    facts = Facts(lines.append, pauses)
    facts.at_most("a", 480, 500, "ms")
    facts.at_most("b", 1400, 500, "ms")
    facts.at_most("c", 1600, 500, "ms")  # further above than that explains
    facts.at_least("d", 20, 24, "")
    facts.at_least("e", 9.1, 24, "")
    assert [line[:7] for line in lines] == ["ok    a", "??    b", "FAIL  c", "??    d", "FAIL  e"]
    assert "machine has not CPU enough (78% in use): 1400 ms" in lines[1]
    assert facts.undecided == ["b", "d"]
    for name, values in (("f", [-40, 120]), ("g", [-340, 10]), ("h", [-400, 10]), ("i", [0, 196])):
        facts.within(name, values, (-45, 125), "", "")
    assert [line[:7] for line in lines[5:]] == ["ok    f", "??    g", "FAIL  h", "FAIL  i"]
    for name, missing in (("j", 0), ("k", 3), ("l", 4)):
        facts.all_came(name, missing, 70, "", "")
    assert [line[:7] for line in lines[9:]] == ["ok    j", "??    k", "FAIL  l"]


def test_a_machine_with_a_full_second_now_and_then_is_judged():
    lines, pauses = [], Pauses()
    for second in range(30):
        pauses.note_used(time.monotonic() - second, 1.0 if second % 4 == 0 else 0.6)
    facts = Facts(lines.append, pauses)
    facts.at_most("a", 501, 500, "ms")
    facts.all_came("b", 1, 70, "", "")
    assert [line[:4] for line in lines] == ["FAIL", "FAIL"]


def test_a_process_that_turns_round_is_above_what_its_kind_may_cost():
    costs = {"relay": 0.13, "media:pt-a": 0.19, "web": 1.0, "kiosk:pt-a": 0.9}
    assert processes.above(costs) == ["web 100%"]


@pytest.mark.parametrize(("held", "code", "verdict"), [
    (3, 0, "3 facts hold, 1 not judged: the machine is too slow"),
    (1, 1, "1 of 2 facts not judged: this machine is too slow"),
])  # fmt: skip
def test_a_machine_that_leaves_too_much_open_is_no_success(held, code, verdict):
    facts = Facts(lambda line: None)
    for name in range(held):
        facts.hold(str(name), True, "")
    facts.stood_still("open", "")
    assert (facts.exit_code, facts.verdict) == (code, verdict)


@pytest.mark.parametrize(
    ("slow", "full", "begins"),
    [
        (range(30), range(30), "??  "),
        (range(30), range(0), "FAIL"),
        (range(50, 80), range(30), "FAIL"),
        (range(90), range(60, 90), "FAIL"),
        (range(0), range(30), "ok  "),
    ],
)
def test_reports_that_are_late_while_all_cores_are_full_are_not_judged(
    slow: range, full: range, begins: str
) -> None:
    lines: list[str] = []
    pauses = Pauses()
    began_s, epoch_s = time.monotonic() - 1000, time.time() - time.monotonic()
    for turn in range(100):
        pauses.note_used(began_s + 10 * turn, 0.99 if turn in full else 0.5)
    reports = []
    for turn in range(100):
        received_s = epoch_s + began_s + 10 * turn
        measured_s = received_s - (1.4 if turn in slow else 0.2)
        measured_at = datetime.fromtimestamp(measured_s, tz=UTC).isoformat()
        reports.append(Event("point", {"measured_at": measured_at}, received_s))
    starts.stream_is_prompt(Facts(lines.append, pauses), reports)
    assert lines[0].startswith(begins)
