"""What is read of a message beside the library, before anything is believed of it. Pure.

The keys that prove a message of v3 are made for the engine that sent it (RFC 3414, section 2.6),
so that a receiver has to have them before it looks. A message of v2c is known again by its
request id, in place of which the library puts one of its own.
"""

SEQUENCE, INTEGER, OCTETS = 0x30, 0x02, 0x04
INFORM, TRAP = 0xA6, 0xA7
V2C, V3 = b"\x01", b"\x03"
LEAST_ENGINE_OCTETS, MOST_ENGINE_OCTETS = 5, 32
"""RFC 3411, SnmpEngineID."""


def engine_of(datagram: bytes) -> bytes | None:
    """Return the authoritative engine a message names; None: it names none, or is none of v3."""
    try:
        whole, _ = _taken(datagram, SEQUENCE)
        version, rest = _taken(whole, INTEGER)
        if version != V3:
            return None
        _, rest = _taken(rest, SEQUENCE)
        parameters, _ = _taken(rest, OCTETS)
        inner, _ = _taken(parameters, SEQUENCE)
        engine, _ = _taken(inner, OCTETS)
    except (IndexError, ValueError):
        return None
    return engine if LEAST_ENGINE_OCTETS <= len(engine) <= MOST_ENGINE_OCTETS else None


def request_of(datagram: bytes) -> int | None:
    """Return the request id of a notification of v2c; None: it is none."""
    try:
        whole, _ = _taken(datagram, SEQUENCE)
        version, rest = _taken(whole, INTEGER)
        _, rest = _taken(rest, OCTETS)
        if version != V2C or rest[0] not in (INFORM, TRAP):
            return None
        pdu, _ = _taken(rest, rest[0])
        number, _ = _taken(pdu, INTEGER)
    except (IndexError, ValueError):
        return None
    return int.from_bytes(number, "big", signed=True)


def _taken(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """Return the content of the value that data begins with, and what follows it.

    Raises:
        IndexError, ValueError: there is none of this tag, or it is cut off.
    """
    if data[0] != tag:
        raise ValueError(data[0])
    size, begin = data[1], 2
    if size & 0x80:
        begin += size & 0x7F
        size = int.from_bytes(data[2:begin], "big")
    content, rest = data[begin : begin + size], data[begin + size :]
    if begin > len(data) or len(content) != size:
        raise ValueError(size)
    return content, rest
