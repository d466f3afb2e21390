"""Putting points and people out of a meeting, and letting them in again."""

from fastapi import APIRouter, Request

from contracts.participants import ParticipantKind
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.meetings import access_queries, removal
from controller.meetings.refusals import found
from controller.meetings.removal import Guest
from controller.meetings.schemas import ExpulsionIn, ExpulsionOut
from controller.web.deps import Office, StateSession, Viewer, WebParts

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/expulsions", tags=["meetings"])


@router.get("")
def show(session: StateSession, _: Viewer, meeting_id: str) -> list[ExpulsionOut]:
    """Return who was put out."""
    found(session, meeting_id)
    return [ExpulsionOut.of(one) for one in access_queries.expelled(session, meeting_id)]


@router.post("", status_code=204)
def put_out(
    web: WebParts, person: Office, request: Request, meeting_id: str, form: ExpulsionIn
) -> None:
    """Close somebody's sessions at the relay and keep them out until that is undone."""
    guest = Guest(form.subject, form.participant_kind)
    desk = removal.Removal(web.state, web.part(Changes), web.now)
    desk.put_out(meeting_id, guest, actor=person.user_name)
    subject = f"{meeting_id} {form.subject}"
    noted(web, request, Action.PUT_OUT, actor=person.user_name, subject=subject)


@router.delete("", status_code=204)
def let_back(
    web: WebParts,
    person: Office,
    request: Request,
    meeting_id: str,
    subject: str,
    participant_kind: ParticipantKind = ParticipantKind.PERSON,
) -> None:
    """Let somebody in again."""
    desk = removal.Removal(web.state, web.part(Changes), web.now)
    desk.let_back(meeting_id, Guest(subject, participant_kind), actor=person.user_name)
    shown = f"{meeting_id} {subject}"
    noted(web, request, Action.LET_BACK, actor=person.user_name, subject=shown)
