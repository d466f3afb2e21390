"""The minutes of a meeting: written, locked and handed out for signature, taken back signed."""

import re
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import BadEntry, BadRequest, Conflict, NotFound
from controller.meetings.guests import service as guests
from controller.meetings.minutes import drawing, minutes_queries
from controller.meetings.minutes.acts import MinutesActs
from controller.meetings.minutes.desk import file_of, refuse_no_pdf
from controller.meetings.minutes.minutes_text import MinutesText
from controller.meetings.minutes.signed_file import MAX_SIGNED_BYTES
from controller.meetings.refusals import found
from controller.meetings.rollcall import roll_queries
from controller.meetings.rollcall.rules import RollState
from controller.meetings.views import minutes as view
from controller.meetings.views.minutes import MinutesPageFacts, MinutesView
from controller.papers import service as papers
from controller.roles import Role
from controller.web.download import download
from controller.web.forms import brings_file
from controller.web.forms import file_of as sent_file
from controller.web.page_request import Asked, AskedByOffice, PageRequest, Sent, text_of
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)
MOST_EDITS = 50
SIGNED_PATH = re.compile(r"/(?:api/v1/)?meetings/[^/]+/minutes/signed")
MAX_REQUEST_BYTES = MAX_SIGNED_BYTES + 64 * 1024


@live_page(router, "/meetings/{meeting_id}/minutes", "meetings/minutes.html", section="meetings")
def shown(asked: PageRequest) -> MinutesView:
    """Return the minutes as they are."""
    return _view(asked)


@router.post("/meetings/{meeting_id}/minutes")
def save(asked: AskedByOffice, acts: MinutesActs, meeting_id: str, form: Sent) -> Response:
    """Keep what was written; a page with scripts does so by itself while somebody writes."""
    typed, based_on = _typed(form)
    try:
        version = acts.save(meeting_id, typed, based_on)
    except (BadEntry, Conflict) as exc:
        return _not_saved(asked, exc, meeting_id, typed, based_on)
    if _is_script(asked):
        saved = view.just_saved(asked.words, asked.now, version)
        return _answer(asked, _view(asked, typed=typed, saved=saved))
    return _back(meeting_id)


@router.post("/meetings/{meeting_id}/minutes/lock")
def lock(asked: AskedByOffice, acts: MinutesActs, meeting_id: str, form: Sent) -> Response:
    """Keep what stands in the form, let minutes and roll say what they say, hand a PDF out."""
    typed, based_on = _typed(form)
    try:
        based_on = acts.save(meeting_id, typed, based_on)
        meeting = found(asked.state, meeting_id)
        drawing.refuse_locked(asked.state, meeting)
        pdf, drawn = drawing.to_be_signed(asked.web, asked.state, meeting)
        acts.lock(meeting_id, pdf, drawn, f"{drawing.stem(meeting)}.pdf")
    except (BadEntry, Conflict) as exc:
        return _not_saved(asked, exc, meeting_id, typed, based_on)
    if _is_script(asked):
        return Response(headers={"HX-Redirect": _page_of(meeting_id)})
    return _back(meeting_id)


@router.post("/meetings/{meeting_id}/minutes/unlock")
def unlock(acts: MinutesActs, meeting_id: str, form: Sent) -> Response:
    """Open them again, for a reason."""
    acts.unlock(meeting_id, text_of(form, "reason"))
    return _back(meeting_id)


@router.post("/meetings/{meeting_id}/minutes/signed")
@brings_file
def take_signed(asked: AskedByOffice, acts: MinutesActs, meeting_id: str, form: Sent) -> Response:
    """Take the signed file back, and say how it stands to what was handed out."""
    name, content = sent_file(form, "signed")
    try:
        if not name:
            raise BadEntry("Chưa chọn tệp đã ký.", "No signed file was chosen.")
        refuse_no_pdf(content)
        acts.take_signed(meeting_id, name, content)
    except (BadEntry, Conflict) as exc:
        problem = exc.said_in(asked.words.code)
        return asked.page(
            "meetings/minutes.html",
            "meetings",
            status=exc.status,
            view=_view(asked, problem=problem),
        )
    return _back(meeting_id)


@router.get("/meetings/{meeting_id}/minutes.docx")
def as_docx(asked: Asked) -> Response:
    """Return the minutes as a Word file, as they are now."""
    return drawing.as_docx(asked.web, asked.state, asked.named("meeting_id"))


@router.get("/meetings/{meeting_id}/minutes.pdf")
def as_pdf(asked: Asked) -> Response:
    """Return the minutes as PDF as they are now, which is not kept."""
    return drawing.as_pdf(asked.web, asked.state, asked.named("meeting_id"))


@router.get("/meetings/{meeting_id}/minutes/files/{file_id}")
def kept_file(asked: Asked) -> Response:
    """Return a file that was handed out or came back, byte for byte."""
    return file_answer(asked, asked.named("meeting_id"), asked.named("file_id"))


@router.get("/meetings/{meeting_id}/minutes/edits/{version}")
def former(asked: Asked) -> Response:
    """Show the minutes as they were left once."""
    meeting = found(asked.state, asked.named("meeting_id"))
    edit = minutes_queries.edit(asked.state, meeting.meeting_id, _version(asked.named("version")))
    if edit is None:
        raise NotFound("bản biên bản", "version of the minutes")
    people = guests.called(asked.state, [edit.edited_by])
    shown_view = view.former(asked.words, asked.now, meeting, edit, people)
    return asked.page("meetings/minutes_former.html", "meetings", view=shown_view)


def file_answer(asked: PageRequest, meeting_id: str, file_id: str) -> Response:
    """Return one of a meeting's files."""
    row = file_of(asked.state, meeting_id, _version(file_id))
    name = papers.file_name(row.file_name.removesuffix(".pdf"))
    return download(row.content, f"{name}-{row.file_id}.pdf", papers.PDF)


def _view(
    asked: PageRequest,
    *,
    typed: MinutesText | None = None,
    saved: view.SavedState | None = None,
    problem: str = "",
) -> MinutesView:
    meeting = found(asked.state, asked.named("meeting_id"))
    minutes = minutes_queries.get(asked.state, meeting.meeting_id)
    edits = minutes_queries.edits(asked.state, meeting.meeting_id, most=MOST_EDITS)
    files = minutes_queries.files(asked.state, meeting.meeting_id)
    said = roll_queries.marks(asked.state, meeting.meeting_id)
    actors = {
        *(one.edited_by for one in edits),
        *(one.taken_by for one in files),
        *(minutes.edited_by, minutes.locked_by, minutes.unlocked_by),
    }
    facts = MinutesPageFacts(
        meeting=meeting,
        minutes=minutes,
        edits=edits,
        files=files,
        people=guests.called(asked.state, actors),
        called=sum(mark.state is not RollState.UNCALLED for mark, _ in said.values()),
        has_record=drawing.has_record(asked.state, meeting),
        is_office=asked.person.may(Role.OFFICE),
        typed=typed,
        saved=saved,
        problem=problem,
    )
    return view.view(asked.words, asked.now, facts)


def _version(text: str) -> int:
    try:
        return numbers.whole(text, most=2**31 - 1)
    except MalformedNumber as exc:
        raise BadRequest(
            "invalid_request",
            "Trang gửi một số không dùng được. Tải lại trang rồi thử lại.",
            "The page sent a number that cannot be used. Reload it and try again.",
        ) from exc


def _typed(form: Sent) -> tuple[MinutesText, int]:
    """Return what stands in the form, and the version it was written on."""
    typed = MinutesText(
        text_of(form, "number"), text_of(form, "content"), text_of(form, "conclusions")
    )
    return typed, _version(text_of(form, "over") or text_of(form, "version"))


def _not_saved(
    asked: PageRequest,
    exc: BadEntry | Conflict,
    meeting_id: str,
    typed: MinutesText,
    based_on: int,
) -> Response:
    """Say why it was refused; what is typed stays on the page."""
    known = minutes_queries.get(asked.state, meeting_id).version
    saved = view.not_saved(
        asked.words,
        based_on,
        exc.said_in(asked.words.code),
        theirs=known,
        is_conflict=_is_changed(exc) and known != based_on,
    )
    shown_view = _view(asked, typed=typed, saved=saved)
    if _is_script(asked):
        return _answer(asked, shown_view)
    return asked.page("meetings/minutes.html", "meetings", status=exc.status, view=shown_view)


def _answer(asked: PageRequest, shown_view: MinutesView) -> Response:
    return asked.page("meetings/parts/minutes_answer.html", "meetings", view=shown_view)


def _is_script(asked: PageRequest) -> bool:
    return asked.request.headers.get("hx-request") == "true"


def _is_changed(exc: BadEntry | Conflict) -> bool:
    return exc.code == "minutes_changed"


def _back(meeting_id: str) -> Response:
    return RedirectResponse(_page_of(meeting_id), status_code=303)


def _page_of(meeting_id: str) -> str:
    return f"/meetings/{quote(meeting_id)}/minutes"
