"""What of a report's probes is kept as a histogram."""

from contracts.line import LineSection, LineWay, ProbedMinute
from controller.ingest.rollups import probes_of
from monitoring.histogram import bin_of


def test_three_probes_are_known_one_by_one_and_many_probes_by_their_minutes_histogram():
    few = LineSection(sent=2, received=2, rtt_ms=25.0, rtt_min_ms=20.0, rtt_max_ms=30.0)
    assert probes_of(few) == {bin_of(20): 1, bin_of(30): 1}
    many = {"sent": 100, "received": 100, "rtt_ms": 25.0, "up": LineWay(sent=100, received=100)}
    assert probes_of(LineSection(**many)) == {}
    minute = ProbedMinute(sent=600, received=600, rtt=((7, 400), (9, 200)))
    assert probes_of(LineSection(**many, minute=minute)) == {7: 400, 9: 200}
