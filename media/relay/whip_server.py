"""WHIP (RFC 9725) and WHEP over HTTPS: nonces and sessions.

    POST   /nonce                 a nonce for a point's proof
    POST   /whip/{meeting}        publish        POST /whep/{meeting}   play
    POST   /content/{meeting}     share a screen, beside what one publishes of oneself
    DELETE /session/{id}          leave          PATCH /session/{id}    ICE restart, trickle
    PUT    /session/{id}/tiles    which points the grid of a player shows
    POST   /trunk/{meeting}       another relay of the meeting calls
    PUT    /session/{id}/played   what is really seen and heard of what a page plays
    PUT    /session/{id}/hand     a point asks for the floor, or asks no more
    POST   /floor/{meeting}       move the floor, the centre being away      GET  who has it
    GET    /healthz               GET /metrics   (to this machine only)

A session's id is its right: 128 random bits that only its owner was told. Whether a
meeting exists is told to those alone who have proved who they are.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from contracts.ids import MeetingId
from contracts.tokens import Direction as TokenDirection
from contracts.tokens import b64url
from media.errors import AccessRefused, MalformedSdp, OfferRefused
from media.relay import refusals
from media.relay.access import NOT_ACCEPTED, Gatekeeper, JoinRequest, check_may_join
from media.relay.floor_resource import FloorResource
from media.relay.grants import Grant
from media.relay.hand_resource import HandResource
from media.relay.http_resource import (
    JSON_TYPE,
    Cors,
    Handler,
    Resource,
    body_of,
    check_accepts,
    check_content_type,
    nothing_to_read,
)
from media.relay.meetings import MeetingRegistry
from media.relay.played_resource import PlayedResource
from media.relay.relayed_meeting import RelayedMeeting
from media.relay.request_budget import RequestBudget
from media.relay.session_resource import SessionResource
from media.relay.sharing import check_may_share
from media.relay.tiles_resource import TilesResource
from media.relay.trunk_resource import TrunkResource
from media.relay.trunks import Trunks
from media.sfu.engine import RelayEngine
from media.sfu.session import Direction, MediaSession
from media.wire.sdp_fragment import CONTENT_TYPE as FRAGMENT_TYPE
from media.wire.video_codec import BASE, VIDEO_CODECS
from runtime import guard
from runtime.clock import Clock
from runtime.http_peer import is_from_this_machine

SDP_TYPE = "application/sdp"


class WhipServer:
    """The handlers; `app` is the ASGI application."""

    def __init__(
        self,
        engine: RelayEngine,
        registry: MeetingRegistry,
        gatekeeper: Gatekeeper,
        clock: Clock,
        *,
        metrics: Callable[[], bytes],
        budget: RequestBudget,
        trunks: Trunks,
        allowed_origins: Sequence[str] = (),
    ) -> None:
        self.refused: Counter[str] = Counter()  # by code
        self._engine = engine
        self._registry = registry
        self._gatekeeper = gatekeeper
        self._clock = clock
        self._metrics = metrics
        self._budget = budget
        self._trunk = TrunkResource(
            registry, trunks, partial(self._proved, direction="play", sent=JSON_TYPE)
        )
        self._floor = FloorResource(registry, self._steering)
        self.app = Starlette(
            routes=self._routes(),
            middleware=[
                Middleware(
                    Cors,
                    allow_origins=allowed_origins,
                    allow_methods=["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "GET"],
                    allow_headers=["authorization", "content-type", "if-match"],
                    expose_headers=["location", "etag", "link", "accept-patch"],
                    max_age=600,
                )
            ],
        )

    def _routes(self) -> list[Route]:
        free = self._unproved
        session, tiles, played, hand = (
            {method: self._of_session(handler) for method, handler in resource.handlers.items()}
            for resource in (
                SessionResource(self._engine),
                TilesResource(self._engine, self._registry),
                PlayedResource(self._engine),
                HandResource(self._engine, self._registry),
            )
        )
        return [
            Route("/nonce", self._resource({"POST": self._nonce})),
            Route("/whip/{meeting}", self._endpoint("publish")),
            Route("/whep/{meeting}", self._endpoint("play")),
            Route("/content/{meeting}", self._endpoint("share")),
            Route("/floor/{meeting}", self._resource(self._floor.handlers)),
            Route("/trunk/{meeting}", self._resource(self._trunk.handlers)),
            Route("/session/{id}", self._resource(session, {"Accept-Patch": FRAGMENT_TYPE})),
            Route("/session/{id}/tiles", self._resource(tiles)),
            Route("/session/{id}/played", self._resource(played)),
            Route("/session/{id}/hand", self._resource(hand)),
            Route("/healthz", self._resource({"GET": free(self._healthz)})),
            Route("/metrics", self._resource({"GET": self._serve_metrics})),
        ]

    def _endpoint(self, direction: Direction) -> Resource:
        handlers: dict[str, Handler] = {
            "POST": partial(self._join, direction=direction),
            "GET": self._unproved(nothing_to_read),
        }
        return self._resource(handlers, {"Accept-Post": SDP_TYPE})

    def _resource(
        self, handlers: Mapping[str, Handler], accepts: Mapping[str, str] | None = None
    ) -> Resource:
        guarded = {method: self._guarded(handler) for method, handler in handlers.items()}
        return Resource(guarded, accepts=accepts)

    def _guarded(self, handler: Handler) -> Handler:
        """Return a handler whose refusals and failures are answers."""

        async def answered(request: Request) -> Response:
            refusal = refusals.broken()
            with guard.guarded("request", path=_told_path(request)):
                try:
                    return await handler(request)
                except AccessRefused as exc:
                    refusal = exc
            self.refused[refusal.code] += 1
            return refusals.answer_for(refusal)

        return answered

    def _unproved(self, handler: Handler) -> Handler:
        """Return a handler that charges the address."""

        async def charged(request: Request) -> Response:
            if not self._budget.takes_unproved(_host(request), now_s=time.monotonic()):
                raise refusals.too_many()
            return await handler(request)

        return charged

    def _of_session(self, handler: Handler) -> Handler:
        """Return a handler that charges the session, or the address where there is none."""

        async def charged(request: Request) -> Response:
            session_id = request.path_params["id"]
            if self._engine.session(session_id) is None:
                return await self._unproved(handler)(request)
            if not self._budget.takes_known(session_id, now_s=time.monotonic()):
                raise refusals.too_many()
            return await handler(request)

        return charged

    async def _nonce(self, request: Request) -> Response:
        nonce = self._gatekeeper.new_nonce(now_s=time.monotonic())
        return JSONResponse({"nonce": b64url(nonce)}, headers={"Cache-Control": "no-store"})

    async def _join(self, request: Request, direction: Direction) -> Response:
        body, grant = await self._proved(request, direction)
        meeting = self._registry.find(request.path_params["meeting"])
        if meeting is None:
            raise refusals.unknown_meeting()
        try:
            check_may_join(
                grant,
                meeting.document,
                now=self._clock.now(),
                is_on=meeting.is_forwarding,
                is_over=meeting.is_over,
            )
        except AccessRefused as exc:
            if exc.code == NOT_ACCEPTED:
                self._registry.refused_certificate(meeting, grant)
            raise
        if self._registry.has_to_wait(meeting, grant):
            raise refusals.locked()
        return self._begin(meeting, grant, body, direction)

    async def _steering(self, request: Request) -> tuple[bytes, Grant]:
        """Return who would see or move the floor, and how; the floor has a budget of its own."""
        return await self._proved(request, "steer", JSON_TYPE, charge=lambda _: None)

    async def _proved(
        self,
        request: Request,
        direction: TokenDirection,
        sent: str = SDP_TYPE,
        charge: Callable[[Grant], None] | None = None,
    ) -> tuple[bytes, Grant]:
        """Return the offer and who sends it; what proves nothing is charged to the address.

        It is looked at however much its address has failed: others are behind it too.
        """
        try:
            check_accepts(request, sent)
            if request.method == "POST":
                check_content_type(request, sent)
            body = await body_of(request)
            asked = JoinRequest(
                method=request.method,
                path=request.url.path,
                body=body,
                authorization=request.headers.get("authorization", ""),
                direction=direction,
            )
            meeting_id = MeetingId(request.path_params["meeting"])
            return body, self._gatekeeper.prove(
                asked,
                meeting_id,
                now=self._clock.now(),
                now_s=time.monotonic(),
                proved=charge or self._charge,
            )
        except refusals.TooMany:
            raise
        except AccessRefused as exc:
            if not self._budget.takes_unproved(_host(request), now_s=time.monotonic()):
                raise refusals.too_many() from exc
            raise

    def _charge(self, grant: Grant) -> None:
        """Charge who has proved himself.

        A certificate that was replaced, or stolen, does not use up what the good one may.
        """
        known = f"{grant.viewer.source}:{grant.certificate_sha256}"
        if not self._budget.takes_known(known, now_s=time.monotonic()):
            raise refusals.too_many()

    def _begin(
        self, meeting: RelayedMeeting, grant: Grant, body: bytes, direction: Direction
    ) -> Response:
        load = self._engine.load
        if direction == "play" and load.is_over and not self._registry.is_in(meeting, grant.viewer):
            raise refusals.overloaded(load.lag_p95_s)
        if direction == "share":
            check_may_share(grant, meeting.document, meeting.shown())
        try:
            session, answer = self._accepted(meeting, grant, body.decode("utf-8"), direction)
        except (MalformedSdp, OfferRefused, UnicodeDecodeError) as exc:
            raise refusals.bad_offer(exc) from exc
        self._registry.let_in(session, grant)
        headers = {
            "Location": f"/session/{session.info.id}",
            "ETag": f'"{session.info.etag}"',
            "Accept-Patch": FRAGMENT_TYPE,
        }
        return Response(answer, status_code=201, media_type=SDP_TYPE, headers=headers)

    def _accepted(
        self, meeting: RelayedMeeting, grant: Grant, offer: str, direction: Direction
    ) -> tuple[MediaSession, str]:
        router = meeting.router
        if direction != "play":
            # What everybody plays is known of this relay's players alone.
            codecs = (BASE,) if meeting.is_on_several else VIDEO_CODECS
            return self._engine.publish(
                router, grant.viewer, offer, codecs=codecs, direction=direction
            )
        return self._engine.play(router, grant.viewer, offer, has_tiles=grant.sees_all)

    async def _healthz(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _serve_metrics(self, request: Request) -> Response:
        if not is_from_this_machine(request.scope):
            raise refusals.not_from_here()
        return PlainTextResponse(self._metrics(), media_type="text/plain; version=0.0.4")


def _told_path(request: Request) -> str:
    """Return a request's path as a log may have it: a session's id is the right to it."""
    session_id = request.path_params.get("id")
    path = request.url.path
    return (path.replace(session_id, "…") if session_id else path)[:120]


def _host(request: Request) -> str:
    return request.client.host if request.client else ""
