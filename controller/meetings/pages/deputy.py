"""The console's dialog that hands a meeting over to a deputy, and the button that takes it back."""

from fastapi import APIRouter, Response

from controller.meetings.acts import OfficeActs
from controller.web.page_request import Sent, acted, text_of

router = APIRouter(include_in_schema=False)


@router.post("/meetings/{meeting_id}/chair")
def hand_over(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Let a deputy lead, or the chair again."""
    if text_of(form, "action") == "back":
        acts.take_chair_back(meeting_id)
    else:
        acts.hand_over_chair(meeting_id, text_of(form, "point_id"), text_of(form, "name"))
    return acted(acts.request, f"/meetings/{meeting_id}")
