"""A cancelled meeting is had back by a button of its page."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from controller.meetings.acts import OfficeActs
from controller.web.page_request import Sent, text_of

router = APIRouter(include_in_schema=False)


@router.post("/meetings/{meeting_id}/restore")
def restore(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Have it back and lead to its page, or to that of the meeting made in its place."""
    back = acts.restore(meeting_id, is_clash_accepted=text_of(form, "accept_clash") == "1")
    return RedirectResponse(f"/meetings/{back.meeting_id}", status_code=303)
