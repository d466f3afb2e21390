"""Refused input is counted each time and logged rarely."""

from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from controller.ingest.rejections import Reason, Rejections

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_a_flood_from_one_source_is_one_line_in_ten_seconds():
    rejections = Rejections()
    with capture_logs() as lines:
        for second in range(21):
            now = T0 + timedelta(seconds=second)
            rejections.reject(Reason.MALFORMED, "p1", "no JSON", now)
        rejections.reject(Reason.UNKNOWN_VERSION, "p2", "version 7", T0)
    assert rejections.totals == {Reason.MALFORMED: 21, Reason.UNKNOWN_VERSION: 1}
    assert [(line["source"], line["untold_before"]) for line in lines] == [
        ("p1", 0),
        ("p1", 9),
        ("p1", 9),
        ("p2", 0),
    ]
