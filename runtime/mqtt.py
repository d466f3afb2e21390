"""One connection to the broker: aiomqtt, made to take no more than its messages' handler can hold.

While more than `queue_limit` messages wait or are not confirmed, the socket is not read,
so that the rest waits at the broker. A receive maximum alone does not do it: Mosquitto
2.0.11 releases another hundred at each confirmation of a session that it knows already.
Silence is what no byte came in for: that a flood stands before an answer, or that nobody
reads just now, breaks no connection.

With `confirms_by_hand` a message is confirmed to the broker when its handler says so, in
the order of arrival (MQTT-4.6.0-2); what was not is sent again to the next session.
"""

import asyncio
import math
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import aiomqtt
from aiomqtt.types import PahoSocket
from paho.mqtt.client import Client, ConnectFlags
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from contracts import codec
from contracts.message import Message
from contracts.topics import Topic
from runtime.connecting import connect_first
from runtime.mqtt_integer import variable_integer
from runtime.session_retry import Ending
from runtime.wire_bytes import peer_of, wire_bytes

MqttError = aiomqtt.MqttError
# A line that was cut is noticed by what is not confirmed, and not by the next ping
# (tcp(7)); waiting for TCP to try again would take up to a minute.
_GIVE_UP_SILENT = (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 15_000)
_PUBACK = 0x40
_READ_AT_ONCE, _FAIR_EVERY = 64, 32
"""Messages handed out in one go, before others of the loop get their turn."""


def _nothing() -> None:
    return None


def ending_of(exc: BaseException) -> Ending:
    """Return how a connection ended, from what `take` or connecting raised."""
    cause = exc.__cause__ or exc
    code = cause.rc if isinstance(cause, aiomqtt.MqttCodeError) else None
    match code.value if isinstance(code, ReasonCode) else None:
        case 0x8E:  # MQTT 5, section 3.14.2.1
            return Ending.TAKEN_OVER
        # What paho calls a connection that was closed without a word.
        case 0x80 if not isinstance(cause, aiomqtt.exceptions.MqttConnectError):
            return Ending.CLOSED
        case _:
            return Ending.FAILED


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came; the payload is not decoded yet.

    `confirm` tells the broker that it need not be kept; of no effect where the session
    confirms by itself, nor once the connection that it came through is gone.
    """

    topic: str
    payload: bytes
    is_retained: bool
    confirm: Callable[[], None] = _nothing


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says for us once we are gone."""

    topic: Topic
    message: Message
    delay_s: int = 0


class Connection(aiomqtt.Client):
    """`take` gives one message after another."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        client_id: str | None,
        tls_context: ssl.SSLContext,
        will: Will | None,
        keepalive_s: int,
        session_expiry_s: int,
        quiet_s: float,
        queue_limit: int,
        confirms_by_hand: bool,
    ) -> None:
        """Prepare.

        Args:
            session_expiry_s: how long the broker keeps our session; 0 begins a new one.
            quiet_s: how long nothing may come in while an answer is waited for.
        """
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = session_expiry_s
        if confirms_by_hand:
            properties.ReceiveMaximum = min(queue_limit, 65535)
        super().__init__(
            host,
            port,
            identifier=client_id,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=session_expiry_s == 0,
            properties=properties,
            keepalive=keepalive_s,
            timeout=quiet_s,
            will=None if will is None else _paho_will(will),
            socket_options=[_GIVE_UP_SILENT],
            tls_context=tls_context,
            max_queued_outgoing_messages=queue_limit,
        )
        self._speak_for_ourselves()
        # The one place where paho's connecting can be given another way.
        self._client._create_socket_connection = partial(  # type: ignore[method-assign]
            connect_first, host, port, timeout_s=quiet_s
        )
        self._queue_limit = queue_limit
        self._confirms_by_hand = confirms_by_hand
        self._quiet_s = quiet_s
        self._waiting: deque[Received] = deque()
        self._has_news = asyncio.Event()
        self._failure: BaseException | None = None
        self._unconfirmed: deque[int] = deque()
        self._handled: set[int] = set()
        self._is_confirming = False
        self._received_total = 0
        self._seen_total = 0
        self._taken_in_a_row = 0
        self._reading_fd: int | None = None
        self._is_paused = False
        self.is_session_present = False
        self.filled: asyncio.Future[None] = self._loop.create_future()

    async def subscribe_all(self, filters: Sequence[tuple[str, int]]) -> None:
        """Subscribe to everything at once; a flood before the answer is no silence.

        Raises:
            aiomqtt.MqttError, TimeoutError: the broker refuses, or is silent.
        """
        asking = asyncio.ensure_future(self.subscribe(list(filters), timeout=math.inf))
        try:
            while not asking.done():
                before = self._received_total
                await asyncio.wait({asking}, timeout=self._quiet_s)
                if not asking.done() and before == self._received_total and not self._is_paused:
                    raise TimeoutError("no answer to SUBSCRIBE")
            asking.result()
        finally:
            asking.cancel()

    async def next_message(self) -> Received:
        """Return the next message.

        Raises:
            aiomqtt.MqttError: the connection is gone.
        """
        self._taken_in_a_row += 1
        if self._taken_in_a_row >= _FAIR_EVERY:
            self._taken_in_a_row = 0
            await asyncio.sleep(0)
        while not self._waiting or (self._confirms_by_hand and self._failure is not None):
            if self._failure is not None:
                raise self._failure
            self._has_news.clear()
            self._taken_in_a_row = 0
            await self._has_news.wait()
        received = self._waiting.popleft()
        if self._is_paused:
            self._resume_where_there_is_room()
        return received

    @property
    def gone(self) -> "asyncio.Future[None]":
        """Done once the connection is gone."""
        return self._disconnected

    @property
    def peer(self) -> str:
        """The address at the other end; empty: nobody is there any more."""
        return peer_of(self._client.socket())

    @property
    def wire_bytes(self) -> int:
        """How many bytes went over the line so far, with headers and both ways; 0: it is gone."""
        return wire_bytes(self._client.socket())

    def fail(self, failure: BaseException) -> None:
        """End the taking of messages with this."""
        self._failure = self._failure or failure
        self._has_news.set()

    async def __aenter__(self) -> "Connection":
        """Connect."""
        ended = self._disconnected
        await super().__aenter__()
        self._disconnected = ended  # aiomqtt forgets an end that comes right behind the CONNACK
        ended.add_done_callback(self._is_gone)
        return self

    def _is_gone(self, disconnected: "asyncio.Future[None]") -> None:
        error = aiomqtt.MqttError("Disconnected during message iteration")
        error.__cause__ = None if disconnected.cancelled() else disconnected.exception()
        self.fail(error)

    def _speak_for_ourselves(self) -> None:
        self._client._handle_publish = self._read_publish  # type: ignore[method-assign]
        # Its words on a lost connection; the session says why in its own.
        self._client.disable_logger()
        self.alert: ssl.SSLError | None = None
        self._receive = self._client._sock_recv
        self._client._sock_recv = self._receive_or_note  # type: ignore[method-assign]

    def _receive_or_note(self, bufsize: int) -> bytes:
        """Note what TLS says of the end: paho tells everybody "lost" in its place."""
        try:
            return bytes(self._receive(bufsize))
        except ssl.SSLError as exc:
            self.alert = exc
            raise

    def _confirm(self, mid: int) -> None:
        self._handled.add(mid)
        if not self._is_confirming:
            self._is_confirming = True
            self._loop.call_soon(self._send_confirmations)

    def _send_confirmations(self) -> None:
        """Confirm all that are next in order, in one write."""
        self._is_confirming = False
        packets = bytearray()
        while self._unconfirmed and self._unconfirmed[0] in self._handled:
            mid = self._unconfirmed.popleft()
            self._handled.discard(mid)
            packets += struct.pack("!BBH", _PUBACK, 2, mid)
        if packets and self._failure is None:
            self._client._packet_queue(_PUBACK, packets, 0, 1)
        if self._is_paused:
            self._resume_where_there_is_room()

    def _on_connect(
        self,
        client: Client,
        userdata: object,
        flags: ConnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        self.is_session_present = flags.session_present
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _read_publish(self) -> MQTTErrorCode:
        """Take in one PUBLISH (MQTT 5, section 3.3); paho takes three times as long.

        Its properties are passed over: nobody here uses any.
        """
        flags, body = self._client._in_packet["command"], bytes(self._client._in_packet["packet"])
        qos, mid = flags >> 1 & 3, 0
        try:
            at = 2 + int.from_bytes(body[:2], "big")
            topic = body[2:at].decode()
            if qos:
                mid, at = int.from_bytes(body[at : at + 2], "big"), at + 2
            length, at = variable_integer(body, at)
        except (IndexError, UnicodeDecodeError):
            return MQTTErrorCode.MQTT_ERR_PROTOCOL
        self._take_in(topic, body[at + length :], is_retained=bool(flags & 1), mid=mid)
        if qos and not self._confirms_by_hand:
            return self._client._send_puback(mid)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _take_in(self, topic: str, payload: bytes, *, is_retained: bool, mid: int) -> None:
        confirm = _nothing
        if mid and self._confirms_by_hand:
            self._unconfirmed.append(mid)
            confirm = partial(self._confirm, mid)
        self._received_total += 1
        self._waiting.append(Received(topic, payload, is_retained, confirm))
        self._has_news.set()
        if not self._is_paused and self._load() > self._queue_limit:
            self._pause()

    def _on_socket_open(self, client: Client, userdata: object, sock: PahoSocket) -> None:
        """Read by our own hand. Called from the thread that connects, as aiomqtt's is."""

        def look_after() -> None:
            self._misc_task = self._loop.create_task(self._misc_loop())

        self._reading_fd = sock.fileno()
        self._soon(sock, self._loop.add_reader, self._read)
        self._loop.call_soon_threadsafe(look_after)

    def _on_socket_register_write(self, client: Client, userdata: object, sock: PahoSocket) -> None:
        self._soon(sock, self._loop.add_writer, self._write)

    def _soon(
        self,
        sock: PahoSocket,
        watch: Callable[[int, Callable[[], None]], None],
        act: Callable[[], None],
    ) -> None:
        """Have the loop watch a socket, unless it is closed by the time of its turn."""

        def begin() -> None:
            if sock.fileno() >= 0:
                watch(sock.fileno(), act)

        self._loop.call_soon_threadsafe(begin)

    def _on_socket_close(self, client: Client, userdata: object, sock: PahoSocket) -> None:
        self._reading_fd = None
        super()._on_socket_close(client, userdata, sock)

    def _write(self) -> None:
        try:
            self._client.loop_write()
        except Exception as exc:  # noqa: BLE001 - as when reading
            if not self._disconnected.done():
                self._disconnected.set_exception(exc)

    def _read(self) -> None:
        """Read what is there, whole TLS records, until the queue is full."""
        is_more = True
        try:
            for _ in range(_READ_AT_ONCE):
                before = self._received_total
                self._client.loop_read()
                is_more = self._is_decoded()
                if self._is_paused or not (is_more or self._received_total > before):
                    break
        except Exception as exc:  # noqa: BLE001 - whatever it is, the connection is gone
            if not self._disconnected.done():
                self._disconnected.set_exception(exc)
            return
        if is_more and not self._is_paused:
            self._loop.call_soon(self._read)

    def _is_decoded(self) -> bool:
        """Return whether TLS holds bytes that the socket no longer shows."""
        pending = getattr(self._client.socket(), "pending", None)
        return pending is not None and pending() > 0

    def _pause(self) -> None:
        self._is_paused = True
        if not self.filled.done():
            self.filled.set_result(None)
        if self._reading_fd is not None:
            self._loop.remove_reader(self._reading_fd)

    def _load(self) -> int:
        return max(len(self._waiting), len(self._unconfirmed))

    def _resume_where_there_is_room(self) -> None:
        if self._load() > self._queue_limit // 2:
            return
        self._is_paused = False
        if self._reading_fd is not None:
            self._loop.add_reader(self._reading_fd, self._read)
            self._loop.call_soon(self._read)  # whatever TLS holds

    async def _misc_loop(self) -> None:
        while True:
            if self._is_paused or self._received_total != self._seen_total:
                self._seen_total = self._received_total
                # The answer to a ping stands behind what has not been read yet.
                self._client._ping_t = 0
                if self._is_paused:
                    self._client._last_bytes_received = asyncio.get_running_loop().time()
            if self._client.loop_misc() != 0:
                return
            await asyncio.sleep(1)


def _paho_will(will: Will) -> aiomqtt.Will:
    properties = Properties(PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]
    properties.WillDelayInterval = will.delay_s
    return aiomqtt.Will(
        will.topic.name,
        codec.encode(will.message),
        qos=will.topic.qos,
        retain=will.topic.is_retained,
        properties=properties,
    )
