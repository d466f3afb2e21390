"""The console's buttons of the queue for the floor."""

from fastapi import APIRouter, Response

from controller.meetings.acts import OfficeActs
from controller.web.page_request import Sent, acted, text_of

router = APIRouter(include_in_schema=False)


@router.post("/meetings/{meeting_id}/queue")
def note(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Note that somebody asks for the floor, or with `drop` that they do no more."""
    acts.queue(meeting_id, text_of(form, "who"), is_up=text_of(form, "action") != "drop")
    return acted(acts.request, f"/meetings/{meeting_id}")
