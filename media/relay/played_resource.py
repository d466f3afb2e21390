"""What a player's page tells of what is really seen and heard, as a resource of its session.

It is answered with what is held back of that, so that the page can say why.
"""

import time

from starlette.requests import Request
from starlette.responses import Response

from contracts import codec
from contracts.played import Played
from media.relay import refusals
from media.relay.http_resource import JSON_TYPE, Handler, message_of, nothing_to_read
from media.sfu.engine import RelayEngine
from media.sfu.subscriber import Subscriber


class PlayedResource:
    """What is done with /session/{id}/played; the session's id is the right to it."""

    def __init__(self, engine: RelayEngine) -> None:
        self._engine = engine

    @property
    def handlers(self) -> dict[str, Handler]:
        """Its methods."""
        return {"GET": nothing_to_read, "PUT": self._put}

    async def _put(self, request: Request) -> Response:
        session = self._engine.session(request.path_params["id"])
        if session is None:
            raise refusals.unknown_session()
        played = await message_of(request, Played, refusals.bad_played)
        if not isinstance(session, Subscriber):
            raise refusals.no_player()
        if not session.told_played(played, now=time.monotonic()):
            raise refusals.too_many()
        withheld = session.withheld
        if withheld is None:
            return Response(status_code=204)
        return Response(codec.encode(withheld), media_type=JSON_TYPE)
