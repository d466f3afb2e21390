"""What a point's chart says besides its figures."""

from datetime import UTC, datetime, timedelta

from controller.health.steps import Step
from controller.health.views.history import History, chart
from controller.web.i18n.catalogue import languages
from monitoring.judgement.problem import Thresholds

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)


def test_from_where_a_line_is_bad_is_what_is_set() -> None:
    told = History(NOW - timedelta(hours=1), NOW, NOW, Step.MINUTE, [])
    limits = Thresholds(loss_ratio=0.05, rtt_ms=300.0)
    found = chart(told, languages()["en"], limits)
    assert found["limits"] == {"rtt_ms": 300.0, "loss": 0.05}
    words = found["words"]
    assert isinstance(words, dict)
    assert (words["limit"], words["lossy"]) == (
        "bad from 300\xa0ms",
        "median, loss above 5.0\xa0%",
    )
