"""WHIP (RFC 9725) and WHEP over HTTPS: nonces, sessions, and the errors people read.

    POST   /nonce                 a nonce for a point's proof
    POST   /whip/{meeting}        publish        POST /whep/{meeting}   play
    DELETE /session/{id}          leave          PATCH /session/{id}    ICE restart, trickle
    GET    /healthz  /metrics

A session's id is its right: 128 random bits that only its owner was told.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from contracts.tokens import b64url
from media.errors import AccessRefused, MalformedSdp, OfferRefused
from media.relay.access import Gatekeeper, JoinRequest
from media.relay.meetings import MeetingRegistry
from media.relay.request_limits import RateLimit
from media.sfu.engine import RelayEngine
from media.wire import sdp
from runtime import guard
from runtime.clock import Clock

MAX_BODY_BYTES = 64 * 1024
SDP_TYPE = "application/sdp"
FRAGMENT_TYPE = "application/trickle-ice-sdpfrag"

Handler = Callable[[Request], Awaitable[Response]]


class WhipServer:
    """The handlers; `app` is the ASGI application."""

    def __init__(
        self,
        engine: RelayEngine,
        book: MeetingRegistry,
        gatekeeper: Gatekeeper,
        clock: Clock,
        *,
        metrics: Callable[[], bytes],
        limit: RateLimit,
        allowed_origins: Sequence[str] = (),
    ) -> None:
        self.refused_total = 0
        self._engine = engine
        self._book = book
        self._gatekeeper = gatekeeper
        self._clock = clock
        self._metrics = metrics
        self._limit = limit
        self.app = Starlette(
            routes=[
                Route("/nonce", self._guarded(self._nonce), methods=["POST"]),
                Route("/whip/{meeting}", self._guarded(self._publish), methods=["POST"]),
                Route("/whep/{meeting}", self._guarded(self._play), methods=["POST"]),
                Route("/whip/{meeting}", _options, methods=["OPTIONS"]),
                Route("/whep/{meeting}", _options, methods=["OPTIONS"]),
                Route("/session/{id}", self._guarded(self._leave), methods=["DELETE"]),
                Route("/session/{id}", self._guarded(self._patch), methods=["PATCH"]),
                Route("/healthz", self._healthz, methods=["GET"]),
                Route("/metrics", self._serve_metrics, methods=["GET"]),
            ],
            middleware=[
                Middleware(
                    CORSMiddleware,
                    allow_origins=list(allowed_origins),
                    allow_methods=["POST", "PATCH", "DELETE", "OPTIONS", "GET"],
                    allow_headers=["authorization", "content-type", "if-match"],
                    expose_headers=["location", "etag", "link", "accept-patch"],
                    max_age=600,
                )
            ],
        )

    def _guarded(self, handler: Handler) -> Handler:
        """Return a handler whose refusals are answers, and which asks the limit first."""

        async def answered(request: Request) -> Response:
            refusal = _broken()
            with guard.guarded("request", path=request.url.path[:120]):
                try:
                    host = request.client.host if request.client else ""
                    if not self._limit.allows(host, now=time.monotonic()):
                        raise _too_many()
                    return await handler(request)
                except AccessRefused as exc:
                    refusal = exc
            self.refused_total += 1
            return _refusal(refusal)

        return answered

    async def _nonce(self, request: Request) -> Response:
        nonce = self._gatekeeper.new_nonce(now=self._clock.now())
        return JSONResponse({"nonce": b64url(nonce)}, headers={"Cache-Control": "no-store"})

    async def _publish(self, request: Request) -> Response:
        return await self._join(request, "publish")

    async def _play(self, request: Request) -> Response:
        return await self._join(request, "play")

    async def _join(self, request: Request, direction: Literal["publish", "play"]) -> Response:
        _check_type(request, SDP_TYPE)
        body = await _body(request)
        meeting = self._book.find(request.path_params["meeting"])
        if meeting is None:
            raise AccessRefused(
                404,
                "meeting_unknown",
                "Máy chủ chuyển tiếp không biết cuộc họp này.",
                "This relay does not know the meeting.",
            )
        grant = self._gatekeeper.admit(
            JoinRequest(
                method=request.method,
                path=request.url.path,
                body=body,
                authorization=request.headers.get("authorization", ""),
                direction=direction,
            ),
            meeting.document,
            now=self._clock.now(),
        )
        accept = self._engine.publish if direction == "publish" else self._engine.play
        try:
            session, answer = accept(meeting.router, grant.viewer, body.decode("utf-8"))
        except (MalformedSdp, OfferRefused, UnicodeDecodeError) as exc:
            raise _bad_offer(exc) from exc
        self._book.let_in(session, grant)
        headers = {
            "Location": f"/session/{session.info.id}",
            "ETag": f'"{session.info.etag}"',
            "Accept-Patch": FRAGMENT_TYPE,
        }
        return Response(answer, status_code=201, media_type=SDP_TYPE, headers=headers)

    async def _leave(self, request: Request) -> Response:
        if not self._engine.close_session(request.path_params["id"]):
            raise _unknown_session()
        return Response(status_code=200)

    async def _patch(self, request: Request) -> Response:
        """Take a client's fragment (RFC 9725, 4.3): new credentials restart ICE.

        Its candidates are not needed: a lite side answers where checks come from.
        """
        _check_type(request, FRAGMENT_TYPE)
        session = self._engine.session(request.path_params["id"])
        if session is None:
            raise _unknown_session()
        fragment = (await _body(request)).decode("utf-8", "replace")
        ufrag = _attribute(fragment, "ice-ufrag")
        if not ufrag or ufrag == session.info.remote_ufrag:
            return Response(status_code=204)
        matched = request.headers.get("if-match", "*").strip()
        if matched not in ("*", f'"{session.info.etag}"'):
            raise AccessRefused(
                412,
                "etag_outdated",
                "Phiên đã được khởi động lại bởi yêu cầu khác.",
                "The session was restarted by another request meanwhile.",
            )
        session.info.remote_ufrag = ufrag
        credentials = self._engine.restart_ice(session)
        answer = (
            "a=ice-lite\r\n"
            f"a=ice-ufrag:{credentials.ufrag}\r\na=ice-pwd:{credentials.pwd}\r\n"
            + "".join(f"{line}\r\n" for line in self._engine.candidate_lines())
            + "a=end-of-candidates\r\n"
        )
        headers = {"ETag": f'"{session.info.etag}"'}
        return Response(answer, media_type=FRAGMENT_TYPE, headers=headers)

    async def _healthz(self, request: Request) -> Response:
        return JSONResponse({"status": "ok", "sessions": len(self._engine.sessions)})

    async def _serve_metrics(self, request: Request) -> Response:
        return PlainTextResponse(self._metrics(), media_type="text/plain; version=0.0.4")


async def _options(request: Request) -> Response:
    headers = {"Accept-Post": SDP_TYPE, "Allow": "POST, OPTIONS"}
    return Response(status_code=204, headers=headers)


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise AccessRefused(
                    413,
                    "body_too_large",
                    "Nội dung gửi lên quá lớn (tối đa 64 KiB).",
                    "The body is too large (at most 64 KiB).",
                )
    except ClientDisconnect as exc:
        raise AccessRefused(400, "cut_short", "Yêu cầu bị ngắt.", "The request broke off.") from exc
    return bytes(body)


def _check_type(request: Request, expected: str) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != expected:
        raise AccessRefused(
            415,
            "content_type",
            f"Kiểu nội dung phải là {expected}.",
            f"The Content-Type must be {expected}.",
        )


def _attribute(fragment: str, name: str) -> str:
    prefix = f"a={name}:"
    for line in fragment.splitlines():
        if line.startswith(prefix) and len(line) <= sdp.MAX_ATTRIBUTE_CHARS:
            return line.removeprefix(prefix).strip()
    return ""


def _refusal(exc: AccessRefused) -> Response:
    error = {"code": exc.code, "message_vi": exc.message_vi, "message_en": exc.message_en}
    headers = {"Retry-After": "1"} if exc.status in (425, 429, 503) else {}
    if exc.status == 401:
        headers["WWW-Authenticate"] = "Bearer, Point"
    return JSONResponse({"error": error}, status_code=exc.status, headers=headers)


def _bad_offer(exc: Exception) -> AccessRefused:
    if isinstance(exc, OfferRefused):
        return AccessRefused(
            400, "offer_refused", "Không thể phục vụ lời mời kết nối (SDP) này.", exc.reason
        )
    reason = exc.reason if isinstance(exc, MalformedSdp) else "The body is not UTF-8."
    return AccessRefused(
        400, "offer_malformed", "Bản mô tả phiên (SDP) không đúng định dạng.", reason
    )


def _too_many() -> AccessRefused:
    return AccessRefused(
        429,
        "too_many_requests",
        "Quá nhiều yêu cầu từ địa chỉ này; hãy thử lại sau giây lát.",
        "Too many requests from this address; try again in a moment.",
    )


def _broken() -> AccessRefused:
    return AccessRefused(
        500,
        "internal_error",
        "Máy chủ chuyển tiếp gặp lỗi khi xử lý yêu cầu này.",
        "The relay met an error in handling this request.",
    )


def _unknown_session() -> AccessRefused:
    return AccessRefused(
        404, "session_unknown", "Phiên không tồn tại hoặc đã kết thúc.", "There is no such session."
    )
