"""uvicorn's HTTP/1.1, with a deadline on everything that a peer may take its time for.

uvicorn itself limits only how long a connection may idle after an answer. Here a request's
head and its body each have a time, counted from their beginning and not from the last byte,
and so has an answer that is not read. What is malformed is counted, not logged line by line.
"""

import asyncio
import logging
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from runtime.http_door import REFUSALS, Doorkeeper
from runtime.http_peer import plain
from runtime.http_upgrade import Upgrade

# uvicorn warns once for each malformed request; its errors, which are ours, stay.
_ERRORS_ONLY = logging.getLogger("uvicorn.error.connection")
_ERRORS_ONLY.setLevel(logging.ERROR)
_NOTHING_THERE = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: %s\r\n\r\n"


class DeadlinedH11(H11Protocol):
    """One connection."""

    def __init__(
        self,
        door: Doorkeeper,
        upgrade: Upgrade | None,
        **given: Any,  # noqa: ANN401 - uvicorn's own
    ) -> None:
        super().__init__(**given)
        self.logger = _ERRORS_ONLY
        self._door = door
        self._upgrade = upgrade
        self._peer: tuple[Any, ...] = ()
        self._phase = ""
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self.client, self.server = (
            self.client and plain(self.client),
            self.server and plain(self.server),
        )
        self._peer = transport.get_extra_info("peername") or ("",)
        self._door.shook_hands(self._peer)
        self._wait_for("head")

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop every clock."""
        self._wait_for("")
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; know what is waited for next."""
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            return  # somebody has taken it over
        if self.cycle is not None:
            self._door.spoke(self._peer)
        self._wait_for_next()

    def _should_upgrade(self) -> bool:
        """Return whether the connection is to stop being HTTP."""
        return self._upgrade is not None and self._get_upgrade() == self._upgrade.token

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over, as uvicorn would to a WebSocket's protocol."""
        upgrade = self._upgrade
        taken = None if upgrade is None else upgrade.accept(self.scope["path"])
        if taken is None or upgrade is None:
            self.transport.write(_NOTHING_THERE)
            self.transport.close()
            return
        self._wait_for("")
        self._door.spoke(self._peer)
        self.connections.discard(self)
        self.transport.write(_SWITCHED % upgrade.token)
        self.transport.set_protocol(taken)
        taken.connection_made(self.transport)
        if self.conn.trailing_data[0]:
            taken.data_received(self.conn.trailing_data[0])

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, where an answer can still be given."""
        REFUSALS.note("malformed", self._peer[0])
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            super().send_400_response(msg)
        else:
            self.transport.abort()

    def on_response_complete(self) -> None:
        """Leave the pause before the next request to uvicorn's own limit."""
        super().on_response_complete()
        self._wait_for_next()

    def pause_writing(self) -> None:
        """Begin to wait for the peer to read."""
        super().pause_writing()
        self._unread = self.loop.call_later(self._door.limits.stalled_s, self._end, "unread")

    def resume_writing(self) -> None:
        """Note that it does."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        super().resume_writing()

    def _wait_for_next(self) -> None:
        state = self.conn.their_state
        is_pause = self.cycle is not None and not self.conn.trailing_data[0]
        if state is h11.SEND_BODY:
            self._wait_for("body")
        else:
            self._wait_for("head" if state is h11.IDLE and not is_pause else "")

    def _wait_for(self, phase: str) -> None:
        if phase == self._phase:
            return
        self._phase = phase
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if phase:
            limits = self._door.limits
            after_s = limits.head_s if phase == "head" else limits.body_s
            self._deadline = self.loop.call_later(after_s, self._end, f"{phase}_late")

    def _end(self, reason: str) -> None:
        REFUSALS.note(reason, self._peer[0])
        self.transport.abort()
