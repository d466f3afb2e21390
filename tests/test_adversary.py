"""Every way to do harm that was found is an act or a test, and the list of them is true."""

import re
from pathlib import Path

from tests.adversary.__main__ import ACTS

ROOT = Path(__file__).parents[1]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "tests" / "adversary" / "README.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| what is done")
]


def test_every_act_is_listed_and_every_listed_act_exists() -> None:
    listed = {name for row in ROWS for name in re.findall(r"`([\w-]+)`", row[1])}
    assert listed == {act.name for act in ACTS}
    assert len(ACTS) == len(listed)


def test_every_way_is_shown_by_a_test_that_exists() -> None:
    assert len(ROWS) > 30
    for what, _, tests in ROWS:
        named = re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", tests)
        assert named, what
        for file, function in named:
            text = (ROOT / file).read_text()
            assert f"def {function or 'test_'}" in text, f"{file}::{function}"
