"""Bytes to message and back: JSON, so that mosquitto_sub shows what travels.

Any bytes decode to a value of the asked type or raise MalformedPayload. What decodes is
UTF-8 throughout, also in fields that are not known here and passed over: whoever keeps a
payload may keep it as text.
"""

from functools import lru_cache
from typing import TypeVar

import msgspec

from contracts.errors import MalformedPayload, UnknownSchemaVersion
from contracts.message import Message

M = TypeVar("M", bound=Message)

_encoder = msgspec.json.Encoder()


class _Version(msgspec.Struct):
    schema_version: object = None


_version_decoder = msgspec.json.Decoder(_Version)


@lru_cache(maxsize=64)
def _decoder(message_type: type[M]) -> "msgspec.json.Decoder[M]":
    return msgspec.json.Decoder(message_type)


def encode(message: Message) -> bytes:
    """Return the message as UTF-8 JSON."""
    return _encoder.encode(message)


def decode(message_type: type[M], payload: bytes | bytearray | memoryview) -> M:
    """Return the payload as a message of the given type.

    Raises:
        UnknownSchemaVersion: the payload says it is of a version not known here.
        MalformedPayload: everything else that is wrong with it, size included.
    """
    if len(payload) > message_type.max_bytes:
        raise MalformedPayload(
            message_type.__name__,
            f"{len(payload)} bytes, at most {message_type.max_bytes} are read",
        )
    try:
        # The decoder does not look into what it passes over.
        if "\0" in str(payload, "utf-8"):
            raise ValueError("a NUL character")
        message: M = _decoder(message_type).decode(payload)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as exc:
        raise _translated(message_type, payload, exc) from exc
    return message


def _translated(
    message_type: type[Message], payload: bytes | bytearray | memoryview, exc: Exception
) -> MalformedPayload:
    name = message_type.__name__
    try:
        version = _version_decoder.decode(payload).schema_version
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        return MalformedPayload(name, str(exc)[:200])
    if version not in (None, 1):
        return UnknownSchemaVersion(name, version if isinstance(version, int) else "(no number)")
    return MalformedPayload(name, str(exc)[:200])
