"""One question to a name server, and what its answer means. RFC 1035, section 4. Pure.

Of an answer its header is read, whether it is ours and how the server fared, and which IPv4
addresses it gives.
"""

import struct

from contracts.lan import DnsAnswer

_HEADER, _RECORD = struct.Struct("!6H"), struct.Struct("!2HIH")
_IS_ANSWER, _WANTS_RECURSION, _RCODE = 0x8000, 0x0100, 0x000F
_A, _NS, _IN = 1, 2, 1
_MAX_LABEL, _POINTER = 63, 0xC0
MOST_RECORDS = 32


def question(name: str) -> bytes:
    """Return what is asked: the addresses of a name; of none, who serves the root.

    Raises:
        ValueError: it is no name.
    """
    labels = name.rstrip(".").encode("ascii").split(b".") if name else []
    if not all(0 < len(label) <= _MAX_LABEL for label in labels):
        raise ValueError(f"{name!r} is not a name that can be asked for")
    encoded = b"".join(bytes((len(label),)) + label for label in labels)
    return encoded + b"\0" + struct.pack("!2H", _A if name else _NS, _IN)


def query(asked: bytes, identifier: int) -> bytes:
    """Return the datagram that asks it."""
    return _HEADER.pack(identifier, _WANTS_RECURSION, 1, 0, 0, 0) + asked


def meaning(packet: bytes, asked: bytes, identifier: int, *, is_named: bool) -> DnsAnswer | None:
    """Return what a datagram says to the question; None: it is no answer to it.

    Who asks for the root only wants to hear anything: where there is no way to the Internet,
    no server knows it.
    """
    if len(packet) < _HEADER.size:
        return None
    found, flags, questions, *_ = _HEADER.unpack_from(packet)
    if found != identifier or not flags & _IS_ANSWER:
        return None
    # Servers may give the question back in other letters, and leave it out with an error.
    echoed = packet[_HEADER.size : _HEADER.size + len(asked)]
    if questions and echoed.lower() != asked.lower():
        return None
    if not is_named:
        return "answers"
    match flags & _RCODE:
        case 0:  # no error
            return "answers"
        case 3:  # name error: it does not exist
            return "unknown_name"
        case 5:  # refused
            return "refuses"
        case _:
            return "fails"


def addresses(packet: bytes, asked: bytes) -> tuple[str, ...]:
    """Return the IPv4 addresses that an answer gives, as far as it can be read."""
    found: list[str] = []
    try:
        _, _, questions, records, *_ = _HEADER.unpack_from(packet)
        at = _HEADER.size + (len(asked) if questions else 0)
        for _ in range(min(records, MOST_RECORDS)):
            at = _after_name(packet, at)
            kind, family, _, length = _RECORD.unpack_from(packet, at)
            at += _RECORD.size + length
            if (kind, family, length) == (_A, _IN, 4):
                found.append(".".join(map(str, struct.unpack_from("!4B", packet, at - length))))
    except (IndexError, struct.error):
        pass  # cut short: what stood before counts
    return tuple(found)


def _after_name(packet: bytes, at: int) -> int:
    """Return where a name ends: with an empty label, or one that points to another place."""
    while (length := packet[at]) and length < _POINTER:
        at += 1 + length
    return at + (2 if length else 1)
