"""Counts and times every answer, and adds the headers that every answer has."""

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from controller.web.metrics import WebMetrics

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# Anybody may send any word as a method, and every label is kept for ever.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


# A year; browsers take it only over a connection whose certificate they believe.
_HTTPS_FOR = "max-age=31536000"


class Measured:
    """ASGI middleware. Streams are timed up to their first byte."""

    def __init__(self, app: ASGIApp, metrics: WebMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_s = time.monotonic()

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", _HTTPS_FOR)
                status = str(message["status"])
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._metrics.requests.labels(method, status).inc()
                self._metrics.request_seconds.observe(time.monotonic() - began_s)
            await send(message)

        await self._app(scope, receive, noted)
