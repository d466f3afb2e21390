"""RTP packets: bytes to values and back (RFC 3550, RFC 8285)."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from media.errors import MalformedPacket

HEADER_SIZE = 12
# RFC 7741, section 4.1; RFC 7587, section 4.1.
VIDEO_CLOCK_HZ, SOUND_CLOCK_HZ = 90_000, 48_000
CLOCK_HZ = {"video": VIDEO_CLOCK_HZ, "audio": SOUND_CLOCK_HZ}
# What an Ethernet frame holds after IPv6, UDP and SRTP's tag: GStreamer makes packets of 1,400.
MAX_RTP_SIZE = 1500 - 40 - 8 - 16
ONE_BYTE_PROFILE = 0xBEDE
TWO_BYTE_PROFILE = 0x1000
HAS_PADDING = 0x20  # of the first byte
# A browser has eight, of some 40 bytes together; each one is a step of Python's.
MAX_EXTENSIONS, MAX_EXTENSION_BYTES = 16, 256

_header = struct.Struct("!BBHII")
NO_EXTENSIONS: Mapping[int, bytes] = {}

Buffer = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One packet; `payload` is a view into what was parsed, without padding."""

    payload_type: int
    is_marked: bool
    sequence_number: int
    timestamp: int
    ssrc: int
    payload: Buffer
    extensions: Mapping[int, bytes]


def is_rtcp(data: Buffer) -> bool:
    """Return whether a packet of version 2 is RTCP and not RTP (RFC 5761, section 4)."""
    return len(data) >= 2 and 192 <= data[1] <= 223


def parse(data: Buffer) -> RtpPacket:
    """Return the packet.

    Raises:
        MalformedPacket: it is no RTP of version 2, shorter than it says, or has more
            extensions than anybody sends.
    """
    size = len(data)
    if size < HEADER_SIZE:
        raise MalformedPacket("RTP", f"{size} bytes")
    first, second, sequence_number, timestamp, ssrc = _header.unpack_from(data)
    if first >> 6 != 2:
        raise MalformedPacket("RTP", f"version {first >> 6}")
    start = HEADER_SIZE + 4 * (first & 0x0F)
    extensions = NO_EXTENSIONS
    if first & 0x10:
        extensions, start = _extensions(data, start)
    end = size
    if first & HAS_PADDING:
        end -= data[size - 1]
        if data[size - 1] == 0:
            raise MalformedPacket("RTP", "padding of length 0")
    if start > end:
        raise MalformedPacket("RTP", "header longer than the packet")
    return RtpPacket(
        second & 0x7F,
        second >= 0x80,
        sequence_number,
        timestamp,
        ssrc,
        data[start:end],
        extensions,
    )


def _extensions(data: Buffer, start: int) -> tuple[Mapping[int, bytes], int]:
    if len(data) < start + 4:
        raise MalformedPacket("RTP", "extension header cut short")
    profile, words = struct.unpack_from("!HH", data, start)
    begin = start + 4
    end = begin + 4 * words
    if end > len(data):
        raise MalformedPacket("RTP", "extension longer than the packet")
    if end - begin > MAX_EXTENSION_BYTES:
        raise MalformedPacket("RTP", f"{end - begin} bytes of extensions")
    block = bytes(data[begin:end])
    if profile == ONE_BYTE_PROFILE:
        return _one_byte(block), end
    if profile & 0xFFF0 == TWO_BYTE_PROFILE:
        return _two_byte(block), end
    return NO_EXTENSIONS, end


def _one_byte(block: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = elements = 0
    while at < len(block):
        if block[at] == 0:
            at += 1
            continue
        elements = _counted(elements)
        number, size = block[at] >> 4, (block[at] & 0x0F) + 1
        if number == 15:
            break  # RFC 8285, section 4.2: stop here, keep what was read
        if at + 1 + size > len(block):
            raise MalformedPacket("RTP", "extension element cut short")
        found[number] = block[at + 1 : at + 1 + size]
        at += 1 + size
    return found


def _counted(elements: int) -> int:
    if elements == MAX_EXTENSIONS:
        raise MalformedPacket("RTP", f"more than {MAX_EXTENSIONS} extensions")
    return elements + 1


def _two_byte(block: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = elements = 0
    while at < len(block):
        if block[at] == 0:
            at += 1
            continue
        elements = _counted(elements)
        if at + 2 > len(block) or at + 2 + block[at + 1] > len(block):
            raise MalformedPacket("RTP", "extension element cut short")
        found[block[at]] = block[at + 2 : at + 2 + block[at + 1]]
        at += 2 + block[at + 1]
    return found


def build(
    *,
    payload_type: int,
    sequence_number: int,
    timestamp: int,
    ssrc: int,
    payload: Buffer,
    is_marked: bool = False,
    extensions: Mapping[int, bytes] = NO_EXTENSIONS,
) -> bytes:
    """Return a packet's bytes. Extensions have ids 1 to 14 and 1 to 16 bytes each."""
    first = 0x90 if extensions else 0x80
    second = payload_type | (0x80 if is_marked else 0)
    header = _header.pack(first, second, sequence_number, timestamp, ssrc)
    if not extensions:
        return header + bytes(payload)
    block = b"".join(
        bytes(((number << 4) | (len(value) - 1),)) + value for number, value in extensions.items()
    )
    block += bytes(-len(block) % 4)
    profile = struct.pack("!HH", ONE_BYTE_PROFILE, len(block) // 4)
    return b"".join((header, profile, block, bytes(payload)))


def rebuilt(packet: RtpPacket) -> bytes:
    """Return the bytes of a packet, without its extensions."""
    return build(
        payload_type=packet.payload_type,
        sequence_number=packet.sequence_number,
        timestamp=packet.timestamp,
        ssrc=packet.ssrc,
        payload=packet.payload,
        is_marked=packet.is_marked,
    )
