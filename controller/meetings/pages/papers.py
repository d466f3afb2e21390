"""The invitation as a file, and the pages on which the office changes templates of papers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.errors import BadEntry
from controller.meetings import invitations, meeting_queries
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.minutes import drawing
from controller.meetings.papers_of_meetings import paper_of
from controller.meetings.views.invitation import INVITATION
from controller.meetings.views.minutes_paper import MINUTES
from controller.papers import service as papers
from controller.papers.paper import Paper
from controller.papers.service import PaperDesk
from controller.web.deps import Web
from controller.web.download import download
from controller.web.elements import Choice, Crumb
from controller.web.forms import brings_file, file_of
from controller.web.i18n.language import N_
from controller.web.page_request import Asked, AskedByOffice, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)
# Its addresses come before those of a meeting of any name.
ADDRESS = "/meetings/papers"
MOST_MEETINGS = 50


@dataclass(frozen=True, slots=True)
class PaperOfMeetings:
    """How a kind of paper is called here, filled, and of which meetings it is."""

    title: str
    filled_in: Callable[[Web, Session, str, bytes], Response]
    phases: frozenset[MeetingPhase]


_OF_KIND = {
    INVITATION.kind: PaperOfMeetings(
        N_("Template of the invitation"),
        invitations.filled_in,
        frozenset(MeetingPhase) - {MeetingPhase.CANCELLED},
    ),
    MINUTES.kind: PaperOfMeetings(
        N_("Template of the minutes"),
        drawing.filled_in,
        frozenset((MeetingPhase.LIVE, MeetingPhase.ENDED)),
    ),
}


@dataclass(frozen=True, slots=True)
class PaperView:
    """The page. `used` says which template is used; `meetings` are those it can be tried with."""

    kind: str
    title: str
    kinds: tuple[Choice, ...]
    crumbs: tuple[Crumb, ...]
    used: str
    is_own: bool
    meetings: tuple[Choice, ...]
    placeholders: tuple[tuple[str, str], ...]
    most_kib: int
    problem: str


@router.get(ADDRESS)
def shown(asked: AskedByOffice) -> Response:
    """Show which template of the invitation is used, and what may stand in one."""
    return _page(asked, INVITATION)


@router.get(f"{ADDRESS}/{{kind}}.docx")
def used(asked: AskedByOffice) -> Response:
    """Return the template that is used."""
    paper = _paper(asked)
    return download(papers.template(asked.state, paper), f"mau-{paper.stem}.docx", papers.DOCX)


@router.get(f"{ADDRESS}/{{kind}}/built-in.docx")
def built_in(asked: AskedByOffice) -> Response:
    """Return the built-in template."""
    paper = _paper(asked)
    return download(papers.built_in(paper), f"mau-{paper.stem}-co-san.docx", papers.DOCX)


@router.get(f"{ADDRESS}/{{kind}}")
def shown_one(asked: AskedByOffice) -> Response:
    """Show the same of any paper."""
    return _page(asked, _paper(asked))


@router.get("/meetings/{meeting_id}/invitation.docx")
def docx(asked: Asked) -> Response:
    """Return the invitation as a Word file."""
    return invitations.as_docx(asked.web, asked.state, asked.named("meeting_id"))


@router.get("/meetings/{meeting_id}/invitation.pdf")
def pdf(asked: Asked) -> Response:
    """Return the invitation as PDF."""
    return invitations.as_pdf(asked.web, asked.state, asked.named("meeting_id"))


@router.post(f"{ADDRESS}/{{kind}}")
@brings_file
def take(asked: AskedByOffice, form: Sent) -> Response:
    """Try a template with a meeting, or use it from now on; what is wrong is said on the page."""
    paper = _paper(asked)
    name, content = file_of(form, "template")
    meeting_id = text_of(form, "meeting_id")
    try:
        if not name:
            raise BadEntry("Chưa chọn tệp mẫu.", "No file was chosen.")
        if text_of(form, "action") == "try":
            judged = papers.judged(paper, content)
            return _OF_KIND[paper.kind].filled_in(asked.web, asked.state, meeting_id, judged)
        taken = asked.web.part(PaperDesk).take(paper, name, content, actor=asked.person.user_name)
    except BadEntry as exc:
        return _page(asked, paper, exc.said_in(asked.words.code), meeting_id, status=exc.status)
    _note(asked, paper, Action.TAKE_TEMPLATE, taken.file_name)
    return RedirectResponse(f"{ADDRESS}/{paper.kind}", status_code=303)


@router.post(f"{ADDRESS}/{{kind}}/built-in")
def use_built_in(asked: AskedByOffice) -> Response:
    """Use the built-in template again."""
    paper = _paper(asked)
    if asked.web.part(PaperDesk).use_built_in(paper):
        _note(asked, paper, Action.USE_BUILT_IN_TEMPLATE)
    return RedirectResponse(f"{ADDRESS}/{paper.kind}", status_code=303)


def _paper(asked: PageRequest) -> Paper:
    return paper_of(asked.named("kind"))


def _page(
    asked: PageRequest, paper: Paper, problem: str = "", chosen: str = "", *, status: int = 200
) -> Response:
    words, own = asked.words, papers.taken(asked.state, paper)
    title = words.gettext(_OF_KIND[paper.kind].title)
    used = words.gettext("The built-in template is used.")
    if own is not None:
        used = words.gettext(
            "The office's own template is used: %(file)s, brought by %(who)s, %(time)s.",
            file=own.file_name,
            who=own.taken_by,
            time=words.moment(own.taken_at, asked.now),
        )
    view = PaperView(
        kind=paper.kind,
        title=title,
        kinds=tuple(
            Choice(kind, words.gettext(one.title), is_chosen=kind == paper.kind)
            for kind, one in _OF_KIND.items()
        ),
        crumbs=(Crumb(words.gettext("Meetings"), "/meetings"), Crumb(title)),
        used=used,
        is_own=own is not None,
        meetings=_meetings(asked, paper, chosen),
        placeholders=tuple((one.text, words.gettext(one.meaning)) for one in paper.placeholders),
        most_kib=papers.MAX_FILE_BYTES // 1024,
        problem=problem,
    )
    return asked.page("meetings/papers.html", "meetings", status=status, view=view)


def _meetings(asked: PageRequest, paper: Paper, chosen: str) -> tuple[Choice, ...]:
    near = meeting_queries.between(
        asked.state, begins=asked.now - timedelta(days=30), ends=asked.now + timedelta(days=90)
    )
    phases = _OF_KIND[paper.kind].phases
    usable = [one for one in near if MeetingPhase(one.state) in phases]
    return tuple(
        Choice(
            one.meeting_id,
            f"{asked.words.date(one.begins_at)} · {one.title}",
            is_chosen=one.meeting_id == chosen,
        )
        for one in reversed(usable[-MOST_MEETINGS:])
    )


def _note(asked: PageRequest, paper: Paper, action: Action, detail: str = "") -> None:
    actor = asked.person.user_name
    noted(asked.web, asked.request, action, actor=actor, subject=paper.kind, detail=detail)
