"""Bars stand on their axis, gaps are gaps, and an axis that is cut says where."""

from fractions import Fraction

from controller.reports.chart import BOTTOM, TOP, ShareOf, drawn


def bars(*shares: Fraction | None) -> list[ShareOf]:
    return [ShareOf("", "", "", one, "") for one in shares]


def test_a_whole_axis_begins_at_nothing() -> None:
    chart = drawn(bars(Fraction(1), Fraction(1, 2), Fraction(0)), Fraction(8, 10), is_cut=False)
    assert chart.floor == 0
    assert [one.height for one in chart.bars] == [BOTTOM - TOP, 64, 0]
    assert chart.target_y == 51.6


def test_a_cut_axis_begins_below_the_least() -> None:
    chart = drawn(bars(Fraction(979, 1000), Fraction(99, 100)), Fraction(1), is_cut=True)
    assert chart.floor == Fraction(95, 100)
    assert all(one.height > 0 for one in chart.bars)
    assert [one.share for one in chart.ticks] == [chart.floor, Fraction(195, 200), 1]


def test_a_gap_has_no_height_and_nothing_known_begins_at_nothing() -> None:
    chart = drawn(bars(None, None), Fraction(1), is_cut=True)
    assert chart.floor == 0
    assert [one.height for one in chart.bars] == [0, 0]
    assert drawn([], Fraction(1), is_cut=True).bars == ()


def test_bars_stay_in_the_drawing() -> None:
    chart = drawn(bars(*[Fraction(1, 2)] * 13), Fraction(1), is_cut=False)
    assert chart.is_dense
    assert all(12 <= one.x and one.x + one.width <= 100 for one in chart.bars)
