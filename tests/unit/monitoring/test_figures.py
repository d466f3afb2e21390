"""The table of figures: names end in their units, and what is unknown is left out."""

import pytest

from contracts.line import LineSection
from contracts.reports import DiskSection, HealthBody
from contracts.section import Section
from contracts.uplink import UplinkSection
from monitoring.collectors.load import LoadCollector, swap_ratio
from monitoring.errors import CollectorError
from monitoring.figures import FIGURES, measured


def test_a_figures_name_is_its_own_and_ends_in_its_unit():
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
    assert all(figure.name.endswith(f"_{figure.unit.value}") for figure in FIGURES)
    assert all(figure.vi and figure.en for figure in FIGURES)


def test_a_figure_is_a_field_of_its_section_or_has_none_there():
    body = HealthBody(
        disk=DiskSection(inode_ratio=0.5, figures={"disk_ratio": 0.25}),
        open={"load": Section(figures={"swap_ratio": 0.75, "invented_ms": 3.0})},
    )
    found = [(one.figure.name, one.value, one.lowest, one.highest) for one in measured(body)]
    assert found == [
        ("disk_ratio", 0.25, 0.25, 0.25),
        ("inode_ratio", 0.5, 0.5, 0.5),
        ("swap_ratio", 0.75, 0.75, 0.75),
    ]


def test_a_figure_may_have_its_lowest_and_highest_within_a_report():
    line = LineSection(sent=3, received=3, rtt_ms=20.0, rtt_min_ms=18.0, rtt_max_ms=31.0)
    [rtt] = measured(HealthBody(line=line))
    assert (rtt.value, rtt.lowest, rtt.highest) == (20.0, 18.0, 31.0)


async def test_load_and_swap(tmp_path):
    (tmp_path / "loadavg").write_text("0.42 0.36 0.30 1/213 4711\n")
    (tmp_path / "meminfo").write_text("SwapTotal: 1000 kB\nSwapFree: 750 kB\n")
    body = await LoadCollector(tmp_path).collect()
    assert body == Section(figures={"load_1min_count": 0.42, "swap_ratio": 0.25})
    (tmp_path / "meminfo").write_text("SwapTotal: 0 kB\nSwapFree: 0 kB\n")
    assert swap_ratio(tmp_path) is None
    (tmp_path / "loadavg").write_text("")
    with pytest.raises(CollectorError):
        await LoadCollector(tmp_path).collect()


def test_what_is_used_of_a_months_data_is_a_figure_where_there_is_a_budget():
    used = UplinkSection(interface_bytes=2_250_000_000, budget_bytes=1_500_000_000)
    [ratio] = measured(HealthBody(uplink=used))
    assert (ratio.figure.name, ratio.value) == ("budget_used_ratio", 1.5)
    assert measured(HealthBody(uplink=UplinkSection(interface_bytes=7))) == []
