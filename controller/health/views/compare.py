"""Up to four points beside each other: the round trip's median and the loss of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.local_days import ZONE
from controller.errors import NotFound
from controller.health.chart_queries import LinkBucket
from controller.health.spans import ChartSpan
from controller.health.steps import Step
from controller.health.views import history, span_choice
from controller.health.views.history import History
from controller.health.views.span_choice import SpanView
from controller.places.service import Point
from controller.places.tree import Branch
from controller.spreadsheet import Cell
from controller.web.elements import Crumb
from controller.web.i18n.language import Language
from monitoring.judgement.problem import Thresholds

MOST = 4
_FIGURES = {"rtt": "rtt_p50_ms", "loss": "loss_ratio"}


@dataclass(frozen=True, slots=True)
class Compared:
    """A point and its line on the grid that all of them have."""

    point: Point
    link: Sequence[LinkBucket]


@dataclass(frozen=True, slots=True)
class PointOption:
    """A point that can be chosen."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One hour or day: round trip and loss of each point."""

    begins: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CompareView:
    """All the page shows; `places`: whom each of the four choices names, or nobody."""

    crumbs: tuple[Crumb, ...]
    names: tuple[str, ...]
    places: tuple[str, ...]
    options: tuple[PointOption, ...]
    span: SpanView
    rows: tuple[CompareRow, ...]


def view(
    words: Language,
    now: datetime,
    tree: Sequence[Branch],
    chosen: Sequence[Point],
    span: ChartSpan,
    compared: Sequence[Compared],
) -> CompareView:
    """Return the page's view."""
    ids = [point.point_id for point in chosen]
    return CompareView(
        crumbs=(Crumb(words.gettext("Points"), "/points"), Crumb(words.gettext("Compare"))),
        names=tuple(point.name for point in chosen),
        places=(*ids, *[""] * (MOST - len(ids))),
        options=tuple(
            PointOption(point.point_id, f"{point.name} · {branch.unit.name}")
            for branch in tree
            for point in branch.points
        ),
        span=span_choice.view(words, span, "/compare", [("point", one) for one in ids]),
        rows=_rows(words, now, span.row, compared),
    )


def _rows(
    words: Language, now: datetime, step: Step, compared: Sequence[Compared]
) -> tuple[CompareRow, ...]:
    rows = zip(*(one.link for one in compared), strict=True)
    return tuple(
        CompareRow(
            words.date(buckets[0].begins_at)
            if step is Step.DAY
            else words.moment(buckets[0].begins_at, now),
            tuple(
                (words.milliseconds(one.rtt_middle_ms), words.percent(one.loss_ratio))
                for one in buckets
            ),
        )
        for buckets in reversed(list(rows))
    )


def chart(
    words: Language,
    compared: Sequence[Compared],
    span: ChartSpan,
    now: datetime,
    limits: Thresholds,
) -> dict[str, object]:
    """Return the chart as the script reads it: a bucket is empty where nobody has samples."""
    ground = [
        LinkBucket(buckets[0].begins_at, sum(one.samples for one in buckets))
        for buckets in zip(*(one.link for one in compared), strict=True)
    ]
    period = span.period
    told = History(period.begins_at, period.ends_at, now, span.step, ground)
    lines = [
        {
            "name": one.point.name,
            "rtt": [bucket.rtt_middle_ms for bucket in one.link],
            "loss": [bucket.loss_ratio for bucket in one.link],
        }
        for one in compared
    ]
    return history.chart(told, words, limits) | {"compared": lines}


def table(compared: Sequence[Compared], chart: str) -> tuple[list[str], list[list[Cell]]]:
    """Return the figures of both charts, or of one; a point's name is text whatever it is.

    Raises:
        NotFound: there is no such chart.
    """
    figures = [one for one in _FIGURES if chart in ("", one)]
    if not figures:
        raise NotFound("biểu đồ", "chart")
    columns = ["begins_at"]
    columns += [f"{one.point.name} {_FIGURES[key]}" for one in compared for key in figures]
    rows: list[list[Cell]] = []
    for buckets in zip(*(one.link for one in compared), strict=True):
        at = buckets[0].begins_at.astimezone(ZONE).isoformat(timespec="seconds")
        cells: list[Cell] = [at]
        for bucket in buckets:
            values = {"rtt": bucket.rtt_middle_ms, "loss": bucket.loss_ratio}
            cells += [values[key] for key in figures]
        rows.append(cells)
    return columns, rows
