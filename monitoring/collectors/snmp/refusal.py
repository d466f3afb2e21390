"""What of an SNMP v3 user was not accepted: one message without keys, and the report it brings.

A receiver looks at the user before the level and at the level before the signature (RFC 3414,
section 3.2), so that a question without signature tells an unknown user from a wrong key.
"""

import asyncio
import socket

from monitoring.errors import RefusedFor

# 1.3.6.1.6.3.15.1.1.3.0, usmStatsUnknownUserNames, as it stands in the report.
_UNKNOWN_USER = bytes((0x06, 0x0A, 0x2B, 6, 1, 6, 3, 15, 1, 1, 3, 0))
_SEQUENCE, _INTEGER, _OCTETS, _GET = 0x30, 0x02, 0x04, 0xA0
_MAX_MESSAGE = 65_507
QUESTION_ID = 7701
_REPORTABLE = 4
_USM = 3
_SHORT = 0x80


def question(engine_id: bytes, user: str, *, message_id: int) -> bytes:
    """Return a GetRequest for nothing of this user, unsigned and reportable. RFC 3412, 3414."""
    header = _whole(message_id) + _whole(_MAX_MESSAGE) + _octets(bytes((_REPORTABLE,)))
    header += _whole(_USM)
    usm = _octets(engine_id) + _whole(0) + _whole(0) + _octets(user.encode())
    usm += _octets(b"") + _octets(b"")
    request = _whole(message_id) + _whole(0) + _whole(0) + _tagged(_SEQUENCE, b"")
    scoped = _octets(engine_id) + _octets(b"") + _tagged(_GET, request)
    return _tagged(
        _SEQUENCE,
        _whole(3)
        + _tagged(_SEQUENCE, header)
        + _octets(_tagged(_SEQUENCE, usm))
        + _tagged(_SEQUENCE, scoped),
    )


def refused_for(report: bytes | None) -> RefusedFor:
    """Return what the report to `question` blames, where keys were refused before."""
    if report is None:
        return RefusedFor.UNKNOWN
    return RefusedFor.USER if _UNKNOWN_USER in report else RefusedFor.AUTH_KEY


async def exchanged(place: tuple[str, int], message: bytes, *, timeout_s: float) -> bytes | None:
    """Return the first datagram that a device answers; None where it answers none in time."""
    family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
    loop = asyncio.get_running_loop()
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        try:
            async with asyncio.timeout(timeout_s):
                await loop.sock_connect(asking, place)
                await loop.sock_sendall(asking, message)
                return await loop.sock_recv(asking, _MAX_MESSAGE)
        except OSError:
            return None


def _tagged(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < _SHORT:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT | len(octets))) + octets + content


def _whole(value: int) -> bytes:
    return _tagged(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _octets(content: bytes) -> bytes:
    return _tagged(_OCTETS, content)
