"""Availability by day or week as people read it: a row a point, worse cells darker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from urllib.parse import urlencode

from contracts.local_days import day_of
from controller.health.map_spans import YEAR, MapSpan
from controller.health.views import report_choice
from controller.health.views.availability import UnitPick
from controller.health.views.report_choice import MonthOption
from controller.places.service import Point
from controller.places.tree import Branch
from controller.spreadsheet import Cell
from controller.web.elements import Crumb
from controller.web.i18n.language import Language
from monitoring.judgement.availability import Uptime
from monitoring.judgement.periods import Period

ROWS = 60
ADDRESS = "/availability/days"
# From where on a part is drawn darker; each has a mark or weight of its own, and all their number.
_GRADES = ((1.0, "whole"), (0.99, "little"), (0.9, "some"), (0.0, "much"))
_NAMED_IN_FULL = 3


@dataclass(frozen=True, slots=True)
class MapCell:
    """One day or week of a point. `href` empty: nothing of it is known, or it is to come."""

    grade: str
    shown: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class MapRow:
    """One point with its whole time."""

    point_id: str
    name: str
    second: str
    href: str
    whole: str
    cells: tuple[MapCell, ...]


@dataclass(frozen=True, slots=True)
class DayMapView:
    """All the page shows. `groups`: months over weeks, with how many columns each has.

    `previous`, `next`: addresses, empty where there is nothing.
    """

    crumbs: tuple[Crumb, ...]
    title: str
    unit: str
    time: str
    whole: str
    months: tuple[MonthOption, ...]
    units: tuple[UnitPick, ...]
    chosen: str
    groups: tuple[tuple[str, int], ...]
    columns: tuple[str, ...]
    rows: tuple[MapRow, ...]
    query: str
    page: str
    previous: str
    next: str


def pages(points: int) -> int:
    """Return how many pages so many points are; one where there is none."""
    return max(1, -(-points // ROWS))


def cell(part: Uptime, *, is_to_come: bool, href: str) -> MapCell:
    """Return what stands for one day or week: its ratio in per cent, rounded down."""
    if is_to_come:
        return MapCell("none", "")
    if part.ratio is not None:
        grade = next(name for least, name in _GRADES if part.ratio >= least)
        return MapCell(grade, str(int(100 * part.ratio)), href)
    if part.excluded:
        return MapCell("excluded", "=", href)
    return MapCell("unknown", "?", href) if part.unknown else MapCell("none", "–")


def view(
    words: Language,
    now: datetime,
    tree: Sequence[Branch],
    chosen: str,
    span: MapSpan,
    shown: Sequence[tuple[Point, float | None]],
    parts: Mapping[str, Sequence[Uptime]],
    at: tuple[int, int],
) -> DayMapView:
    """Return the page's view.

    Args:
        at: which page of how many.
    """
    units = {one.unit.unit_id: one.unit.name for one in tree}
    unit = f"unit={chosen}&" if chosen else ""
    query = unit + span.map_query
    title = words.gettext("By week") if span.is_by_week else words.gettext("By day")
    times = [(one.begins_at >= now, urlencode(_days(one))) for one in span.parts]
    page, last = at
    return DayMapView(
        crumbs=(
            Crumb(words.gettext("Points"), "/points"),
            Crumb(words.gettext("Availability"), f"/availability?{unit}{span.query}"),
            Crumb(title),
        ),
        title=words.gettext("Availability by week")
        if span.is_by_week
        else words.gettext("Availability by day"),
        unit=units.get(chosen, words.gettext("All units")),
        time=report_choice.title(words, span),
        whole=words.gettext("All of it") if span.is_by_week else words.gettext("Month"),
        months=(
            MonthOption(YEAR, words.gettext("One year, by week"), span.is_by_week),
            *report_choice.months(words, now, span),
        ),
        units=tuple(
            UnitPick(one.unit.unit_id, "\u2003" * one.depth + one.unit.name) for one in tree
        ),
        chosen=chosen,
        groups=_groups(span),
        columns=tuple(f"{day_of(one.begins_at).day}" for one in span.parts),
        rows=tuple(
            _row(words, span, times, one, units.get(one.unit_id, ""), ratio, parts[one.point_id])
            for one, ratio in shown
        ),
        query=query,
        page=words.gettext("Page %(page)s of %(pages)s", page=page, pages=last) if last > 1 else "",
        previous=f"{ADDRESS}?{query}&page={page - 1}" if page > 1 else "",
        next=f"{ADDRESS}?{query}&page={page + 1}" if page < last else "",
    )


def _groups(span: MapSpan) -> tuple[tuple[str, int], ...]:
    """Return the months that weeks begin in; those with little room by their number alone."""
    if not span.is_by_week:
        return ()
    days = (day_of(one.begins_at) for one in span.parts)
    counted = [(own[0], len(own)) for _, each in groupby(days, lambda day: (day.year, day.month))
               if (own := list(each))]  # fmt: skip
    return tuple(
        (f"{day:%m/%Y}" if count >= _NAMED_IN_FULL else f"{day:%m}", count)
        for day, count in counted
    )


def _row(
    words: Language,
    span: MapSpan,
    times: Sequence[tuple[bool, str]],
    point: Point,
    unit: str,
    ratio: float | None,
    parts: Sequence[Uptime],
) -> MapRow:
    address = f"/points/{point.point_id}/availability"
    cells = tuple(
        cell(part, is_to_come=is_to_come, href=f"{address}?{days}")
        for part, (is_to_come, days) in zip(parts, times, strict=True)
    )
    whole = words.percent(ratio, digits=2)
    return MapRow(point.point_id, point.name, unit, f"{address}?{span.query}", whole, cells)


def _days(period: Period) -> dict[str, object]:
    last = day_of(period.ends_at - timedelta(microseconds=1))
    return {"from": day_of(period.begins_at), "to": last}


def as_table(
    words: Language,
    tree: Sequence[Branch],
    span: MapSpan,
    shown: Sequence[tuple[Point, float | None]],
    parts: Mapping[str, Sequence[Uptime]],
) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Return the columns and rows of the file; empty where nothing is known of a part."""
    units = {branch.unit.unit_id: branch.unit.name for branch in tree}
    whole = words.gettext("All of it")
    named = [words.gettext("Unit"), words.gettext("Point"), f"{whole} (%)"]
    dates = [day_of(one.begins_at).isoformat() for one in span.parts]
    rows: list[tuple[Cell, ...]] = [
        (
            units.get(one.unit_id, ""),
            one.name,
            _percent(ratio),
            *(_percent(part.ratio) for part in parts[one.point_id]),
        )
        for one, ratio in shown
    ]
    return [*named, *dates], rows


def _percent(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio * 100, 4)
