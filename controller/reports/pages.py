"""Reports for people: on screen, opened down to what they are of, as files."""

from fastapi import APIRouter, Response

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import BadEntry
from controller.places import service as places
from controller.reports import answers, choice, evidence, point_rows, view
from controller.reports.asked import ReportAsked, asked
from controller.reports.report import MeetingReport
from controller.reports.service import report_of
from controller.web.page_request import Asked, PageRequest

router = APIRouter(include_in_schema=False)
MOST_PAGES = 100_000


@router.get("/reports")
def shown(asked: Asked) -> Response:
    """Show a report."""
    report, now = _report(asked), asked.now
    tree = places.as_of(asked.state, report.asked.tree_at(now)).tree
    form = choice.form(asked.words, report.asked, tree, now)
    found = view.view(asked.words, report, form, asked.web.settings.reports, now)
    return asked.page("reports/report.html", "reports", view=found)


@router.get("/reports/points")
def points(asked: Asked) -> Response:
    """Show all points of a report, the most often interrupted first."""
    report = _report(asked)
    return asked.page("reports/points.html", "reports", view=point_rows.points(asked.words, report))


@router.get("/reports/meetings")
def of_meetings(asked: Asked) -> Response:
    """Show the meetings that a figure is of."""
    want = evidence.wanted(asked.request.query_params)
    found = evidence.of_meetings(asked.words, _report(asked), want, _page(asked))
    return asked.page("reports/evidence.html", "reports", view=found)


@router.get("/reports/turns")
def of_turns(asked: Asked) -> Response:
    """Show the points in meetings that a figure is of."""
    want = evidence.wanted(asked.request.query_params)
    found = evidence.of_turns(asked.words, _report(asked), want, _page(asked))
    return asked.page("reports/evidence.html", "reports", view=found)


@router.get("/reports/report.xlsx")
def as_xlsx(asked: Asked) -> Response:
    """Return a report as a workbook."""
    return answers.xlsx(_report(asked))


@router.get("/reports/report.docx")
def as_docx(asked: Asked) -> Response:
    """Return a report as a Word file."""
    return answers.docx(_report(asked), asked.web, asked.state)


@router.get("/reports/{table}.csv")
def as_csv(asked: Asked, table: str) -> Response:
    """Return one table of a report."""
    return answers.csv(_report(asked), table)


def _report(asked_page: PageRequest) -> MeetingReport:
    return report_of(asked_page.state, _asked(asked_page), asked_page.now)


def _asked(page: PageRequest) -> ReportAsked:
    sent = page.request.query_params
    return asked(
        period=sent.get("period", ""),
        first=sent.get("from", ""),
        last=sent.get("to", ""),
        unit=sent.get("unit", ""),
        kinds=sent.getlist("kind"),
        begins_on=page.web.settings.reports.month_begins_on,
        now=page.now,
        tree=sent.get("tree", ""),
    )


def _page(page: PageRequest) -> int:
    text = page.request.query_params.get("page", "1")
    try:
        return numbers.whole(text, least=1, most=MOST_PAGES)
    except MalformedNumber as exc:
        raise BadEntry("Trang phải là một số từ 1.", "A page is a number from 1 on.") from exc
