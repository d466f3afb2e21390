"""The console's buttons that put somebody out of the meeting and let them in again."""

from fastapi import APIRouter, Request, Response

from contracts.participants import ParticipantKind
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.meetings.removal import Guest, Removal
from controller.web.deps import Office, WebParts
from controller.web.page_request import Sent, acted, text_of

router = APIRouter(include_in_schema=False)


@router.post("/meetings/{meeting_id}/put-out")
def put_out(
    web: WebParts, person: Office, request: Request, meeting_id: str, form: Sent
) -> Response:
    """Put somebody out, or with `undo` let them in again."""
    is_point = text_of(form, "participant_kind") == ParticipantKind.POINT.value
    kind = ParticipantKind.POINT if is_point else ParticipantKind.PERSON
    guest = Guest(text_of(form, "subject"), kind)
    desk = Removal(web.state, web.part(Changes), web.now)
    is_undone = text_of(form, "undo") == "yes"
    act = desk.let_back if is_undone else desk.put_out
    act(meeting_id, guest, actor=person.user_name)
    action = Action.LET_BACK if is_undone else Action.PUT_OUT
    subject = f"{meeting_id} {guest.subject}"
    noted(web, request, action, actor=person.user_name, subject=subject)
    return acted(request, f"/meetings/{meeting_id}")
