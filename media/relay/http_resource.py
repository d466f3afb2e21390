"""A resource of the relay's door: its methods, what else it answers, and what a request brings.

Every resource answers OPTIONS, and 405 with all of its methods in Allow. GET and HEAD of
WHIP's resources are answered 204 (RFC 9725, section 4.1: nothing is there to be read).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from contracts import codec
from contracts.errors import MalformedPayload
from contracts.message import Message
from media.errors import AccessRefused
from media.relay import refusals

MAX_BODY_BYTES = 64 * 1024
JSON_TYPE = "application/json"

Handler = Callable[[Request], Awaitable[Response]]
M = TypeVar("M", bound=Message)


class Resource:
    """One path as an ASGI application; HEAD is a GET without its body."""

    def __init__(
        self, handlers: Mapping[str, Handler], *, accepts: Mapping[str, str] | None = None
    ) -> None:
        """Take a handler for each method, and the Accept-... headers that OPTIONS tells."""
        self._handlers = dict(handlers)
        if "GET" in self._handlers:
            self._handlers.setdefault("HEAD", self._handlers["GET"])
        allowed = ", ".join(sorted({*self._handlers, "OPTIONS"}))
        self._told = {"Allow": allowed, **(accepts or {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        handler = self._handlers.get(request.method)
        if handler is not None:
            response = await handler(request)
        elif request.method == "OPTIONS":
            response = Response(status_code=204, headers=self._told)
        else:
            response = refusals.answer_for(refusals.wrong_method(self._told["Allow"]))
            response.headers["Allow"] = self._told["Allow"]
        if response.status_code == 415:
            for name in self._told.keys() - {"Allow"}:
                response.headers[name] = self._told[name]
        await response(scope, receive, send)


class Cors(CORSMiddleware):
    """Preflights are answered 204 without a body, whoever asks: browsers read the headers."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """Return the answer; a foreign origin's has no Access-Control-Allow-Origin."""
        judged = super().preflight_response(request_headers)
        kept = {
            name: value
            for name, value in judged.headers.items()
            if name not in ("content-length", "content-type")
        }
        return Response(status_code=204, headers=kept)


async def nothing_to_read(request: Request) -> Response:
    """Answer GET and HEAD where a later version of the protocol may have something."""
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def body_of(request: Request) -> bytes:
    """Return the request's body.

    Raises:
        AccessRefused: it is too large, or the request broke off.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise refusals.body_too_large()
    except ClientDisconnect as exc:
        raise AccessRefused(400, "cut_short", "Yêu cầu bị ngắt.", "The request broke off.") from exc
    return bytes(body)


def check_content_type(request: Request, expected: str) -> None:
    """Check the type of the body.

    Raises:
        AccessRefused: 415.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != expected:
        raise refusals.wrong_type(expected)


async def message_of(
    request: Request, kind: type[M], malformed: Callable[[str], AccessRefused]
) -> M:
    """Return the message that a request brings as JSON.

    Raises:
        AccessRefused: it is of another type, too large, or malformed.
    """
    check_content_type(request, JSON_TYPE)
    try:
        return codec.decode(kind, await body_of(request))
    except MalformedPayload as exc:
        raise malformed(str(exc)) from exc


def check_accepts(request: Request, given: str) -> None:
    """Check that the client would read an answer of this type.

    Raises:
        AccessRefused: 406.
    """
    header = request.headers.get("accept", "*/*") or "*/*"
    if not any(_covers(part, given) for part in header.split(",")):
        raise refusals.not_acceptable(given)


def _covers(part: str, given: str) -> bool:
    kind, *parameters = (word.strip().lower() for word in part.split(";"))
    if any(word.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for word in parameters):
        return False
    return kind in ("*/*", given, given.partition("/")[0] + "/*")
