"""The stream of events that keeps pages alive."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from controller.errors import RequestError, StorageError
from controller.roles import Role
from controller.web.branch_events import BranchEvents
from controller.web.deps import Viewer, WebParts
from controller.web.live import STREAMS_PER_PERSON, LiveEvent
from controller.web.scope import Branches
from controller.web.signed_in import Standing, session_token

router = APIRouter(prefix="/api/v1/events", tags=["events"])
# A stream ends this long after its session at the latest.
ASK_EVERY_S = 5.0


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
    request: Request,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Stream events, each by its kind.

    `point`, `meeting`, `floor`, `attendance`, `relay`, `recording`, `lines`, `minutes`, `guest`,
    `mail`, `roll_call`, `record`, `rehearsal`, `heard`, `throughput`, `maintenance`, `incident`,
    `centre` and `reload`.
    """
    if not web.hub.has_room_for(person.user_name):
        raise TooManyStreams
    standing, token = web.part(Standing), session_token(request) or ""
    branch = BranchEvents(web.state, web.part(Branches), person.branches, web.now)
    if person.branches:
        await asyncio.to_thread(branch.look)

    def concerns(event: LiveEvent) -> bool:
        if event.kind in ("guest", "mail") and not person.may(Role.OFFICE):
            return False
        return not person.branches or branch.concern(event)

    def stands() -> bool:
        if person.branches:
            branch.look()
        return standing.stands(token, web.now())

    events = web.hub.stream(
        person.user_name, last_event_id, heartbeat_s=ASK_EVERY_S, concerns=concerns
    )
    return StreamingResponse(
        while_standing(stands, events),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def while_standing(
    stands: Callable[[], bool], events: AsyncGenerator[bytes, None]
) -> AsyncIterator[bytes]:
    """Yield events until that by which they were asked for stands no more."""
    asked_s = time.monotonic()
    async with aclosing(events):
        async for event in events:
            if time.monotonic() - asked_s >= ASK_EVERY_S:
                asked_s = time.monotonic()
                try:
                    if not await asyncio.to_thread(stands):
                        return
                except StorageError:
                    pass  # pages stay alive while the database is away
            yield event
