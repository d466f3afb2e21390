"""Bodies of requests lie in memory while they come: of that each address has an allowance.

A connection costs little, a mebibyte on each of a thousand does not. Small bodies, which are
nearly all, are never refused: whoever fills the allowance takes it from large ones alone.
"""

from collections import Counter
from typing import Any

from contracts.hosts import network_of
from runtime.http_door import REFUSALS, HttpLimits
from runtime.http_streams import Message, Receive, Send

RETRY_AFTER_S = 30
FREE_BYTES = 16 * 1024
_REFUSAL = "Quá nhiều dữ liệu đang gửi lên. Too much is being sent at once.\n".encode()
_EVERYONE = "*"


class BodyAllowance:
    """An ASGI application that answers 503 to a large body beyond what may lie in memory."""

    def __init__(self, app: Any, limits: HttpLimits) -> None:  # noqa: ANN401 - an ASGI application
        self._app = app
        self._limits = limits
        self._held: Counter[str] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        host = (scope.get("client") or ("",))[0]
        source, taken, is_refused, is_answered = network_of(host), 0, False, False

        async def counted() -> Message:
            nonlocal taken, is_refused
            message = await receive()
            size = len(message.get("body", b""))
            taken += size
            self._held[source] += size
            self._held[_EVERYONE] += size
            if taken > FREE_BYTES and not is_refused and not self._fits(source):
                is_refused = True
                REFUSALS.note("bodies", host)
                if not is_answered:
                    await _refuse(send)
            return {"type": "http.disconnect"} if is_refused else message

        async def sent(message: Message) -> None:
            nonlocal is_answered
            if not is_refused:
                is_answered = True
                await send(message)

        try:
            await self._app(scope, counted, sent)
        finally:
            self._give_back(source, taken)

    def _fits(self, source: str) -> bool:
        is_own = self._held[source] <= self._limits.body_bytes_per_address
        return is_own and self._held[_EVERYONE] <= self._limits.body_bytes

    def _give_back(self, source: str, taken: int) -> None:
        for name in (source, _EVERYONE):
            self._held[name] -= taken
            if not self._held[name]:
                del self._held[name]


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_REFUSAL)).encode()),
        (b"retry-after", str(RETRY_AFTER_S).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSAL})
