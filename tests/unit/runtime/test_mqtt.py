"""What a PUBLISH of MQTT 5 says, with and without properties, whole and spoilt."""

import asyncio
import socket
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import MQTTErrorCode

from runtime.mqtt import Connection, Received

PROPERTIES = b"\x02\x00\x00\x0e\x10\x26\x00\x01a\x00\x01b"


def variable(number: int) -> bytes:
    out = bytearray()
    while True:
        number, rest = divmod(number, 128)
        out.append(rest | (128 if number else 0))
        if not number:
            return bytes(out)


def publish(
    payload: bytes, *, topic: str = "dc/x", qos: int = 1, properties: bytes = b""
) -> bytearray:
    name, mid = topic.encode(), b"\x12\x34" if qos else b""
    head = len(name).to_bytes(2, "big") + name + mid
    return bytearray(head + variable(len(properties)) + properties + payload)


def a_connection() -> Connection:
    return Connection(
        "localhost", 8883, client_id=None, tls_context=ssl.create_default_context(), will=None,
        keepalive_s=30, session_expiry_s=0, quiet_s=5, queue_limit=10, confirms_by_hand=True,
    )  # fmt: skip


async def taken(packet: bytearray, command: int = 0x32) -> tuple[MQTTErrorCode, list[Received]]:
    connection = a_connection()
    part = {"command": command, "packet": packet}  # what of paho's state is read
    connection._client._in_packet = part  # type: ignore[assignment]
    code = connection._read_publish()
    return code, list(connection._waiting)


@pytest.mark.parametrize("properties", [b"", PROPERTIES, PROPERTIES * 20, PROPERTIES * 2000])
@pytest.mark.parametrize("qos", [0, 1])
@pytest.mark.parametrize("retain", [0, 1])
async def test_a_message_is_read_whatever_stands_before_it(properties, qos, retain):
    packet = publish(b'{"\xff"}', qos=qos, properties=properties)
    code, [received] = await taken(packet, 0x30 | qos << 1 | retain)
    assert code == MQTTErrorCode.MQTT_ERR_SUCCESS
    assert (received.topic, received.payload) == ("dc/x", b'{"\xff"}')
    assert received.is_retained == bool(retain)


@given(st.binary(max_size=40), st.sampled_from([0x30, 0x32, 0x33]))
async def test_any_bytes_are_a_message_or_a_fault_of_the_protocol(packet, command):
    code, waiting = await taken(bytearray(packet), command)
    assert (code, len(waiting)) in {
        (MQTTErrorCode.MQTT_ERR_SUCCESS, 1),
        (MQTTErrorCode.MQTT_ERR_PROTOCOL, 0),
    }


async def test_a_socket_that_is_closed_before_its_turn_is_not_watched() -> None:
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    connection = a_connection()
    with socket.socket() as sock:
        connection._on_socket_register_write(connection._client, None, sock)
        connection._on_socket_open(connection._client, None, sock)
    had_its_turn = asyncio.Event()
    asyncio.get_running_loop().call_soon(had_its_turn.set)
    await had_its_turn.wait()
    assert connection._misc_task is not None
    connection._misc_task.cancel()
    assert failures == []
