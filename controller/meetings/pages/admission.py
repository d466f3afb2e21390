"""The console's buttons that lock a meeting and let somebody in."""

from fastapi import APIRouter, Response

from controller.meetings.acts import OfficeActs
from controller.web.page_request import Sent, acted, text_of

router = APIRouter(include_in_schema=False)


@router.post("/meetings/{meeting_id}/lock")
def set_locked(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Have latecomers wait outside, or come in again."""
    acts.set_locked(meeting_id, is_locked=text_of(form, "locked") == "yes")
    return acted(acts.request, f"/meetings/{meeting_id}")


@router.post("/meetings/{meeting_id}/admit")
def admit(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Let somebody in who waits outside."""
    acts.admit(meeting_id, text_of(form, "who"))
    return acted(acts.request, f"/meetings/{meeting_id}")
