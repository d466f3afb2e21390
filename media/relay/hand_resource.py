"""The hand of a point as a resource of its session: it asks for the floor, or asks no more.

Nothing of it is kept here: the centre has the queue, and says on the room's screen which place
the room has.
"""

import time

from starlette.requests import Request
from starlette.responses import Response

from contracts.hand import Hand
from contracts.participants import ParticipantKind
from media.relay import refusals
from media.relay.http_resource import Handler, message_of, nothing_to_read
from media.relay.meetings import MeetingRegistry
from media.sfu.engine import RelayEngine
from runtime.limits import KeyedBuckets

# Every change makes everybody's page ask anew, and is a line of the log.
PER_S, BURST = 0.2, 6


class HandResource:
    """What is done with /session/{id}/hand; the session's id is the right to it."""

    def __init__(self, engine: RelayEngine, registry: MeetingRegistry) -> None:
        self._engine = engine
        self._registry = registry
        self._changes: KeyedBuckets[tuple[str, str]] = KeyedBuckets(per_s=PER_S, burst=BURST)

    @property
    def handlers(self) -> dict[str, Handler]:
        """Its methods."""
        return {"GET": nothing_to_read, "PUT": self._put}

    async def _put(self, request: Request) -> Response:
        session = self._engine.session(request.path_params["id"])
        if session is None:
            raise refusals.unknown_session()
        hand = await message_of(request, Hand, refusals.bad_hand)
        meeting = self._registry.find(session.info.router_name)
        viewer = session.info.viewer
        is_point = viewer.kind is ParticipantKind.POINT
        if meeting is None or meeting.is_echo or meeting.is_over or not is_point:
            raise refusals.no_hand()
        if not self._changes.take((meeting.router.name, viewer.subject), now_s=time.monotonic()):
            raise refusals.too_many()
        self._registry.tell_hand(meeting, viewer, is_up=hand.is_up)
        return Response(status_code=204)
