"""The table of figures: what a collector may report without a field of its own. Pure.

A collector puts `HealthBody.figures[name] = value`; from the row here follow its roll-ups
over five minutes and hours (mean, lowest, highest), its place in the API and on the point's
page. A new figure is a row here and a line in its collector. What is not in the table is
kept in the last report and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum


class FigureUnit(Enum):
    """How a figure is written; the name of a figure ends in it."""

    RATIO = "ratio"
    MILLISECONDS = "ms"
    CELSIUS = "c"
    BITS_PER_SECOND = "bps"
    BYTES = "bytes"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, and what it is called where people read."""

    name: str
    unit: FigureUnit
    vi: str
    en: str


FIGURES: tuple[Figure, ...] = (
    Figure("swap_ratio", FigureUnit.RATIO, "Bộ nhớ tráo đổi đã dùng", "Swap used"),
    Figure(
        "load_1min_count",
        FigureUnit.COUNT,
        "Tiến trình chờ chạy, 1 phút",
        "Processes waiting, 1 min",
    ),
    Figure(
        "swallowed_above_bytes",
        FigureUnit.BYTES,
        "Đường truyền nuốt gói lớn hơn",
        "Line swallows packets above",
    ),
)

BY_NAME: Mapping[str, Figure] = {figure.name: figure for figure in FIGURES}


def known(values: Mapping[str, float]) -> Iterable[tuple[Figure, float]]:
    """Return the figures of the table that a report has, in the table's order."""
    return ((figure, values[figure.name]) for figure in FIGURES if figure.name in values)
