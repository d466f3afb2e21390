"""The table of figures: everything that is measured as one number. Pure.

A figure is a field of its section, or `Section.figures[name]` where it has none. From its row
here follow its roll-ups over five minutes and hours (mean, lowest, highest), its place in the
API, and its line and its chart on the point's page. A new figure is a row here and a line in
its collector. What is not in the table is kept in the last report and nowhere else.

The first figures have columns of their own, by which they are stored and read; all others
share a table, a row a figure and bucket (docs/decisions/0093-one-table-of-figures.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from contracts.reports import OWN_SECTIONS, HealthBody
from contracts.section import Section


class FigureUnit(Enum):
    """How a figure is written; the name of a figure ends in it."""

    RATIO = "ratio"
    MILLISECONDS = "ms"
    CELSIUS = "c"
    DECIBEL_MILLIWATTS = "dbm"
    DECIBELS = "db"
    BITS_PER_SECOND = "bps"
    BYTES = "bytes"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns a figure has of its own: in the reports' table, and in the roll-ups."""

    sample: str
    count: str = ""
    total: str = ""
    lowest: str = ""
    highest: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, and what it is called where people read.

    `low`, `high`: the section's fields for the lowest and highest within one report.
    """

    section: str
    name: str
    unit: FigureUnit
    vi: str
    en: str
    columns: Columns | None = None
    field: str = ""
    low: str = ""
    high: str = ""


_RATIO, _MS = FigureUnit.RATIO, FigureUnit.MILLISECONDS

FIGURES: tuple[Figure, ...] = (
    Figure(
        "host", "cpu_ratio", _RATIO, "Tải bộ xử lý", "Processor load",
        Columns("cpu_ratio", "cpu_samples", "cpu_ratio_sum", highest="cpu_ratio_max"),
    ),
    Figure(
        "host", "memory_ratio", _RATIO, "Bộ nhớ đã dùng", "Memory used",
        Columns("memory_ratio", highest="memory_ratio_max"),
    ),
    Figure(
        "host", "temperature_c", FigureUnit.CELSIUS, "Nhiệt độ", "Temperature",
        Columns("temperature_c", highest="temperature_max_c"),
    ),
    Figure(
        "disk", "disk_ratio", _RATIO, "Đĩa đã dùng", "Disk used",
        Columns("disk_ratio", highest="disk_ratio_max"),
    ),
    Figure("disk", "inode_ratio", _RATIO, "Số tệp đã dùng", "Files used"),
    Figure("disks", "disk_temperature_c", FigureUnit.CELSIUS, "Nhiệt độ ổ đĩa", "Disk temperature"),
    Figure(
        "throttling", "throttled_ratio", _RATIO, "Tự chạy chậm vì nóng", "Slowed down for heat",
    ),
    Figure("load", "swap_ratio", _RATIO, "Bộ nhớ tráo đổi đã dùng", "Swap used"),
    Figure(
        "load", "load_1min_count", FigureUnit.COUNT,
        "Tiến trình chờ chạy, 1 phút", "Processes waiting, 1 min",
    ),
    Figure(
        "gateway", "gateway_rtt_ms", _MS, "Đi về tới cổng mạng", "Round trip to the gateway",
        Columns("gateway_rtt_ms", "gateway_answered", "gateway_rtt_sum_ms"), field="rtt_ms",
    ),
    Figure("dns", "dns_rtt_ms", _MS, "Máy chủ tên miền trả lời", "Name server answers"),
    Figure(
        "segment", "segment_devices_count", FigureUnit.COUNT,
        "Thiết bị trong mạng LAN", "Devices on the LAN",
    ),
    Figure(
        "wifi", "wifi_signal_dbm", FigureUnit.DECIBEL_MILLIWATTS, "Sóng Wi-Fi", "Wi-Fi signal"
    ),
    Figure(
        "modem", "rsrp_dbm", FigureUnit.DECIBEL_MILLIWATTS,
        "Sóng 4G/5G (RSRP)", "4G/5G signal, RSRP",
    ),
    Figure(
        "modem", "rsrq_db", FigureUnit.DECIBELS, "Chất lượng sóng (RSRQ)", "Signal quality, RSRQ"
    ),
    Figure("modem", "snr_db", FigureUnit.DECIBELS, "Sóng trên nhiễu (SNR)", "Signal to noise, SNR"),
    Figure(
        "uplink", "budget_used_ratio", _RATIO,
        "Dung lượng 4G của tháng đã dùng", "Month's data on 4G used",
    ),
    Figure(
        "line", "rtt_ms", _MS, "Đi về tới trung tâm", "Round trip to the centre",
        Columns("rtt_ms", "rtt_samples", "rtt_sum_ms", "rtt_min_ms", "rtt_max_ms"),
        low="rtt_min_ms", high="rtt_max_ms",
    ),
    Figure(
        "line", "jitter_ms", _MS, "Độ rung", "Jitter",
        Columns("jitter_ms", "jitter_samples", "jitter_sum_ms"),
    ),
    Figure("line", "loss_up_ratio", _RATIO, "Mất gói chiều lên", "Loss to the centre"),
    Figure("line", "loss_down_ratio", _RATIO, "Mất gói chiều xuống", "Loss from the centre"),
    Figure("line", "jitter_up_ms", _MS, "Độ rung chiều lên", "Jitter to the centre"),
    Figure("line", "jitter_down_ms", _MS, "Độ rung chiều xuống", "Jitter from the centre"),
    Figure(
        "line", "delay_up_ms", _MS,
        "Trễ chiều lên, trên mức nhanh nhất", "Delay to the centre, above the quickest",
    ),
    Figure(
        "line", "delay_down_ms", _MS,
        "Trễ chiều xuống, trên mức nhanh nhất", "Delay from the centre, above the quickest",
    ),
    Figure(
        "line", "swallowed_above_bytes", FigureUnit.BYTES,
        "Đường truyền nuốt gói lớn hơn", "Line swallows packets above",
    ),
)  # fmt: skip

BY_NAME: Mapping[str, Figure] = {figure.name: figure for figure in FIGURES}


class FigureReading(NamedTuple):
    """A figure's value in one report, with its lowest and highest there."""

    figure: Figure
    value: float
    lowest: float
    highest: float


_OF_SECTION = [
    (section, section in OWN_SECTIONS, [f for f in FIGURES if f.section == section])
    for section in dict.fromkeys(figure.section for figure in FIGURES)
]


def measured(body: HealthBody) -> list[FigureReading]:
    """Return the figures of the table that a report has, section by section."""
    found: list[FigureReading] = []
    for name, is_own, figures in _OF_SECTION:
        section: Section | None = getattr(body, name) if is_own else body.open.get(name)
        if section is None:
            continue
        for figure in figures:
            value = _value(section, figure.field or figure.name)
            if value is not None:
                low = _value(section, figure.low) if figure.low else None
                high = _value(section, figure.high) if figure.high else None
                lowest, highest = value if low is None else low, value if high is None else high
                found.append(FigureReading(figure, value, lowest, highest))
    return found


def _value(section: Section, name: str) -> float | None:
    found: float | None = getattr(section, name, None)
    return section.figures.get(name) if found is None else found
