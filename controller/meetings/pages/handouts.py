"""The files of a meeting: brought by the office, opened to be shared, saved, deleted."""

import re
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import BadEntry, Conflict
from controller.meetings.guests import service as guests
from controller.meetings.handouts import handout_queries
from controller.meetings.handouts.acts import HandoutActs
from controller.meetings.handouts.desk import MAX_HANDOUT_BYTES, file_of, no_such
from controller.meetings.refusals import found
from controller.meetings.views import handouts as view
from controller.papers.service import PDF
from controller.roles import Role
from controller.web.forms import brings_file
from controller.web.forms import file_of as sent_file
from controller.web.page_request import Asked, AskedByOffice, PageRequest, Sent

router = APIRouter(include_in_schema=False)
HANDOUT_PATH = re.compile(r"/(?:api/v1/)?meetings/[^/]+/handouts")
MAX_HANDOUT_REQUEST_BYTES = MAX_HANDOUT_BYTES + 64 * 1024


@router.get("/meetings/{meeting_id}/handouts")
def shown(asked: Asked) -> Response:
    """Show a meeting's files."""
    return _page(asked)


@router.post("/meetings/{meeting_id}/handouts")
@brings_file
def bring(asked: AskedByOffice, acts: HandoutActs, meeting_id: str, form: Sent) -> Response:
    """Keep a file; what is wrong with it is said on the page."""
    name, content = sent_file(form, "file")
    try:
        if not name:
            raise BadEntry("Chưa chọn tệp.", "No file was chosen.")
        acts.bring(meeting_id, name, content)
    except (BadEntry, Conflict) as exc:
        return _page(asked, exc.said_in(asked.words.code), status=exc.status)
    return _back(meeting_id)


@router.get("/meetings/{meeting_id}/handouts/{handout_id}.pdf")
def file(asked: Asked) -> Response:
    """Return a file for the browser's own viewer, byte for byte."""
    number = _number(asked.named("handout_id"))
    row = file_of(asked.state, asked.named("meeting_id"), number)
    headers = {
        "Content-Disposition": f'inline; filename="tai-lieu-{number}.pdf"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(row.content, media_type=PDF, headers=headers)


@router.post("/meetings/{meeting_id}/handouts/{handout_id}/remove")
def remove(acts: HandoutActs, meeting_id: str, handout_id: str) -> Response:
    """Delete a file; the page then offers to have it back."""
    acts.remove(meeting_id, _number(handout_id))
    return _back(meeting_id)


@router.post("/meetings/{meeting_id}/handouts/{handout_id}/restore")
def restore(asked: AskedByOffice, acts: HandoutActs, meeting_id: str, handout_id: str) -> Response:
    """Have a file back that was deleted; why that cannot be is said on the page."""
    try:
        acts.restore(meeting_id, _number(handout_id))
    except Conflict as exc:
        return _page(asked, exc.said_in(asked.words.code), status=exc.status)
    return _back(meeting_id)


def _page(asked: PageRequest, problem: str = "", *, status: int = 200) -> Response:
    meeting = found(asked.state, asked.named("meeting_id"))
    files = handout_queries.of_meeting(asked.state, meeting.meeting_id)
    removed = handout_queries.removed(asked.state, meeting.meeting_id)
    acted = {one.brought_by for one in files} | {one.removed_by for one in removed}
    people = guests.called(asked.state, acted)
    shown_view = view.view(
        asked.words,
        asked.now,
        meeting,
        files,
        removed,
        people,
        is_office=asked.person.may(Role.OFFICE),
        problem=problem,
    )
    return asked.page("meetings/handouts.html", "meetings", status=status, view=shown_view)


def _number(text: str) -> int:
    try:
        return numbers.whole(text, most=2**31 - 1)
    except MalformedNumber as exc:
        raise no_such() from exc


def _back(meeting_id: str) -> Response:
    return RedirectResponse(f"/meetings/{quote(meeting_id)}/handouts", status_code=303)
