"""The points of a report, in a table: what was cut, late and absent, each with what it is of."""

from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urlencode

from controller.reports import names
from controller.reports.asked import ReportAsked
from controller.reports.figures import PointLine
from controller.reports.report import MeetingReport
from controller.reports.turns import TurnHeard
from controller.web.elements import Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class ReportPointRow:
    """A point with what was cut; each figure but nought opens what it is of."""

    point_id: str
    name: str
    href: str
    turns: str
    cut: str
    cut_href: str
    share: str
    apart: str
    late: str
    late_href: str
    absent: str
    absent_href: str
    causes: str


@dataclass(frozen=True, slots=True)
class ReportPointsView:
    """All points of a report."""

    crumbs: tuple[Crumb, ...]
    title: str
    query: str
    rows: tuple[ReportPointRow, ...]


def points(words: Language, report: MeetingReport) -> ReportPointsView:
    """Return the page of all points."""
    title = words.gettext("Report of %(period)s", period=names.period(words, report.asked.period))
    return ReportPointsView(
        crumbs=(Crumb(title, f"/reports?{report.asked.query}"), Crumb(words.gettext("Points"))),
        title=words.gettext("Points, the most often interrupted first"),
        query=report.asked.query,
        rows=tuple(point_rows(words, report)),
    )


def point_rows(words: Language, report: MeetingReport) -> list[ReportPointRow]:
    """Return all points, the most often interrupted first."""
    before = {one.point_id: one.sums.uninterrupted_share for one in report.before.points}
    return [_point_row(words, report, one, before.get(one.point_id)) for one in
            report.figures.points]  # fmt: skip


def _point_row(
    words: Language, report: MeetingReport, line: PointLine, before: Fraction | None
) -> ReportPointRow:
    sums, point = line.sums, line.point_id
    share = sums.uninterrupted_share
    return ReportPointRow(
        point_id=point,
        name=report.point(point),
        href=turns_href(report.asked, point=point),
        turns=words.number(sums.count),
        cut=words.number(sums.interrupted),
        cut_href=turns_href(report.asked, point=point, heard=TurnHeard.INTERRUPTED.value)
        if sums.interrupted
        else "",
        share=names.share(words, share),
        apart=names.points_apart(words, share, before),
        late=words.number(sums.late),
        late_href=turns_href(report.asked, point=point, roll="late") if sums.late else "",
        absent=words.number(sums.absent),
        absent_href=turns_href(report.asked, point=point, roll="absent") if sums.absent else "",
        causes=", ".join(
            f"{names.cause(words, cause)} ({words.number(count)})" for cause, count in line.causes
        ),
    )


def turns_href(asked: ReportAsked, **wanted: str) -> str:
    """Return where the turns of a report are listed, or some of them."""
    further = f"&{urlencode(wanted)}" if wanted else ""
    return f"/reports/turns?{asked.query}{further}"
