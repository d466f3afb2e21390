"""A state's icon is drawn as itself; those drawn in outline stand on buttons alone."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]


def test_every_badge_has_the_icon_of_a_state() -> None:
    shapes = {
        shape
        for path in (ROOT / "controller").rglob("*.py")
        for shape in re.findall(r'\bBadge\(\s*"([a-z-]+)"', path.read_text())
    }
    drawn = {
        path.stem
        for path in (ROOT / "web/icons").glob("*.svg")
        if 'viewBox="0 0 16 16"' in path.read_text()
    }
    assert len(shapes) > 10
    assert shapes - drawn == set()
