"""The console's messages to the screens of points."""

from fastapi import APIRouter, Response

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import BadRequest
from controller.meetings.acts import OfficeActs
from controller.web.page_request import Sent, acted, text_of
from controller.web.schemas import MOST_ROW_NUMBER

router = APIRouter(include_in_schema=False)


@router.post("/meetings/{meeting_id}/messages")
def send(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Show a prepared sentence, or what was typed, on a point's screen or on all."""
    text = text_of(form, "prepared") or text_of(form, "text")
    acts.send_message(meeting_id, text_of(form, "point_id") or None, text)
    return acted(acts.request, f"/meetings/{meeting_id}")


@router.post("/meetings/{meeting_id}/messages/take-back")
def take_back(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Take a message from the screens."""
    try:
        message_id = numbers.whole(text_of(form, "message_id"), most=MOST_ROW_NUMBER)
    except MalformedNumber as exc:
        raise BadRequest(
            "invalid_request",
            "Trang gửi một việc không có. Tải lại trang rồi thử lại.",
            "The page asked for something that does not exist. Reload it and try again.",
        ) from exc
    acts.take_back_message(meeting_id, message_id)
    return acted(acts.request, f"/meetings/{meeting_id}")
