"""Messages to the screens of a meeting: those that stand, another one, one taken back."""

from datetime import datetime

from fastapi import APIRouter

from controller.meetings.acts import OfficeActs
from controller.meetings.messages import message_queries
from controller.meetings.refusals import found
from controller.web.deps import StateSession, Viewer, WebParts
from controller.web.schemas import Id, Input, Output, RowNumber

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/messages", tags=["meetings"])


class MessageIn(Input):
    """What a screen shall say; without a point, all of them."""

    text: str
    point_id: Id | None = None


class MessageOut(Output):
    """What a screen says, and until when."""

    message_id: int
    point_id: str | None
    text: str
    sent_at: datetime
    ends_at: datetime
    sent_by: str


class MessageSent(Output):
    """The message that was sent."""

    message_id: int


@router.get("")
def show(web: WebParts, session: StateSession, _: Viewer, meeting_id: str) -> list[MessageOut]:
    """Return what is on screens now, the newest first."""
    found(session, meeting_id)
    standing = message_queries.standing(session, meeting_id, now=web.now())
    return [MessageOut.of(one) for one in standing]


@router.post("", status_code=201)
def send(acts: OfficeActs, meeting_id: str, form: MessageIn) -> MessageSent:
    """Show a message of at most 60 letters on a point's screen, or on all, for three minutes."""
    return MessageSent(message_id=acts.send_message(meeting_id, form.point_id, form.text))


@router.delete("/{message_id}", status_code=204)
def take_back(acts: OfficeActs, meeting_id: str, message_id: RowNumber) -> None:
    """Take a message from the screens."""
    acts.take_back_message(meeting_id, message_id)
