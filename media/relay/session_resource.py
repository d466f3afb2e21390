"""A session as a resource (RFC 9725, section 4.3): leaving, ICE restarts, trickled candidates.

Candidates are not needed: a lite side answers where checks come from.
"""

from starlette.requests import Request
from starlette.responses import Response

from media.errors import MalformedSdp
from media.relay import refusals
from media.relay.http_resource import Handler, body_of, check_content_type, nothing_to_read
from media.sfu.engine import RelayEngine
from media.sfu.session import MediaSession
from media.wire import sdp_fragment
from media.wire.ice_credentials import Credentials


class SessionResource:
    """What is done with a session; its id is the right to it."""

    def __init__(self, engine: RelayEngine) -> None:
        self._engine = engine

    @property
    def handlers(self) -> dict[str, Handler]:
        """The methods of /session/{id}."""
        return {"GET": self._show, "PATCH": self._patch, "DELETE": self._leave}

    def _find(self, request: Request) -> MediaSession:
        session = self._engine.session(request.path_params["id"])
        if session is None:
            raise refusals.unknown_session()
        return session

    async def _show(self, request: Request) -> Response:
        self._find(request)
        return await nothing_to_read(request)

    async def _leave(self, request: Request) -> Response:
        self._engine.close_session(self._find(request).info.id)
        return Response(status_code=200)

    async def _patch(self, request: Request) -> Response:
        session = self._find(request)
        check_content_type(request, sdp_fragment.CONTENT_TYPE)
        body = await body_of(request)
        _check_precondition(request.headers.get("if-match"), session.info.etag)
        try:
            remote = sdp_fragment.parse(body.decode())
        except MalformedSdp as exc:
            raise refusals.bad_fragment(exc.reason) from exc
        except UnicodeDecodeError as exc:
            raise refusals.bad_fragment("The body is not UTF-8.") from exc
        if not remote.ufrag or remote.ufrag == session.info.remote_ufrag:
            return Response(status_code=204)
        if not remote.password:
            raise refusals.bad_fragment("A restart needs a=ice-pwd beside a=ice-ufrag.")
        return self._restart(session, remote)

    def _restart(self, session: MediaSession, remote: Credentials) -> Response:
        session.info.remote_ufrag = remote.ufrag
        local = self._engine.restart_ice(session, remote)
        answer = sdp_fragment.render(
            local,
            mid=session.info.mid,
            is_lite=True,
            candidates=self._engine.candidates(),
        )
        headers = {"ETag": f'"{session.info.etag}"'}
        return Response(answer, media_type=sdp_fragment.CONTENT_TYPE, headers=headers)


def _check_precondition(if_match: str | None, etag: str) -> None:
    """Check If-Match (RFC 9110, section 13.1.1): `*`, or a list that holds the ETag."""
    if if_match is None:
        raise refusals.no_precondition()
    named = [part.strip() for part in if_match.split(",")]
    if "*" not in named and f'"{etag}"' not in named:
        raise refusals.outdated()
