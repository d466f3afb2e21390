"""Availability as people read it: of one point with what interrupted it, of many as a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from urllib.parse import urlencode

from controller.health.availability_queries import NOTHING, ThreeWays
from controller.health.interruptions import Interruption
from controller.health.report_spans import ReportSpan
from controller.health.views import interruption_rows, office_days, report_choice, span_names
from controller.health.views.interruption_rows import OutageRow
from controller.health.views.office_days import OfficeHoursView
from controller.health.views.report_choice import ReportChoice
from controller.places.service import Point, Unit
from controller.places.tree import Branch, at_and_below
from controller.settings import OfficeSettings
from controller.spreadsheet import Cell
from controller.web.elements import Crumb
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import N_, Language
from monitoring.judgement.availability import Uptime

ALWAYS, OFFICE, MEETINGS = N_("24×7"), N_("Office hours"), N_("In meetings")
_PARTS = (
    ("up", N_("Up")),
    ("degraded", N_("of it degraded")),
    ("down", N_("Down")),
    ("excluded", N_("Maintenance, excluded")),
    ("unknown", N_("Unknown")),
    ("agreed", N_("Agreed time")),
)


@dataclass(frozen=True, slots=True)
class WaysRow:
    """Availability three ways, and where it is opened."""

    name: str
    href: str
    always: str
    office: str
    meetings: str
    second: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class TimePart:
    """One part of the time, three ways, in hours, minutes and seconds."""

    key: str
    name: str
    always: str
    office: str
    meetings: str


@dataclass(frozen=True, slots=True)
class PointAvailabilityView:
    """The page of one point."""

    point_id: str
    name: str
    crumbs: tuple[Crumb, ...]
    address: str
    choice: ReportChoice
    ratios: WaysRow
    parts: tuple[TimePart, ...]
    hours: OfficeHoursView
    before: str
    outages: tuple[OutageRow, ...]
    outage_title: str
    outage_summary: str
    outage_none: str


@dataclass(frozen=True, slots=True)
class UnitPick:
    """One unit of the list."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class AvailabilityView:
    """The table of many. `total`: all of them taken together."""

    crumbs: tuple[Crumb, ...]
    address: str
    title: str
    choice: ReportChoice
    units: tuple[UnitPick, ...]
    chosen: str
    rows: tuple[WaysRow, ...]
    total: WaysRow
    hours: OfficeHoursView
    file_query: str
    days_query: str


def usual_rows(words: Language, ways: Mapping[str, ThreeWays]) -> tuple[WaysRow, ...]:
    """Return a row for each usual span."""
    return tuple(
        _row(words, span_names.short(words, key), f"span={key}", one) for key, one in ways.items()
    )


def of_point(
    words: Language,
    now: datetime,
    point: Point,
    path: Sequence[Unit],
    span: ReportSpan,
    ways: ThreeWays,
    found: Sequence[Interruption],
    office: OfficeSettings,
) -> PointAvailabilityView:
    """Return the view of one point's page."""
    address = f"/points/{point.point_id}/availability"
    before = words.duration(ways.always.before)
    return PointAvailabilityView(
        point_id=point.point_id,
        name=point.name,
        crumbs=(
            Crumb(words.gettext("Points"), "/points"),
            *(Crumb(one.name, f"/availability?unit={one.unit_id}") for one in path),
            Crumb(point.name, f"/points/{point.point_id}"),
            Crumb(words.gettext("Availability")),
        ),
        address=address,
        choice=report_choice.view(words, now, span),
        ratios=_row(words, words.gettext("Availability"), span.query, ways),
        parts=_parts(words, ways),
        hours=office_days.view(words, office, span.last_day.year),
        before=words.gettext("For %(span)s of it the point was not known yet.", span=before)
        if ways.always.before >= timedelta(seconds=1)
        else "",
        outages=interruption_rows.rows(words, now, found),
        outage_title=words.gettext("Interruptions"),
        outage_summary=interruption_rows.summary(words, found, ways.always.down, now),
        outage_none=words.gettext("No interruption is known of this time."),
    )


def table(
    words: Language,
    now: datetime,
    tree: Sequence[Branch],
    chosen: str,
    span: ReportSpan,
    ways: Mapping[str, ThreeWays],
    office: OfficeSettings,
) -> AvailabilityView:
    """Return the view of the table, the worst point first."""
    unit = next((one.unit for one in tree if one.unit.unit_id == chosen), None)
    shown = worst_first(points_below(tree, chosen), _always(ways))
    units = {branch.unit.unit_id: branch.unit.name for branch in tree}
    asked = f"?unit={chosen}&{span.query}" if chosen else f"?{span.query}"
    return AvailabilityView(
        crumbs=(Crumb(words.gettext("Points"), "/points"), Crumb(words.gettext("Availability"))),
        address="/availability",
        title=unit.name if unit else words.gettext("All units"),
        choice=report_choice.view(words, now, span),
        units=tuple(
            UnitPick(one.unit.unit_id, "\u2003" * one.depth + one.unit.name) for one in tree
        ),
        chosen=chosen,
        rows=tuple(
            _row(
                words,
                one.name,
                f"/points/{one.point_id}/availability?{span.query}",
                ways.get(one.point_id, NOTHING),
                units.get(one.unit_id, ""),
                one.point_id,
            )
            for one in shown
        ),
        total=_row(words, words.gettext("All together"), "", together(shown, ways)),
        hours=office_days.view(words, office, span.last_day.year),
        file_query=asked,
        days_query="?" + urlencode({"unit": chosen, "month": f"{span.last_day:%Y-%m}"}),
    )


def points_below(tree: Sequence[Branch], unit_id: str) -> list[Point]:
    """Return the points of a unit and of those below it; of all of them where none is named."""
    return [point for branch in at_and_below(tree, unit_id) for point in branch.points]


def worst_first(points: Iterable[Point], uptimes: Mapping[str, Uptime]) -> list[Point]:
    """Return points by their availability; of which nothing is known come last."""

    def order(one: Point) -> tuple[float, timedelta, object]:
        own = uptimes.get(one.point_id, Uptime())
        ratio = 2.0 if own.ratio is None else own.ratio
        return ratio, -own.down, vietnamese(one.name)

    return sorted(points, key=order)


def _always(ways: Mapping[str, ThreeWays]) -> dict[str, Uptime]:
    return {point_id: one.always for point_id, one in ways.items()}


def together(points: Iterable[Point], ways: Mapping[str, ThreeWays]) -> ThreeWays:
    """Return what points have in sum."""
    total = NOTHING
    for one in points:
        total += ways.get(one.point_id, NOTHING)
    return total


def as_table(
    words: Language, tree: Sequence[Branch], chosen: str, ways: Mapping[str, ThreeWays]
) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Return the columns and rows of the file: ratios, and every part in seconds."""
    units = {branch.unit.unit_id: branch.unit.name for branch in tree}
    kinds = [words.gettext(one) for one in (ALWAYS, OFFICE, MEETINGS)]
    named = [words.gettext(name) for _, name in _PARTS]
    columns = [words.gettext("Unit"), words.gettext("Point")]
    columns += [f"{kind} (%)" for kind in kinds]
    columns += [f"{kind}: {name} (s)" for kind in kinds for name in named]
    rows: list[tuple[Cell, ...]] = []
    for one in worst_first(points_below(tree, chosen), _always(ways)):
        three = ways.get(one.point_id, NOTHING)
        each = (three.always, three.office, three.meetings)
        ratios = [None if way.ratio is None else round(way.ratio * 100, 4) for way in each]
        spans = [getattr(way, key).total_seconds() for way in each for key, _ in _PARTS]
        rows.append((units.get(one.unit_id, ""), one.name, *ratios, *spans))
    return columns, rows


def clock(seconds: int) -> str:
    """Return a time as hours, minutes and seconds."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def whole_seconds(uptime: Uptime) -> dict[str, int]:
    """Return the parts in whole seconds, which add up to the agreed time as the parts do."""
    names = ("up", "down", "excluded", "unknown")
    ends = accumulate((getattr(uptime, name) for name in names), initial=timedelta())
    rounded = [round(end.total_seconds()) for end in ends]
    found = {
        name: after - before for name, (before, after) in zip(names, pairwise(rounded), strict=True)
    }
    return found | {
        "degraded": min(round(uptime.degraded.total_seconds()), found["up"]),
        "agreed": rounded[-1],
    }


def _parts(words: Language, ways: ThreeWays) -> tuple[TimePart, ...]:
    each = [whole_seconds(one) for one in (ways.always, ways.office, ways.meetings)]
    return tuple(
        TimePart(key, words.gettext(name), *(clock(one[key]) for one in each))
        for key, name in _PARTS
    )


def _row(
    words: Language, name: str, href: str, ways: ThreeWays, second: str = "", key: str = ""
) -> WaysRow:
    return WaysRow(
        name,
        href,
        words.percent(ways.always.ratio, digits=2),
        words.percent(ways.office.ratio, digits=2),
        words.percent(ways.meetings.ratio, digits=2),
        second,
        key,
    )
