"""The stream of events that keeps pages alive."""

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from controller.web.deps import Viewer, WebParts

router = APIRouter(prefix="/api/v1/events", tags=["events"])


@router.get("")
async def stream(
    web: WebParts,
    _: Viewer,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Stream events: `point`, `meeting`, `floor`, `attendance`, `relay`, `reload`."""
    return StreamingResponse(
        web.hub.stream(last_event_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
