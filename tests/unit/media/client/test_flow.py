"""Pictures and gaps of one slot, whatever they show."""

import pytest

from media.client.flow import Flow, FlowCounts, percentile


def test_counts_pictures_and_the_longest_gap():
    flow = Flow()
    for at_ms in (5, 45, 165):
        flow.picture(at_ms)
    assert flow.take_interval(165) == FlowCounts(3, 120)
    assert flow.take_interval(165) == FlowCounts()


def test_a_cut_shows_as_a_gap_while_it_lasts():
    flow = Flow()
    flow.picture(1000)
    assert flow.take_interval(3500).gap_max_ms == 2500
    flow.picture(5000)
    assert flow.take_interval(5000).gap_max_ms == 4000


def test_an_emptied_slot_has_no_gap():
    flow = Flow()
    flow.picture(1000)
    flow.emptied()
    assert flow.silent_ms(2000) is None
    flow.picture(9000)
    assert flow.total == FlowCounts(2, None)


def test_fps_is_over_the_last_five_seconds():
    flow = Flow()
    for index in range(250):
        flow.picture(index * 40)
    assert flow.fps(250 * 40) == pytest.approx(25, abs=0.3)
    assert flow.fps(250 * 40 + 5000) == 0


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([7], 0.95, 7), ([1, 2, 3, 4], 0.5, 2), (list(range(1, 101)), 0.95, 95)],
)
def test_percentile(values, share, expected):
    assert percentile(values, share) == expected
