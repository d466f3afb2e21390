"""Event streams stay open for hours: of them each address has an allowance of its own."""

from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from contracts.hosts import network_of
from runtime.http_door import REFUSALS

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

RETRY_AFTER_S = 30
_REFUSAL = "Quá nhiều luồng sự kiện từ địa chỉ này. Too many event streams from this address.\n"


class StreamAllowance:
    """An ASGI application that answers 503 to an event stream beyond its address' allowance."""

    def __init__(self, app: Any, per_address: int) -> None:  # noqa: ANN401 - an ASGI application
        self._app = app
        self._per_address = per_address
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        host = (scope.get("client") or ("",))[0]
        request = _Request(send, host, self._has_room, self._open)
        try:
            await self._app(scope, receive, request.send)
        finally:
            request.close()

    def _has_room(self, source: str) -> bool:
        return self._open[source] < self._per_address


class _Request:
    """One answer on its way out; it becomes a stream when its headers say so."""

    def __init__(
        self, send: Send, host: str, has_room: Callable[[str], bool], streams: Counter[str]
    ) -> None:
        self._send = send
        self._host = host
        self._source = network_of(host)
        self._has_room = has_room
        self._streams = streams
        self._is_stream = False
        self._is_refused = False

    async def send(self, message: Message) -> None:
        if self._is_refused:
            return  # the application is told of a disconnection, as after any whole answer
        if message["type"] == "http.response.start" and _is_stream(message):
            if not self._has_room(self._source):
                await self._refuse()
                return
            self._is_stream = True
            self._streams[self._source] += 1
        await self._send(message)

    async def _refuse(self) -> None:
        self._is_refused = True
        REFUSALS.note("streams_of_address", self._host)
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"retry-after", str(RETRY_AFTER_S).encode()),
        ]
        await self._send({"type": "http.response.start", "status": 503, "headers": headers})
        await self._send({"type": "http.response.body", "body": _REFUSAL.encode()})

    def close(self) -> None:
        if self._is_stream:
            self._streams[self._source] -= 1
            if not self._streams[self._source]:
                del self._streams[self._source]


def _is_stream(start: Message) -> bool:
    headers = start.get("headers", ())
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/event-stream")
        for name, value in headers
    )
