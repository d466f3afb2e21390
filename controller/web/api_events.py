"""The stream of events that keeps pages alive."""

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from controller.errors import RequestError
from controller.web.deps import Viewer, WebParts
from controller.web.live import STREAMS_PER_PERSON

router = APIRouter(prefix="/api/v1/events", tags=["events"])


class TooManyStreams(RequestError):
    """A person's limit of open streams."""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            "too_many_streams",
            f"Người này đã mở {STREAMS_PER_PERSON} luồng sự kiện. Đóng bớt trang ở máy khác.",
            f"This person has {STREAMS_PER_PERSON} event streams open. Close pages elsewhere.",
        )


@router.get("")
async def stream(
    web: WebParts,
    person: Viewer,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Stream events: `point`, `meeting`, `floor`, `attendance`, `relay`, `reload`."""
    if not web.hub.has_room_for(person.user_name):
        raise TooManyStreams
    return StreamingResponse(
        web.hub.stream(person.user_name, last_event_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
