"""No request body above one mebibyte is read, whatever its headers say."""

import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import RequestError
from controller.web.errors import body_of

MAX_BODY_BYTES = 1024 * 1024


class BodyTooLarge(RequestError):
    """A request body above the limit."""

    status = 413

    def __init__(self) -> None:
        super().__init__(
            "body_too_large",
            "Nội dung gửi lên quá lớn (tối đa 1 MiB).",
            "The request body is too large (at most 1 MiB).",
        )


class BodyLimit:
    """ASGI middleware: answers 413 and reads no further."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting its bytes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _declared_length(scope) > MAX_BODY_BYTES:
            await _refuse(send)
            return
        received, is_refused = 0, False

        async def counted() -> Message:
            nonlocal received, is_refused
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES and not is_refused:
                # Answered here: frameworks turn errors of reading into answers of their own.
                is_refused = True
                await _refuse(send)
            if is_refused:
                raise BodyTooLarge
            return message

        async def sent(message: Message) -> None:
            if not is_refused:
                await send(message)

        try:
            await self._app(scope, counted, sent)
        except BodyTooLarge:
            if not is_refused:
                raise


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            try:
                return numbers.whole(value.decode("latin-1"), most=2**63 - 1)
            except MalformedNumber:
                return MAX_BODY_BYTES + 1
    return 0


async def _refuse(send: Send) -> None:
    body = json.dumps(body_of(BodyTooLarge()), ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": BodyTooLarge.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
