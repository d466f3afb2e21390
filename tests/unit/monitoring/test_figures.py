"""The table of figures: names end in their units, and what is unknown is left out."""

import pytest

from contracts.reports import HealthBody
from monitoring.collectors.load import LoadCollector, swap_ratio
from monitoring.collectors.merge import merged
from monitoring.errors import CollectorError
from monitoring.figures import FIGURES, known


def test_a_figures_name_is_its_own_and_ends_in_its_unit():
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
    assert all(figure.name.endswith(f"_{figure.unit.value}") for figure in FIGURES)
    assert all(figure.vi and figure.en for figure in FIGURES)


def test_what_the_table_does_not_know_is_left_out():
    found = list(known({"invented_ms": 3.0, "swap_ratio": 0.5}))
    assert [(figure.name, value) for figure, value in found] == [("swap_ratio", 0.5)]


def test_figures_of_several_collectors_come_together():
    parts = [HealthBody(figures={"a_ms": 1.0}), HealthBody(figures={"b_ms": 2.0})]
    assert merged(parts).figures == {"a_ms": 1.0, "b_ms": 2.0}


async def test_load_and_swap(tmp_path):
    (tmp_path / "loadavg").write_text("0.42 0.36 0.30 1/213 4711\n")
    (tmp_path / "meminfo").write_text("SwapTotal: 1000 kB\nSwapFree: 750 kB\n")
    body = await LoadCollector(tmp_path).collect()
    assert body == HealthBody(figures={"load_1min_count": 0.42, "swap_ratio": 0.25})
    (tmp_path / "meminfo").write_text("SwapTotal: 0 kB\nSwapFree: 0 kB\n")
    assert swap_ratio(tmp_path) is None
    (tmp_path / "loadavg").write_text("")
    with pytest.raises(CollectorError):
        await LoadCollector(tmp_path).collect()
