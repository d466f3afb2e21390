"""What is printed, and which exit code it makes."""

from scripts.demo.check.facts import Facts


def test_each_fact_is_one_line_and_all_hold():
    lines = []
    facts = Facts(lines.append)
    facts.declare(["a", "b"])
    facts.at_most("a", 12.34, 20, "ms")
    facts.hold("b", True, "4 of 4")
    facts.close()
    assert [line.split() for line in lines] == [
        ["ok", "a", "12.3", "ms", "(≤", "20", "ms)"],
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
