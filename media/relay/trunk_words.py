"""The connection of a trunk's words: TLS, four bytes of length before each, both ways.

    GET /session/{id}/words, Connection: Upgrade, Upgrade: diemcau-media    ->    101

It says something twice a second at least. Who hears nothing for a while ends it, and the
session with it: the outer relay calls again.
"""

import asyncio
import time
from collections.abc import Callable
from typing import cast

import structlog

from contracts import codec
from contracts.errors import MalformedPayload
from contracts.trunk import TrunkWords
from media.relay.trunk_end import TrunkEnd
from runtime.guard import guarded
from runtime.limits import TokenBucket

LENGTH_BYTES = 4
MOST_WAITING_BYTES = 1024 * 1024
SILENT_S = 2.5
WORDS_PER_S, WORDS_BURST = 200.0, 400.0

_log = structlog.get_logger()


def framed(words: TrunkWords) -> bytes:
    """Return words as they go on the connection."""
    payload = codec.encode(words)
    return len(payload).to_bytes(LENGTH_BYTES) + payload


class WordsLine(asyncio.Protocol):
    """One connection; it ends where what comes is no words."""

    def __init__(self, end: TrunkEnd, on_lost: Callable[[], None] = lambda: None) -> None:
        self._end = end
        self._on_lost = on_lost
        self._kept = b""
        self._budget = TokenBucket(per_s=WORDS_PER_S, burst=WORDS_BURST)
        self._transport: asyncio.Transport | None = None
        self._is_due = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say everything there is."""
        self._transport = cast("asyncio.Transport", transport)
        self._end.heard_at = time.monotonic()
        self._end.renew()
        self._end.session.on_wanted = self._soon
        self._end.on_news = self._say
        self._say()

    @property
    def is_silent(self) -> bool:
        """Whether nothing has come for a while, or never will."""
        return self._transport is None or time.monotonic() - self._end.heard_at > SILENT_S

    def _soon(self) -> None:
        """Say it once all that belongs to it has happened."""
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._say)

    def _say(self) -> None:
        self._is_due = False
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        with guarded("trunk", relay=self._end.relay):
            if transport.get_write_buffer_size() > MOST_WAITING_BYTES:
                self.close()
                return
            words = self._end.words(now=time.monotonic())
            if words is not None:
                transport.write(framed(words))

    def data_received(self, data: bytes) -> None:
        """Take what is whole."""
        self._kept += data
        with guarded("trunk", lambda exc: self.close(), relay=self._end.relay):
            while (payload := self._next()) is not None:
                now = time.monotonic()
                if not self._budget.take(now_s=now):
                    raise MalformedPayload("TrunkWords", "more a second than anybody has to say")
                self._end.take(codec.decode(TrunkWords, payload), now=now)

    def _next(self) -> bytes | None:
        size = int.from_bytes(self._kept[:LENGTH_BYTES])
        if len(self._kept) >= LENGTH_BYTES and size > TrunkWords.max_bytes:
            raise MalformedPayload("TrunkWords", f"{size} bytes")
        if len(self._kept) < LENGTH_BYTES + size or len(self._kept) < LENGTH_BYTES:
            return None
        payload = self._kept[LENGTH_BYTES : LENGTH_BYTES + size]
        self._kept = self._kept[LENGTH_BYTES + size :]
        return payload

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Say nothing any more."""
        self._transport = None
        if self._end.on_news == self._say:  # and no other connection's
            self._end.on_news = self._end.session.on_wanted = _nothing
        self._on_lost()


def _nothing() -> None:
    """Say nothing."""
