"""Figures as people read them."""

from controller.health.figure_queries import Over
from controller.health.views import figures
from controller.web.i18n.catalogue import chosen


def test_the_size_of_a_packet_is_drawn_in_bytes() -> None:
    found = {"swallowed_above_bytes": [Over(), Over(2, 1400.0, 1280.0, 1500.0)]}
    [chart] = figures.drawn(chosen("en"), found)
    assert (chart.title, chart.mean) == ("Line swallows packets above (B)", [None, 1400.0])
