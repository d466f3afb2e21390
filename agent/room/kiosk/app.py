"""The room's page and its local API, for browsers on this machine only.

No password stands here, so every request must name this machine in its Host header, and
a page of another origin may send nothing: a web site open in the same browser, or a name
that somebody points at 127.0.0.1, gets 403.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from agent.room.capture import Devices
from agent.room.content import SharesEnded
from agent.room.feed import LocalRelay
from agent.room.room import Capture, Room
from agent.room.screen import Screen
from agent.room.words import Language
from contracts import codec, numbers
from contracts.errors import MalformedNumber, MalformedPayload
from contracts.participants import ParticipantKind
from contracts.played import Played
from media.errors import MalformedSdp, OfferRefused
from media.sfu.session import MediaSession
from media.sfu.sizes import SENT, Size
from media.sfu.slots import Viewer

HERE = Path(__file__).parent
MAX_SINCE_MS = 2**53
LOCAL_NAMES = frozenset(("localhost", "127.0.0.1", "::1"))
EVENT_EVERY_S = 1.0
LOOK_EVERY_S = 0.2
MAX_OFFER_BYTES = 64 * 1024
_NAMES: dict[Size, Literal["high", "low"]] = {Size.HIGH: "high", Size.LOW: "low"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; media-src 'self' blob:; frame-ancestors 'none'"
)


class RehearsalWord(msgspec.Struct, frozen=True):
    """What the page says of a rehearsal: that somebody refuses it, or how the loudspeaker is."""

    rehearsal_id: Annotated[str, Meta(max_length=16)]
    said: Literal["refuse", "heard", "unheard", "failed"]


class HandWord(msgspec.Struct, frozen=True):
    """That somebody in the room asks for the floor, or asks no more."""

    is_up: bool


class ScreenEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the event stream."""

    now: datetime
    run_id: str
    language: Language
    point_name: str
    filled: list[str]
    only_sound: list[str]
    capture: Capture
    sizes: list[Literal["high", "low"]]
    may_share: bool
    shares_ended: SharesEnded
    floor_since: datetime | None
    screen: Screen


class _LocalOnly:
    """Refuses what does not come from a page of our own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_local(Request(scope)):
            refusal = _problem(
                403,
                "not_local",
                "Trang này chỉ mở được trên chính máy của phòng họp.",
                "This page opens only on the room's own machine.",
            )
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_local(request: Request) -> bool:
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    try:
        is_named = urlsplit(f"//{host}").hostname in LOCAL_NAMES
        return is_named and (origin is None or urlsplit(origin).netloc == host)
    except ValueError:  # a bracket that nothing closes
        return False


def build(room: Room, feed: LocalRelay, point_name: str) -> Starlette:
    """Return the application."""
    pages = _Pages(room, feed, point_name)
    return Starlette(
        routes=[
            Route("/", pages.index),
            Route("/healthz", pages.healthz),
            Route("/api/state", pages.state),
            Route("/api/events", pages.events),
            Route("/api/devices", pages.devices, methods=["POST"]),
            Route("/api/played", pages.played, methods=["POST"]),
            Route("/api/hand", pages.hand, methods=["POST"]),
            Route("/api/rehearsal", pages.rehearsal, methods=["POST"]),
            Route("/whep", pages.play, methods=["POST"]),
            Route("/whip", pages.publish, methods=["POST"]),
            Route("/content", pages.share, methods=["POST"]),
            Route("/session/{session_id}", pages.leave, methods=["DELETE"]),
            Mount("/static", StaticFiles(directory=HERE / "static", check_dir=False)),
        ],
        middleware=[Middleware(_LocalOnly)],
    )


class _Pages:
    """The routes: each reads, calls, answers."""

    def __init__(self, room: Room, feed: LocalRelay, point_name: str) -> None:
        self._room = room
        self._feed = feed
        self._point_name = point_name

    async def index(self, request: Request) -> Response:
        """The page itself."""
        headers = {"content-security-policy": _POLICY, "cache-control": "no-cache"}
        return FileResponse(HERE / "pages/index.html", headers=headers)

    async def healthz(self, request: Request) -> Response:
        """Whether this process serves."""
        return JSONResponse({"status": "ok"})

    async def state(self, request: Request) -> Response:
        """All that is known; `?since=` (ms since 1970) shortens the histories."""
        try:
            since = numbers.whole(request.query_params.get("since", "0"), most=MAX_SINCE_MS)
        except MalformedNumber:
            return _problem(
                400,
                "bad_since",
                "Tham số since phải là số mili giây.",
                "The parameter since must be a number of milliseconds.",
            )
        return _json(self._room.status(since))

    async def events(self, request: Request) -> Response:
        """The screen's words, on every change and once a second."""
        headers = {"cache-control": "no-store"}
        return StreamingResponse(
            _stream(self._event, self._feed.wanted_changed),
            media_type="text/event-stream",
            headers=headers,
        )

    async def devices(self, request: Request) -> Response:
        """What the page says of its camera and microphone."""
        body = await _body(request)
        try:
            self._room.page_devices = msgspec.json.decode(body or b"", type=Devices)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            return _problem(400, "bad_devices", "Không đọc được trạng thái thiết bị.", str(exc))
        self._feed.encodable = self._room.page_devices.codecs
        return Response(status_code=204)

    async def played(self, request: Request) -> Response:
        """What the page says of the pictures and sounds that it plays."""
        try:
            played = codec.decode(Played, await _body(request) or b"")
        except MalformedPayload as exc:
            return _problem(400, "bad_played", "Không đọc được số liệu phát.", str(exc))
        if not self._room.page_played.tell(played, now_s=time.monotonic()):
            return _problem(429, "too_often", "Số liệu phát gửi quá dày.", "Told too often.")
        return Response(status_code=204)

    async def rehearsal(self, request: Request) -> Response:
        """A person at the screen puts a rehearsal off, or the page has tried its loudspeaker."""
        try:
            word = msgspec.json.decode(await _body(request) or b"", type=RehearsalWord)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            return _problem(400, "bad_rehearsal", "Không đọc được yêu cầu.", str(exc))
        desk = self._room.rehearsals
        is_taken = (
            desk.refuse(word.rehearsal_id)
            if word.said == "refuse"
            else desk.tell_speaker(word.rehearsal_id, word.said)
        )
        if not is_taken:
            return _problem(
                409, "no_rehearsal", "Không có lần chạy thử này.", "There is no such rehearsal now."
            )
        return Response(status_code=204)

    async def hand(self, request: Request) -> Response:
        """Somebody in the room asks for the floor, or asks no more."""
        try:
            word = msgspec.json.decode(await _body(request) or b"", type=HandWord)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            return _problem(400, "bad_hand", "Không đọc được yêu cầu.", str(exc))
        refused = await self._room.raise_hand(is_up=word.is_up)
        if refused:
            return _problem(409, "not_asked", refused, "The floor cannot be asked for now.")
        return Response(status_code=204)

    async def play(self, request: Request) -> Response:
        """WHEP: an offer is answered with the room's slots."""
        viewer = Viewer("kiosk", ParticipantKind.PERSON)
        return await self._answer(
            request, lambda offer: self._feed.engine.play(self._feed.router, viewer, offer)
        )

    async def publish(self, request: Request) -> Response:
        """WHIP: the browser's camera and microphone, while a meeting wants them."""
        return await self._answer(request, self._feed.publish)

    async def share(self, request: Request) -> Response:
        """WHIP: what the page shares, while there is a meeting."""
        return await self._answer(request, self._feed.content.publish)

    async def _answer(
        self, request: Request, accept: Callable[[str], tuple[MediaSession, str]]
    ) -> Response:
        body = await _body(request)
        if body is None:
            return _problem(413, "too_long", "Yêu cầu quá dài.", "The offer is too long.")
        try:
            session, answer = accept(body.decode("utf-8"))
        except OfferRefused as exc:
            return _problem(exc.status, "refused", "Máy của phòng chưa nhận yêu cầu.", exc.reason)
        except (MalformedSdp, UnicodeDecodeError) as exc:
            return _problem(400, "bad_offer", "Không đọc được yêu cầu.", str(exc))
        headers = {"location": f"/session/{session.info.id}", "content-type": "application/sdp"}
        return Response(answer, 201, headers)

    async def leave(self, request: Request) -> Response:
        """WHEP: a player that goes away."""
        self._feed.engine.close_session(request.path_params["session_id"])
        return Response(status_code=204)

    def _event(self) -> ScreenEvent:
        screen = self._room.screen()
        return ScreenEvent(
            now=self._room.now(),
            run_id=self._room.run_id,
            language=self._room.words.language,
            point_name=self._point_name,
            filled=self._room.filled(),
            only_sound=self._room.only_sound(),
            capture=self._room.capture,
            sizes=[_NAMES[size] for size in SENT if size in self._feed.sizes],
            may_share=self._room.may_share,
            shares_ended=self._room.shares_ended,
            floor_since=self._room.floor_since,
            screen=screen,
        )


async def _body(request: Request) -> bytes | None:
    """Return a request's body; None: it is longer than any offer."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_OFFER_BYTES:
            return None
    return body


async def _stream(
    event: Callable[[], ScreenEvent], hurried: Callable[[], Awaitable[None]]
) -> AsyncIterator[bytes]:
    """Look every 200 ms, and at once where a picture waits for the page."""
    said: ScreenEvent | None = None
    unsaid_s = 0.0
    while True:
        now = event()
        is_changed = said is None or _without_time(now) != _without_time(said)
        if is_changed or unsaid_s >= EVENT_EVERY_S:
            said, unsaid_s = now, 0.0
            yield b"data: " + msgspec.json.encode(now) + b"\n\n"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY_S):
                await hurried()
        unsaid_s += LOOK_EVERY_S


def _without_time(event: ScreenEvent) -> ScreenEvent:
    return msgspec.structs.replace(event, now=datetime.min)  # noqa: DTZ901 - compared, not shown


def _json(value: msgspec.Struct) -> Response:
    return Response(
        msgspec.json.encode(value),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


def _problem(status: int, code: str, message_vi: str, message_en: str) -> JSONResponse:
    error = {"code": code, "message_vi": message_vi, "message_en": message_en}
    return JSONResponse({"error": error}, status_code=status)
