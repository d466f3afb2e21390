"""A collector that fails is told once, and once when it works again."""

from structlog.testing import capture_logs

from agent.health.told_failures import ToldFailures
from contracts.reports import GatewaySection
from monitoring.collectors.registry import Outcome

WORKS = GatewaySection(address="192.168.1.1", rtt_ms=1.5)


def test_one_that_has_no_turn_in_a_round_still_fails():
    told = ToldFailures()
    failed = Outcome("wifi", 0.1, error="no answer")
    with capture_logs() as lines:
        told.tell([failed])
        for _ in range(5):
            told.tell([Outcome("gateway", 0.1, WORKS)])
        told.tell([failed])
    assert [line["event"] for line in lines] == ["collector_failed"]
    with capture_logs() as lines:
        told.tell([Outcome("wifi", 0.1, WORKS)])
        told.tell([Outcome("wifi", 0.1, WORKS)])
    assert [(line["event"], line["collector"]) for line in lines] == [
        ("collector_works_again", "wifi")
    ]
