"""The invitation to a meeting as a file, and templates of papers, for programs."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.meetings import invitations
from controller.meetings.papers_of_meetings import paper_of
from controller.papers import service as papers
from controller.papers.service import PaperDesk
from controller.web.deps import Office, StateSession, Viewer, WebParts
from controller.web.download import download

router = APIRouter(prefix="/api/v1", tags=["papers"])
_TEMPLATE = "/papers/{kind}/template"


@router.get("/meetings/{meeting_id}/invitation.docx")
def invitation_docx(web: WebParts, session: StateSession, _: Viewer, meeting_id: str) -> Response:
    """Return the invitation as a Word file, by the template that is used."""
    return invitations.as_docx(web, session, meeting_id)


@router.get("/meetings/{meeting_id}/invitation.pdf")
def invitation_pdf(web: WebParts, session: StateSession, _: Viewer, meeting_id: str) -> Response:
    """Return the invitation as PDF, in the built-in form."""
    return invitations.as_pdf(web, session, meeting_id)


@router.get(_TEMPLATE)
def template(session: StateSession, _: Office, kind: str) -> Response:
    """Return the Word template that is used of a paper: `invitation` or `minutes`."""
    paper = paper_of(kind)
    return download(papers.template(session, paper), f"mau-{paper.stem}.docx", papers.DOCX)


@router.put(_TEMPLATE, status_code=204)
def take_template(
    web: WebParts,
    person: Office,
    request: Request,
    kind: str,
    content: Annotated[bytes, Body(media_type=papers.DOCX)],
    file_name: Annotated[str, Query(max_length=200)] = "mau.docx",
) -> None:
    """Use a Word file as the template from now on; what cannot be used is refused with why."""
    paper = paper_of(kind)
    taken = web.part(PaperDesk).take(paper, file_name, content, actor=person.user_name)
    noted(
        *(web, request, Action.TAKE_TEMPLATE),
        actor=person.user_name,
        subject=paper.kind,
        detail=taken.file_name,
    )


@router.delete(_TEMPLATE, status_code=204)
def use_built_in(web: WebParts, person: Office, request: Request, kind: str) -> None:
    """Use the built-in template again."""
    paper = paper_of(kind)
    if web.part(PaperDesk).use_built_in(paper):
        noted(
            *(web, request, Action.USE_BUILT_IN_TEMPLATE),
            actor=person.user_name,
            subject=paper.kind,
        )
