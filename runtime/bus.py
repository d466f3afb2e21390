"""The one door to MQTT (aiomqtt): a session that comes back by itself.

Messages are handled one after another; while a handler runs, at most
`queue_limit` wait and further ones are dropped, counted and found missing later
by their sequence numbers. A handler's failure is its message's own. What cannot be
sent now raises BusDisconnected and is the caller's to keep.
"""

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiomqtt
import structlog
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from contracts import codec
from contracts.message import Message
from contracts.topics import Topic
from runtime import tls
from runtime.errors import BusDisconnected
from runtime.guard import guarded
from runtime.settings import Host, Settings

_log = structlog.get_logger()

FIRST_RETRY_S, LAST_RETRY_S = 0.5, 5.0
# A line that was cut is noticed by what is not confirmed, and not by the next ping
# (tcp(7)); waiting for TCP to try again would take up to a minute.
_GIVE_UP_SILENT = (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 15_000)


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


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came; the payload is not decoded yet."""

    topic: str
    payload: bytes
    is_retained: bool


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says for us once we are gone."""

    topic: Topic
    message: Message
    delay_s: int = 0


Handler = Callable[[Received], Awaitable[None]]
Connected = Callable[["Bus"], Awaitable[None]]


async def _nothing(_: "Bus") -> None:
    return None


def _counting_queue(bus: "Bus") -> type["asyncio.Queue[aiomqtt.Message]"]:
    """Return a queue for incoming messages that counts what does not fit into it."""

    class CountingQueue(asyncio.Queue[aiomqtt.Message]):
        def put_nowait(self, item: aiomqtt.Message) -> None:
            if self.full():
                bus.dropped_total += 1
            super().put_nowait(item)

    return CountingQueue


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
        is_time_checked: Callable[[], bool] = lambda: True,
        corrected_now: Callable[[], datetime | None] | None = None,
    ) -> None:
        self._settings = settings
        self._subscriptions = list(subscriptions)
        self._on_connected = on_connected
        self._on_disconnected = on_disconnected
        self._will = will
        self._is_time_checked = is_time_checked
        self._corrected_now = corrected_now
        self._client: aiomqtt.Client | None = None
        self._retry_s = FIRST_RETRY_S
        self._publishing: set[asyncio.Timeout] = set()
        self.dropped_total = 0

    @property
    def is_connected(self) -> bool:
        """Whether the broker holds our session now."""
        return self._client is not None

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
        except (aiomqtt.MqttError, TimeoutError) as exc:
            raise BusDisconnected(f"{topic.name}: {exc or 'not confirmed'}") from exc
        finally:
            _honour_cancellation()

    async def clear_retained(self, topic: Topic) -> None:
        """Take a retained message back from the broker.

        Raises:
            BusDisconnected: it could not be sent.
        """
        await self.publish(Topic(topic.name, 1, is_retained=True), b"")

    async def run(self, handle: Handler) -> None:
        """Keep the session for ever; retries back off to five seconds, with jitter."""
        while True:
            with guarded("session"):
                try:
                    await self._session(handle)
                except (aiomqtt.MqttError, OSError, TimeoutError) as exc:
                    _log.warning(
                        "bus_disconnected", error=str(exc), retry_s=round(self._retry_s, 1)
                    )
                finally:
                    was_connected, self._client = self._client is not None, None
                    self._give_up_publishing()
            _honour_cancellation()
            if was_connected:
                with guarded("session"):
                    await self._on_disconnected(self)
            await asyncio.sleep(self._retry_s * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
            self._retry_s = min(self._retry_s * 2, LAST_RETRY_S)

    def _give_up_publishing(self) -> None:
        """End the waits for confirmations: with the session gone none will come."""
        now_s = asyncio.get_running_loop().time()
        for limit in self._publishing:
            if not limit.expired():
                limit.reschedule(now_s)

    async def _session(self, handle: Handler) -> None:
        async with self._new_client() as client:
            for topic_filter, qos in self._subscriptions:
                await client.subscribe(topic_filter, qos=qos)
            self._client = client
            self._retry_s = FIRST_RETRY_S
            _log.info("bus_connected", host=self._settings.host, port=self._settings.port)
            await self._on_connected(self)
            async for message in client.messages:
                payload = message.payload if isinstance(message.payload, bytes) else b""
                received = Received(message.topic.value, payload, bool(message.retain))
                with guarded("message", topic=received.topic[:200]):
                    await handle(received)

    def _new_client(self) -> aiomqtt.Client:
        settings = self._settings
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = settings.session_expiry_s
        return aiomqtt.Client(
            settings.host,
            settings.port,
            identifier=settings.client_id or None,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=settings.session_expiry_s == 0,
            properties=properties,
            keepalive=settings.keepalive_s,
            timeout=settings.connect_timeout_s,
            will=self._new_will(),
            socket_options=[_GIVE_UP_SILENT],
            tls_context=tls.client_context(
                settings.ca_file,
                settings.cert_file,
                settings.key_file,
                is_time_checked=self._is_time_checked(),
                now=self._corrected_now,
            ),
            queue_type=_counting_queue(self),
            max_queued_incoming_messages=settings.queue_limit,
            max_queued_outgoing_messages=settings.queue_limit,
        )

    def _new_will(self) -> aiomqtt.Will | None:
        if self._will is None:
            return None
        properties = Properties(PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]
        properties.WillDelayInterval = self._will.delay_s
        topic = self._will.topic
        payload = codec.encode(self._will.message)
        return aiomqtt.Will(
            topic.name,
            payload,
            qos=topic.qos,
            retain=topic.is_retained,
            properties=properties,
        )
