"""The lines for the file of settings say all that has to stand there for what was tried."""

import pytest

from controller.health.views import thresholds
from controller.health.views.thresholds import Tried
from controller.settings import ThresholdSettings
from controller.web.i18n.catalogue import chosen


@pytest.mark.parametrize(
    ("now_set", "wanted", "lines"),
    [
        ({}, {}, ""),
        ({}, {"rtt_ms": 110.5}, "[thresholds]\nrtt_ms = 110.5"),
        ({"rtt_ms": 100.0}, {"rtt_ms": 100.0}, "[thresholds]\nrtt_ms = 100.0"),
        ({"rtt_ms": 100.0}, {}, "[thresholds]\nrtt_ms = 150.0"),
    ],
)
def test_a_line_that_stands_there_is_taken_back_too(
    now_set: dict[str, float], wanted: dict[str, float], lines: str
) -> None:
    tried = Tried(ThresholdSettings(**wanted), (), {}, {})  # type: ignore[arg-type]
    standing = ThresholdSettings(**now_set)  # type: ignore[arg-type]
    view = thresholds.view(chosen("vi"), (), "", standing, {}, tried, "")
    assert view.lines == lines
