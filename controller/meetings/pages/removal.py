"""The console's buttons that put somebody out of the meeting and let them in again."""

from fastapi import APIRouter, Response

from contracts.participants import ParticipantKind
from controller.meetings.acts import OfficeActs
from controller.meetings.removal import Guest
from controller.web.page_request import Sent, acted, text_of

router = APIRouter(include_in_schema=False)


@router.post("/meetings/{meeting_id}/put-out")
def put_out(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Put somebody out, or with `undo` let them in again."""
    is_point = text_of(form, "participant_kind") == ParticipantKind.POINT.value
    kind = ParticipantKind.POINT if is_point else ParticipantKind.PERSON
    guest = Guest(text_of(form, "subject"), kind)
    acts.remove(meeting_id, guest, is_undone=text_of(form, "undo") == "yes")
    return acted(acts.request, f"/meetings/{meeting_id}")
