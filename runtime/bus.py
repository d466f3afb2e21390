"""The one door to MQTT: a session that comes back by itself.

Messages are handled one after another; while `queue_limit` wait, no more are read, and
the rest waits at the broker. A handler's failure is its message's own. What cannot be
sent now raises BusDisconnected and is the caller's to keep.

With `confirms_by_hand` the broker keeps every message until its handler confirms it
(`Received.confirm`), over our end and over its own: what is not kept is not confirmed.
"""

import asyncio
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from contracts import codec
from contracts.message import Message
from contracts.topics import Topic
from runtime import tls
from runtime.errors import BusDisconnected
from runtime.guard import guarded
from runtime.mqtt import Connection, MqttError, Received, Will, ending_of
from runtime.no_session import NoSession, why
from runtime.refusal import refusal
from runtime.session_retry import Ending, SessionRetry
from runtime.settings import Host, Settings

__all__ = ["Bus", "BusSettings", "Connected", "Handler", "Received", "Will"]

_log = structlog.get_logger()

LAST_RETRY_S = 5.0
_MOST_ADDRESSES = 8
_ASK_AFTER_S = (1.0, 2.0, 3.0)
_SHUT_OUT = frozenset((NoSession.REVOKED, NoSession.EXPIRED, NoSession.REFUSED))


class BusSettings(Settings, frozen=True, kw_only=True):
    """Where the broker is and who this process is to it."""

    host: Host
    port: int = 8883
    ca_file: Path
    cert_file: Path
    key_file: Path
    client_id: str = ""
    keepalive_s: int = 30
    session_expiry_s: int = 0
    queue_limit: int = 10_000
    connect_timeout_s: float = 5.0


def _end_where_failed(client: Connection, beginning: "asyncio.Task[None]") -> None:
    if not beginning.cancelled() and (failure := beginning.exception()) is not None:
        client.fail(failure)


def _given_up(received: Received, _: Exception) -> None:
    """Confirm what its handler failed at: it would fail again."""
    received.confirm()


Handler = Callable[[Received], Awaitable[None]]
Connected = Callable[["Bus"], Awaitable[None]]


async def _nothing(_: "Bus") -> None:
    return None


def _honour_cancellation() -> None:
    """Go on being cancelled where a cancellation was swallowed on the way.

    Leaving a session whose broker no longer answers raises an error in its place, and
    asyncio.wait_for of Python 3.11 drops one that comes together with the result.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class Bus:
    """One MQTT 5 session. `run` keeps it; `publish` may be called from any task of the loop."""

    def __init__(
        self,
        settings: BusSettings,
        *,
        subscriptions: Sequence[tuple[str, int]] = (),
        on_connected: Connected = _nothing,
        on_disconnected: Connected = _nothing,
        will: Will | None = None,
        confirms_by_hand: bool = False,
        is_time_checked: Callable[[], bool] = lambda: True,
        corrected_now: Callable[[], datetime | None] | None = None,
        keepalive_s: Callable[[], int] | None = None,
        stood_at: Iterable[str] = (),
    ) -> None:
        self._settings = settings
        self._keepalive_s = keepalive_s
        self._wire_bytes_before = self._wire_bytes_now = 0
        self._subscriptions = list(subscriptions)
        self._on_connected = on_connected
        self._on_disconnected = on_disconnected
        self._will = will
        self._confirms_by_hand = confirms_by_hand
        self._has_subscribed = False
        self._is_time_checked = is_time_checked
        self._corrected_now = corrected_now
        self._client: Connection | None = None
        self._attempt: Connection | None = None
        self._why_none: NoSession | None = None
        self._retry = SessionRetry()
        self._stood_at: dict[str, None] = dict.fromkeys(stood_at)
        self._publishing: set[asyncio.Timeout] = set()

    @property
    def is_connected(self) -> bool:
        """Whether the broker holds our session now."""
        return self._client is not None

    def stood_at(self) -> tuple[str, ...]:
        """Return the IPv4 addresses at which the broker proved who it is, the last ones.

        None where it did so last at another kind of address: then of these nothing is known.
        """
        found = tuple(self._stood_at)
        return found if found and "." in found[-1] else ()

    @property
    def why_none(self) -> NoSession | None:
        """What keeps us from a session now; None: there is one, or nobody knows yet."""
        return None if self.is_connected else self._why_none

    @property
    def wire_bytes_total(self) -> int:
        """What all sessions have cost the line, with headers and both ways.

        Of one that is over what was seen last counts: ask now and then.
        """
        if (client := self._client) is not None:
            self._wire_bytes_now = max(self._wire_bytes_now, client.wire_bytes)
        return self._wire_bytes_before + self._wire_bytes_now

    async def publish(
        self, topic: Topic, message: Message | bytes, *, timeout_s: float = 10.0
    ) -> None:
        """Hand one message to the broker; with QoS 1 the broker has it when this returns.

        Raises:
            BusDisconnected: it could not be sent, or the broker did not confirm in time.
        """
        client = self._client
        if client is None:
            raise BusDisconnected(f"no session with the broker for {topic.name}")
        payload = message if isinstance(message, bytes) else codec.encode(message)
        try:
            async with asyncio.timeout(timeout_s) as limit:
                self._publishing.add(limit)
                try:
                    await client.publish(
                        topic.name,
                        payload,
                        qos=topic.qos,
                        retain=topic.is_retained,
                        timeout=timeout_s + 1,
                    )
                finally:
                    self._publishing.discard(limit)
        except (MqttError, TimeoutError) as exc:
            raise BusDisconnected(f"{topic.name}: {exc or 'not confirmed'}") from exc
        finally:
            _honour_cancellation()

    async def clear_retained(self, topic: Topic) -> None:
        """Take a retained message back from the broker.

        Raises:
            BusDisconnected: it could not be sent.
        """
        await self.publish(Topic(topic.name, 1, is_retained=True), b"")

    def begin_anew(self, reason: str) -> None:
        """End the session, if there is one, so that the next one reads its files again."""
        if self._client is not None:
            self._client.fail(MqttError(reason))

    async def run(self, handle: Handler) -> None:
        """Keep the session for ever; see session_retry for how long it waits in between."""
        while True:
            failure: Exception | None = None
            with guarded("session"):
                try:
                    await self._session(handle)
                except (MqttError, OSError, TimeoutError) as exc:
                    failure = exc
                finally:
                    self._wire_bytes_before, self._wire_bytes_now = self.wire_bytes_total, 0
                    was_connected, self._client = self._client is not None, None
                    self._give_up_publishing()
            _honour_cancellation()
            if was_connected:
                with guarded("session"):
                    await self._on_disconnected(self)
            wait_s = LAST_RETRY_S
            if failure is not None:
                with guarded("session"):
                    wait_s = await self._ended(failure)
            await asyncio.sleep(wait_s)

    async def _ended(self, exc: Exception) -> float:
        """Say why there is no session; return how long to wait."""
        ended_at_s, ending = time.monotonic(), ending_of(exc)
        alert = self._attempt.alert if self._attempt is not None else None
        self._why_none = why(alert or exc)
        if ending is Ending.TAKEN_OVER and (refused := await self._asked_for_refusal()):
            self._why_none = why(refused)
        ending, wait_s = self._retry.ended(
            Ending.SHUT_OUT if self._why_none in _SHUT_OUT else ending,
            ended_at_s,
            chance=random.random(),  # noqa: S311 - jitter
        )
        if ending in (Ending.TAKEN_OVER, Ending.THROWN_OUT):
            self._why_none = NoSession.TWIN
            _log.error(
                "bus_session_taken_over",
                meaning=ending.value,
                client_id=self._settings.client_id,
                times=self._retry.fights,
                retry_s=round(wait_s, 1),
            )
        else:
            known = self._why_none is not NoSession.OTHER
            error = self._why_none.value if known else str(exc)
            _log.warning("bus_disconnected", error=error, retry_s=round(wait_s, 1))
        return wait_s

    async def _asked_for_refusal(self) -> ssl.SSLError | None:
        """Return what speaks against our certificate: the centre ends a revoked session so.

        Asked again, since the broker may read its list only a moment after.
        """
        settings = self._settings
        for wait_s in _ASK_AFTER_S:
            await asyncio.sleep(wait_s)
            refused = await refusal(
                settings.host,
                settings.port,
                self._tls_context(),
                timeout_s=settings.connect_timeout_s,
            )
            if refused is not None:
                return refused
        return None

    def _give_up_publishing(self) -> None:
        """End the waits for confirmations: with the session gone none will come."""
        now_s = asyncio.get_running_loop().time()
        for limit in self._publishing:
            if not limit.expired():
                limit.reschedule(now_s)

    async def _session(self, handle: Handler) -> None:
        self._attempt = self._new_client()
        async with self._attempt as client:
            beginning = asyncio.create_task(self._begin(client), name="bus-begins")
            beginning.add_done_callback(partial(_end_where_failed, client))
            try:
                if not self._confirms_by_hand:
                    ways_on = {beginning, client.filled, client.gone}
                    await asyncio.wait(ways_on, return_when=asyncio.FIRST_COMPLETED)
                else:
                    await asyncio.sleep(0)
                while True:
                    received = await client.next_message()
                    with guarded("message", partial(_given_up, received), topic=received.topic):
                        await handle(received)
            finally:
                beginning.cancel()

    def _stands_at(self, address: str) -> None:
        self._stood_at.pop(address, None)
        self._stood_at[address] = None
        while len(self._stood_at) > _MOST_ADDRESSES:
            del self._stood_at[next(iter(self._stood_at))]

    async def _begin(self, client: Connection) -> None:
        """Subscribe beside the handling: before the answer comes all that has waited."""
        if self._confirms_by_hand and client.is_session_present:
            await self._begun(client)
            if self._has_subscribed:
                return
            # An earlier life may have subscribed to less.
        if self._subscriptions:
            await client.subscribe_all(self._subscriptions)
        self._has_subscribed = True
        if self._client is None:
            await self._begun(client)

    async def _begun(self, client: Connection) -> None:
        self._client = client
        self._stands_at(client.peer)
        self._retry.began(time.monotonic())
        _log.info("bus_connected", host=self._settings.host, port=self._settings.port)
        await self._on_connected(self)

    def _new_client(self) -> Connection:
        settings = self._settings
        return Connection(
            settings.host,
            settings.port,
            client_id=settings.client_id or None,
            tls_context=self._tls_context(),
            will=self._will,
            keepalive_s=self._keepalive_s() if self._keepalive_s else settings.keepalive_s,
            session_expiry_s=settings.session_expiry_s,
            quiet_s=settings.connect_timeout_s,
            queue_limit=settings.queue_limit,
            confirms_by_hand=self._confirms_by_hand,
        )

    def _tls_context(self) -> ssl.SSLContext:
        return tls.client_context(
            self._settings.ca_file,
            self._settings.cert_file,
            self._settings.key_file,
            is_time_checked=self._is_time_checked(),
            now=self._corrected_now,
        )
