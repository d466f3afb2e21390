"""STUN binding messages as ICE uses them (RFC 8489, RFC 8445)."""

import binascii
import hmac
import ipaddress
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from contracts.hosts import Endpoint
from media.errors import MalformedPacket
from media.wire.ice_credentials import Credentials
from media.wire.rtp import Buffer

MAGIC_COOKIE = 0x2112A442
HEADER_SIZE = 20

BINDING_REQUEST = 0x0001
BINDING_INDICATION = 0x0011
BINDING_RESPONSE = 0x0101
BINDING_ERROR = 0x0111

USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
ERROR_CODE = 0x0009
XOR_MAPPED_ADDRESS = 0x0020
PRIORITY = 0x0024
USE_CANDIDATE = 0x0025
FINGERPRINT = 0x8028
ICE_CONTROLLED = 0x8029
ICE_CONTROLLING = 0x802A

ROLE_CONFLICT = 487
MAX_ATTRIBUTES = 24  # a browser's check has eight; they are read before anybody is known

_INTEGRITY_SIZE = 24
_FINGERPRINT_SIZE = 8
_FINGERPRINT_XOR = 0x5354554E
_HOSTS = 1024  # as they were read last: each asks again every few seconds


@dataclass(frozen=True, slots=True)
class StunMessage:
    """One message; `signed_size` is where MESSAGE-INTEGRITY starts, 0 without one.

    Attributes that follow MESSAGE-INTEGRITY are not read (RFC 8489, section 14.5).
    """

    message_type: int
    transaction_id: bytes
    attributes: Mapping[int, bytes]
    signed_size: int
    raw: bytes

    @property
    def username(self) -> str:
        """USERNAME, empty where there is none."""
        return self.attributes.get(USERNAME, b"").decode("utf-8", "replace")

    @property
    def is_nominating(self) -> bool:
        """Whether USE-CANDIDATE is there."""
        return USE_CANDIDATE in self.attributes

    @property
    def error_code(self) -> int | None:
        """The number of ERROR-CODE, e.g. 487."""
        value = self.attributes.get(ERROR_CODE, b"")
        return value[2] * 100 + value[3] if len(value) >= 4 else None


def parse(data: Buffer) -> StunMessage:
    """Return the message; its integrity is not checked by that.

    Raises:
        MalformedPacket: it is no STUN message, is shorter than it says, or has more
            attributes than anybody sends.
    """
    raw = bytes(data)
    if len(raw) < HEADER_SIZE:
        raise MalformedPacket("STUN", f"{len(raw)} bytes")
    message_type, size, cookie = struct.unpack_from("!HHI", raw)
    if message_type >> 14 or cookie != MAGIC_COOKIE:
        raise MalformedPacket("STUN", "no magic cookie")
    if size % 4 or size != len(raw) - HEADER_SIZE:
        raise MalformedPacket("STUN", f"says {size} bytes, has {len(raw) - HEADER_SIZE}")
    attributes: dict[int, bytes] = {}
    at, signed_size, count = HEADER_SIZE, 0, 0
    while at < len(raw):
        count += 1
        if count > MAX_ATTRIBUTES:
            raise MalformedPacket("STUN", f"more than {MAX_ATTRIBUTES} attributes")
        kind, length = struct.unpack_from("!HH", raw, at)
        value = raw[at + 4 : at + 4 + length]
        if len(value) < length:
            raise MalformedPacket("STUN", "attribute cut short")
        attributes.setdefault(kind, value)
        if kind == MESSAGE_INTEGRITY:
            signed_size = at
            break
        at += 4 + length + (-length % 4)
    return StunMessage(message_type, raw[8:20], attributes, signed_size, raw)


def is_signed_by(message: StunMessage, password: str) -> bool:
    """Return whether MESSAGE-INTEGRITY is there and made with the password."""
    if not message.signed_size:
        return False
    expected = _integrity(message.raw[: message.signed_size], password)
    return hmac.compare_digest(expected, message.attributes[MESSAGE_INTEGRITY])


def mapped_address(message: StunMessage) -> Endpoint | None:
    """Return XOR-MAPPED-ADDRESS, None where there is none that can be read."""
    value = message.attributes.get(XOR_MAPPED_ADDRESS, b"")
    if len(value) not in (8, 20):
        return None
    port = int.from_bytes(value[2:4]) ^ (MAGIC_COOKIE >> 16)
    mask = MAGIC_COOKIE.to_bytes(4) + message.transaction_id
    packed = bytes(a ^ b for a, b in zip(value[4:], mask, strict=False))
    return str(ipaddress.ip_address(packed)), port


def build_request(
    *,
    transaction_id: bytes,
    own: Credentials,
    other: Credentials,
    priority: int,
    tie_breaker: int,
    is_controlling: bool,
    is_nominating: bool = False,
) -> bytes:
    """Return a connectivity check (RFC 8445, section 7.2.2)."""
    role = ICE_CONTROLLING if is_controlling else ICE_CONTROLLED
    attributes = [
        (USERNAME, f"{other.ufrag}:{own.ufrag}".encode()),
        (PRIORITY, struct.pack("!I", priority)),
        (role, struct.pack("!Q", tie_breaker)),
    ]
    if is_nominating:
        attributes.append((USE_CANDIDATE, b""))
    return _signed(BINDING_REQUEST, transaction_id, attributes, other.password)


def build_response(*, transaction_id: bytes, mapped: Endpoint, password: str) -> bytes:
    """Return the answer to a check that came from `mapped`."""
    attributes = [(XOR_MAPPED_ADDRESS, _xor_address(mapped, transaction_id))]
    return _signed(BINDING_RESPONSE, transaction_id, attributes, password)


def build_error(*, transaction_id: bytes, code: int, reason: str, password: str) -> bytes:
    """Return an error answer to a check."""
    value = struct.pack("!HBB", 0, code // 100, code % 100) + reason.encode()
    return _signed(BINDING_ERROR, transaction_id, [(ERROR_CODE, value)], password)


def _xor_address(address: Endpoint, transaction_id: bytes) -> bytes:
    packed = _packed(address[0])
    size = len(packed)
    mask = int.from_bytes((MAGIC_COOKIE.to_bytes(4) + transaction_id)[:size])
    mixed = (int.from_bytes(packed) ^ mask).to_bytes(size)
    family = 1 if size == 4 else 2
    return struct.pack("!BBH", 0, family, address[1] ^ (MAGIC_COOKIE >> 16)) + mixed


@lru_cache(maxsize=_HOSTS)
def _packed(host: str) -> bytes:
    """Return an address without its zone, and IPv4 as itself on a socket for both families."""
    parsed = ipaddress.ip_address(host.partition("%")[0])
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).packed


def _signed(
    message_type: int, transaction_id: bytes, attributes: list[tuple[int, bytes]], password: str
) -> bytes:
    body = b"".join(
        struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)
        for kind, value in attributes
    )
    head = struct.pack("!HHI", message_type, len(body), MAGIC_COOKIE) + transaction_id
    message = head + body
    digest = _integrity(message, password)
    message = _resized(message, len(body) + _INTEGRITY_SIZE)
    message += struct.pack("!HH", MESSAGE_INTEGRITY, len(digest)) + digest
    message = _resized(message, len(body) + _INTEGRITY_SIZE + _FINGERPRINT_SIZE)
    checksum = binascii.crc32(message) ^ _FINGERPRINT_XOR
    return message + struct.pack("!HHI", FINGERPRINT, 4, checksum)


def _resized(message: bytes, size: int) -> bytes:
    return message[:2] + struct.pack("!H", size) + message[4:]


def _integrity(unsigned: bytes, password: str) -> bytes:
    # The length field counts MESSAGE-INTEGRITY itself (RFC 8489, section 14.5).
    size = len(unsigned) - HEADER_SIZE + _INTEGRITY_SIZE
    return hmac.digest(password.encode(), _resized(unsigned, size), "sha1")
