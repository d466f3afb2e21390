"""What is known of a meeting that is over: its page, and the same as a workbook."""

from fastapi import APIRouter, Response

from contracts.local_days import day_in_name
from controller import spreadsheet
from controller.meetings.after import record_queries
from controller.meetings.after.kept import KeptRecord
from controller.meetings.after.refusals import not_yet
from controller.meetings.refusals import found
from controller.meetings.rollcall import roll_queries
from controller.meetings.rollcall.rules import RollMark
from controller.meetings.tables import Meeting
from controller.meetings.views import after as view
from controller.meetings.views import after_tables
from controller.meetings.views.after import AfterFacts, AfterView
from controller.papers.service import file_name
from controller.web.download import download
from controller.web.page_request import Asked, PageRequest
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)
MOST_CHANGES = 50


@live_page(router, "/meetings/{meeting_id}/after", "meetings/after.html", section="meetings")
def shown(asked: PageRequest) -> AfterView:
    """Return what is kept of a meeting."""
    meeting = found(asked.state, asked.named("meeting_id"))
    row = record_queries.row_of(asked.state, meeting.meeting_id)
    facts = AfterFacts(
        meeting=meeting,
        record=record_queries.content_of(row) if row else None,
        made_at=row.made_at if row else None,
        marks=marks_of(asked, meeting),
        call=roll_queries.get(asked.state, meeting.meeting_id),
        changes=record_queries.changes(asked.state, meeting.meeting_id, most=MOST_CHANGES),
    )
    return view.view(asked.words, asked.now, facts)


@router.get("/meetings/{meeting_id}/after.xlsx")
def as_xlsx(asked: Asked) -> Response:
    """Return its tables as a workbook."""
    meeting = found(asked.state, asked.named("meeting_id"))
    record = record_of(asked, meeting)
    pages = after_tables.pages(asked.words, record, marks_of(asked, meeting))
    content = spreadsheet.as_book(meeting.title, pages, made_at=asked.now)
    name = file_name("so-lieu", day_in_name(meeting.begins_at), meeting.title)
    return download(content, f"{name}.xlsx", spreadsheet.XLSX)


def record_of(asked: PageRequest, meeting: Meeting) -> KeptRecord:
    """Return what is kept of a meeting.

    Raises:
        Conflict: nothing is kept yet.
    """
    record = record_queries.get(asked.state, meeting.meeting_id)
    if record is None:
        raise not_yet()
    return record


def marks_of(asked: PageRequest, meeting: Meeting) -> dict[str, RollMark]:
    """Return what was said of everybody in the roll call."""
    said = roll_queries.marks(asked.state, meeting.meeting_id)
    return {subject: mark for subject, (mark, _) in said.items()}
