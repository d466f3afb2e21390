"""No request body above one mebibyte is read, whatever its headers say; at some paths above more."""

import json
import re
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import RequestError
from controller.web.errors import body_of

MAX_BODY_BYTES = 1024 * 1024


class BodyTooLarge(RequestError):
    """A request body above the limit."""

    status = 413

    def __init__(self, most: int = MAX_BODY_BYTES) -> None:
        mib = most // 2**20
        super().__init__(
            "body_too_large",
            f"Nội dung gửi lên quá lớn (tối đa {mib} MiB).",
            f"The request body is too large (at most {mib} MiB).",
        )


class BodyLimit:
    """ASGI middleware: answers 413 and reads no further."""

    def __init__(self, app: ASGIApp, larger: Sequence[tuple[re.Pattern[str], int]] = ()) -> None:
        """Begin.

        Args:
            larger: whole paths whose requests may bring more, with how many bytes.
        """
        self._app = app
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting its bytes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most(scope["path"])
        if _declared_length(scope) > most:
            await _refuse(send, most)
            return
        received, is_refused = 0, False

        async def counted() -> Message:
            nonlocal received, is_refused
            message = await receive()
            received += len(message.get("body", b""))
            if received > most and not is_refused:
                # Answered here: frameworks turn errors of reading into answers of their own.
                is_refused = True
                await _refuse(send, most)
            if is_refused:
                raise BodyTooLarge(most)
            return message

        async def sent(message: Message) -> None:
            if not is_refused:
                await send(message)

        try:
            await self._app(scope, counted, sent)
        except BodyTooLarge:
            if not is_refused:
                raise

    def _most(self, path: str) -> int:
        found = (most for pattern, most in self._larger if pattern.fullmatch(path))
        return next(found, MAX_BODY_BYTES)


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            try:
                return numbers.whole(value.decode("latin-1"), most=2**63 - 1)
            except MalformedNumber:
                return 2**63
    return 0


async def _refuse(send: Send, most: int) -> None:
    body = json.dumps(body_of(BodyTooLarge(most)), ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": BodyTooLarge.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
