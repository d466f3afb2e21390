"""The console's buttons of the queue for the floor, and of how long each speech should last."""

from fastapi import APIRouter, Response

from controller.errors import BadRequest
from controller.meetings.acts import OfficeActs
from controller.web.page_request import Sent, acted, text_of

MOST_DIGITS = 4

router = APIRouter(include_in_schema=False)


@router.post("/meetings/{meeting_id}/queue")
def note(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Note that somebody asks for the floor; `drop`: that they do no more; `restore` undoes it."""
    who, action = text_of(form, "who"), text_of(form, "action")
    if action == "restore":
        acts.restore_to_queue(meeting_id, who)
    else:
        acts.queue(meeting_id, who, is_up=action != "drop")
    return acted(acts.request, f"/meetings/{meeting_id}")


@router.post("/meetings/{meeting_id}/speech-time")
def set_speech_time(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Set how many minutes each speech should last; 0: it has no time."""
    acts.set_speech_time(meeting_id, _minutes(text_of(form, "minutes")))
    return acted(acts.request, f"/meetings/{meeting_id}")


def _minutes(typed: str) -> int:
    if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS:
        return int(typed)
    raise BadRequest(
        "invalid_request",
        "Chưa chọn thời gian mỗi lượt phát biểu. Tải lại trang rồi thử lại.",
        "No time of a speech was chosen. Reload the page and try again.",
    )
