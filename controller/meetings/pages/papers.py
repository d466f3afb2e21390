"""The invitation as a file, and the page on which the office changes its template."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.errors import BadEntry
from controller.meetings import invitations, meeting_queries
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.views.invitation import INVITATION
from controller.papers import service as papers
from controller.papers.service import PaperDesk
from controller.web.download import download
from controller.web.elements import Choice, Crumb
from controller.web.forms import brings_file, file_of
from controller.web.page_request import Asked, AskedByOffice, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)
# Its addresses come before those of a meeting of any name.
ADDRESS = "/meetings/papers"
MOST_MEETINGS = 50


@dataclass(frozen=True, slots=True)
class PaperView:
    """The page. `used` says which template is used; `meetings` are those it can be tried with."""

    crumbs: tuple[Crumb, ...]
    used: str
    is_own: bool
    meetings: tuple[Choice, ...]
    placeholders: tuple[tuple[str, str], ...]
    most_kib: int
    problem: str


@router.get(ADDRESS)
def shown(asked: AskedByOffice) -> Response:
    """Show which template is used, and what may stand in one."""
    return _page(asked)


@router.get(f"{ADDRESS}/invitation.docx")
def used(asked: AskedByOffice) -> Response:
    """Return the template that is used."""
    content = papers.template(asked.state, INVITATION)
    return download(content, f"mau-{INVITATION.stem}.docx", papers.DOCX)


@router.get(f"{ADDRESS}/built-in.docx")
def built_in(asked: AskedByOffice) -> Response:
    """Return the built-in template."""
    content = papers.built_in(INVITATION)
    return download(content, f"mau-{INVITATION.stem}-co-san.docx", papers.DOCX)


@router.get("/meetings/{meeting_id}/invitation.docx")
def docx(asked: Asked) -> Response:
    """Return the invitation as a Word file."""
    return invitations.as_docx(asked.web, asked.state, asked.named("meeting_id"))


@router.get("/meetings/{meeting_id}/invitation.pdf")
def pdf(asked: Asked) -> Response:
    """Return the invitation as PDF."""
    return invitations.as_pdf(asked.web, asked.state, asked.named("meeting_id"))


@router.post(f"{ADDRESS}/invitation")
@brings_file
def take(asked: AskedByOffice, form: Sent) -> Response:
    """Try a template with a meeting, or use it from now on; what is wrong is said on the page."""
    name, content = file_of(form, "template")
    meeting_id = text_of(form, "meeting_id")
    try:
        if not name:
            raise BadEntry("Chưa chọn tệp mẫu.", "No file was chosen.")
        if text_of(form, "action") == "try":
            judged = papers.judged(INVITATION, content)
            return invitations.filled_in(asked.web, asked.state, meeting_id, judged)
        taken = asked.web.part(PaperDesk).take(
            INVITATION, name, content, actor=asked.person.user_name
        )
    except BadEntry as exc:
        return _page(asked, exc.said_in(asked.words.code), meeting_id, status=exc.status)
    _note(asked, Action.TAKE_TEMPLATE, taken.file_name)
    return RedirectResponse(ADDRESS, status_code=303)


@router.post(f"{ADDRESS}/invitation/built-in")
def use_built_in(asked: AskedByOffice) -> Response:
    """Use the built-in template again."""
    if asked.web.part(PaperDesk).use_built_in(INVITATION):
        _note(asked, Action.USE_BUILT_IN_TEMPLATE)
    return RedirectResponse(ADDRESS, status_code=303)


def _page(
    asked: PageRequest, problem: str = "", chosen: str = "", *, status: int = 200
) -> Response:
    words, own = asked.words, papers.taken(asked.state, INVITATION)
    title = words.gettext("Template of the invitation")
    used = words.gettext("The built-in template is used.")
    if own is not None:
        used = words.gettext(
            "The office's own template is used: %(file)s, brought by %(who)s, %(time)s.",
            file=own.file_name,
            who=own.taken_by,
            time=words.moment(own.taken_at, asked.now),
        )
    view = PaperView(
        crumbs=(Crumb(words.gettext("Meetings"), "/meetings"), Crumb(title)),
        used=used,
        is_own=own is not None,
        meetings=_meetings(asked, chosen),
        placeholders=tuple(
            (one.text, words.gettext(one.meaning)) for one in INVITATION.placeholders
        ),
        most_kib=papers.MAX_FILE_BYTES // 1024,
        problem=problem,
    )
    return asked.page("meetings/papers.html", "meetings", status=status, view=view)


def _meetings(asked: PageRequest, chosen: str) -> tuple[Choice, ...]:
    near = meeting_queries.between(
        asked.state, begins=asked.now - timedelta(days=30), ends=asked.now + timedelta(days=90)
    )
    usable = [one for one in near if MeetingPhase(one.state) is not MeetingPhase.CANCELLED]
    return tuple(
        Choice(
            one.meeting_id,
            f"{asked.words.date(one.begins_at)} · {one.title}",
            is_chosen=one.meeting_id == chosen,
        )
        for one in reversed(usable[-MOST_MEETINGS:])
    )


def _note(asked: PageRequest, action: Action, detail: str = "") -> None:
    actor = asked.person.user_name
    noted(asked.web, asked.request, action, actor=actor, subject=INVITATION.kind, detail=detail)
