"""The tiles of a player's session as a resource: which points the grid shows on this page."""

from starlette.requests import Request
from starlette.responses import Response

from contracts.tiles import Tiles
from media.relay import refusals
from media.relay.http_resource import Handler, message_of, nothing_to_read
from media.relay.meetings import MeetingRegistry
from media.sfu.engine import RelayEngine
from media.sfu.subscriber import Subscriber


class TilesResource:
    """What is done with /session/{id}/tiles; the session's id is the right to it."""

    def __init__(self, engine: RelayEngine, registry: MeetingRegistry) -> None:
        self._engine = engine
        self._registry = registry

    @property
    def handlers(self) -> dict[str, Handler]:
        """Its methods."""
        return {"GET": nothing_to_read, "PUT": self._put}

    async def _put(self, request: Request) -> Response:
        session = self._engine.session(request.path_params["id"])
        if session is None:
            raise refusals.unknown_session()
        wanted = await message_of(request, Tiles, refusals.bad_tiles)
        meeting = self._registry.find(session.info.router_name)
        if meeting is None or not isinstance(session, Subscriber) or not session.has_tiles:
            raise refusals.no_tiles()
        meeting.router.show_tiles(session, wanted.points)
        return Response(status_code=204)
