"""RTCP: bytes to values and back (RFC 3550, RFC 4585, RFC 5104, RFC 7728, REMB)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from media.errors import MalformedPacket
from media.wire.rtp import Buffer
from media.wire.seqnum import difference16

SR, RR, SDES, BYE, APP, RTPFB, PSFB = 200, 201, 202, 203, 204, 205, 206
FMT_NACK, FMT_PAUSE, FMT_TRANSPORT_CC = 1, 9, 15
EMPTY_SLOTS, LESS_SENT = b"DCES", b"DCHB"
FMT_PLI, FMT_FIR, FMT_APPLICATION = 1, 4, 15
# A client's compound has a dozen packets, and asks for what one round trip has lost.
MAX_PACKETS = 32
MAX_NACK_NUMBERS = 256
FEEDBACK_HEAD = 12
NTP_EPOCH_OFFSET_S = 2_208_988_800  # from 1900 to 1970

_report = struct.Struct("!IIIIII")
_ARRIVALS = bytes((0x80 | FMT_TRANSPORT_CC, RTPFB))


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """Reception of one stream. `lsr` and `dlsr` in units of 1/65536 s, 0: none yet."""

    ssrc: int
    fraction_lost: int
    packets_lost: int
    highest_sequence: int
    jitter: int
    lsr: int = 0
    dlsr: int = 0


@dataclass(frozen=True, slots=True)
class SenderReport:
    """What a sender has sent; `ntp` in units of 2**-32 s since 1900."""

    ssrc: int
    ntp: int
    rtp_timestamp: int
    packet_count: int
    octet_count: int
    reports: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """What a receiver has received."""

    ssrc: int
    reports: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class Bye:
    """Streams that have ended."""

    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Nack:
    """Sequence numbers that are missing, each once; `unread` of the entries were too many."""

    ssrc: int
    media_ssrc: int
    missing: tuple[int, ...]
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Pli:
    """A keyframe is wanted."""

    ssrc: int
    media_ssrc: int


@dataclass(frozen=True, slots=True)
class Fir:
    """Keyframes are wanted of these streams."""

    ssrc: int
    media_ssrcs: tuple[int, ...]
    command_sequence: int = 0


class PauseKind(IntEnum):
    """What a message about a pause says (RFC 7728, section 6)."""

    PAUSE = 0
    RESUME = 1
    PAUSED = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class Pause:
    """A stream is to pause or to go on, or has paused; `pause_id` counts a stream's pauses."""

    ssrc: int
    media_ssrc: int
    kind: PauseKind
    pause_id: int


@dataclass(frozen=True, slots=True)
class Remb:
    """A receiver's estimate of what its line carries."""

    ssrc: int
    bitrate_bps: int
    media_ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EmptySlots:
    """Nothing is forwarded in these streams; what comes of them later fills them again.

    A packet of this system's own (APP, RFC 3550, section 6.7), which others pass over.
    """

    ssrc: int
    media_ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LessSent:
    """Less is sent than there is; of `media_ssrcs` nothing, though there is a picture.

    A packet of this system's own, as EmptySlots. `rung`: how much is sent, 0 to 4.
    """

    ssrc: int
    rung: int
    is_by_load: bool
    media_ssrcs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Feedback:
    """Another feedback message, its control information unread."""

    packet_type: int
    fmt: int
    ssrc: int
    media_ssrc: int
    fci: bytes


RtcpPacket = (
    SenderReport
    | ReceiverReport
    | Bye
    | Nack
    | Pli
    | Fir
    | Pause
    | Remb
    | EmptySlots
    | LessSent
    | Feedback
)


def parse(data: Buffer) -> list[RtcpPacket]:
    """Return the packets of a compound; kinds not known here (SDES, XR) are passed over.

    Raises:
        MalformedPacket: a packet is no RTCP of version 2 or is cut short, or they are
            more than MAX_PACKETS.
    """
    raw = bytes(data)
    packets: list[RtcpPacket] = []
    at = count = 0
    while at < len(raw):
        count += 1
        if count > MAX_PACKETS:
            raise MalformedPacket("RTCP", f"more than {MAX_PACKETS} packets")
        if len(raw) - at < 4 or raw[at] >> 6 != 2:
            raise MalformedPacket("RTCP", "no header of version 2")
        end = at + 4 + 4 * int.from_bytes(raw[at + 2 : at + 4])
        if end > len(raw):
            raise MalformedPacket("RTCP", "cut short")
        body = raw[at + 4 : end]
        try:
            packet = _packet(raw[at + 1], raw[at] & 0x1F, body)
        except (struct.error, IndexError) as exc:
            raise MalformedPacket("RTCP", f"type {raw[at + 1]}: {exc}") from exc
        if packet is not None:
            packets.append(packet)
        at = end
    return packets


def is_arrivals(compound: bytes) -> bool:
    """Return whether it is one transport-wide feedback message and nothing else."""
    return (
        compound[:2] == _ARRIVALS
        and len(compound) >= FEEDBACK_HEAD
        and len(compound) == 4 + 4 * int.from_bytes(compound[2:4])
    )


def _packet(packet_type: int, count: int, body: bytes) -> RtcpPacket | None:
    if packet_type == SR:
        ssrc, ntp, timestamp, packet_count, octets = struct.unpack_from("!IQIII", body)
        return SenderReport(ssrc, ntp, timestamp, packet_count, octets, _blocks(body, 24, count))
    if packet_type == RR:
        return ReceiverReport(struct.unpack_from("!I", body)[0], _blocks(body, 4, count))
    if packet_type == BYE:
        return Bye(struct.unpack_from(f"!{count}I", body))
    if packet_type == APP and body[4:8] == EMPTY_SLOTS:
        listed = (len(body) - 8) // 4
        return EmptySlots(int.from_bytes(body[:4]), struct.unpack_from(f"!{listed}I", body, 8))
    if packet_type == APP and body[4:8] == LESS_SENT:
        ssrc, rung, is_by_load = struct.unpack_from("!I4xB?2x", body)
        listed = (len(body) - 12) // 4
        return LessSent(ssrc, rung, is_by_load, struct.unpack_from(f"!{listed}I", body, 12))
    if packet_type in (RTPFB, PSFB):
        ssrc, media_ssrc = struct.unpack_from("!II", body)
        return _feedback(packet_type, count, ssrc, media_ssrc, body[8:])
    return None


def _blocks(body: bytes, at: int, count: int) -> tuple[ReportBlock, ...]:
    blocks = []
    for index in range(count):
        ssrc, lost, highest, jitter, lsr, dlsr = _report.unpack_from(body, at + index * 24)
        packets_lost = lost & 0xFFFFFF
        if packets_lost >= 0x800000:
            packets_lost -= 0x1000000
        blocks.append(ReportBlock(ssrc, lost >> 24, packets_lost, highest, jitter, lsr, dlsr))
    return tuple(blocks)


def _feedback(packet_type: int, fmt: int, ssrc: int, media_ssrc: int, fci: bytes) -> RtcpPacket:
    if packet_type == RTPFB and fmt == FMT_NACK:
        return Nack(ssrc, media_ssrc, *_unpack_nacks(fci))
    if packet_type == RTPFB and fmt == FMT_PAUSE:
        target, first, _, pause_id = struct.unpack_from("!IBBH", fci)
        if first >> 4 <= max(PauseKind):
            return Pause(ssrc, target, PauseKind(first >> 4), pause_id)
    if packet_type == PSFB and fmt == FMT_PLI:
        return Pli(ssrc, media_ssrc)
    if packet_type == PSFB and fmt == FMT_FIR:
        entries = [struct.unpack_from("!IB", fci, at) for at in range(0, len(fci), 8)]
        return Fir(ssrc, tuple(entry[0] for entry in entries), entries[0][1])
    if packet_type == PSFB and fmt == FMT_APPLICATION and fci[:4] == b"REMB":
        mantissa = int.from_bytes(fci[5:8])
        ssrcs = struct.unpack_from(f"!{fci[4]}I", fci, 8)
        return Remb(ssrc, (mantissa & 0x3FFFF) << (mantissa >> 18), ssrcs)
    return Feedback(packet_type, fmt, ssrc, media_ssrc, fci)


def _unpack_nacks(fci: bytes) -> tuple[tuple[int, ...], int]:
    """Return the numbers, and how many entries of up to 17 numbers were not read."""
    missing: dict[int, None] = {}
    entries = len(fci) // 4
    for index in range(entries):
        if len(missing) > MAX_NACK_NUMBERS - 17:
            return tuple(missing), entries - index
        first, mask = struct.unpack_from("!HH", fci, 4 * index)
        missing[first] = None
        for bit in range(16):
            if mask >> bit & 1:
                missing[(first + bit + 1) & 0xFFFF] = None
    return tuple(missing), 0


def _framed(packet_type: int, count: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, packet_type, len(body) // 4) + body


def build_sender_report(report: SenderReport) -> bytes:
    """Return SR's bytes."""
    head = struct.pack(
        "!IQIII",
        report.ssrc,
        report.ntp,
        report.rtp_timestamp,
        report.packet_count & 0xFFFFFFFF,
        report.octet_count & 0xFFFFFFFF,
    )
    return _framed(SR, len(report.reports), head + _pack_blocks(report.reports))


def build_receiver_report(report: ReceiverReport) -> bytes:
    """Return RR's bytes; at most 31 blocks."""
    head = struct.pack("!I", report.ssrc)
    return _framed(RR, len(report.reports), head + _pack_blocks(report.reports))


def _pack_blocks(blocks: Sequence[ReportBlock]) -> bytes:
    return b"".join(
        _report.pack(
            block.ssrc,
            (block.fraction_lost << 24) | (block.packets_lost & 0xFFFFFF),
            block.highest_sequence & 0xFFFFFFFF,
            block.jitter,
            block.lsr,
            block.dlsr,
        )
        for block in blocks
    )


def build_cname(ssrc: int, cname: str) -> bytes:
    """Return an SDES with one CNAME, which every compound should hold."""
    name = cname.encode()[:255]
    chunk = struct.pack("!IBB", ssrc, 1, len(name)) + name + b"\0"
    return _framed(SDES, 1, chunk + bytes(-len(chunk) % 4))


def build_nack(nack: Nack) -> bytes:
    """Return a generic NACK; `missing` ascending by age."""
    pairs: list[list[int]] = []
    for number in nack.missing:
        offset = difference16(number, pairs[-1][0]) if pairs else 0
        if 0 < offset <= 16:
            pairs[-1][1] |= 1 << (offset - 1)
        else:
            pairs.append([number, 0])
    fci = b"".join(struct.pack("!HH", first, mask) for first, mask in pairs)
    return _framed(RTPFB, FMT_NACK, struct.pack("!II", nack.ssrc, nack.media_ssrc) + fci)


def build_pli(pli: Pli) -> bytes:
    """Return PLI's bytes."""
    return _framed(PSFB, FMT_PLI, struct.pack("!II", pli.ssrc, pli.media_ssrc))


def build_pause(pause: Pause) -> bytes:
    """Return the bytes of a message about a pause, with no parameter."""
    fci = struct.pack("!IBBH", pause.media_ssrc, pause.kind << 4, 0, pause.pause_id)
    return _framed(RTPFB, FMT_PAUSE, struct.pack("!II", pause.ssrc, 0) + fci)


def build_remb(remb: Remb) -> bytes:
    """Return REMB's bytes; the rate is rounded down to 18 bits of mantissa."""
    exponent = max(0, remb.bitrate_bps.bit_length() - 18)
    mantissa = remb.bitrate_bps >> exponent
    fci = b"REMB" + bytes((len(remb.media_ssrcs),)) + ((exponent << 18) | mantissa).to_bytes(3)
    fci += struct.pack(f"!{len(remb.media_ssrcs)}I", *remb.media_ssrcs)
    return _framed(PSFB, FMT_APPLICATION, struct.pack("!II", remb.ssrc, 0) + fci)


def build_empty_slots(empty: EmptySlots) -> bytes:
    """Return a packet that names the streams in which nothing is forwarded."""
    listed = struct.pack(f"!{len(empty.media_ssrcs)}I", *empty.media_ssrcs)
    return _framed(APP, 0, empty.ssrc.to_bytes(4) + EMPTY_SLOTS + listed)


def build_less_sent(held: LessSent) -> bytes:
    """Return a packet that says how much goes over a line, and which pictures do not."""
    head = struct.pack("!I4sB?2x", held.ssrc, LESS_SENT, held.rung, held.is_by_load)
    return _framed(APP, 0, head + struct.pack(f"!{len(held.media_ssrcs)}I", *held.media_ssrcs))


def build_feedback(feedback: Feedback) -> bytes:
    """Return a feedback message whose control information is given as bytes."""
    body = struct.pack("!II", feedback.ssrc, feedback.media_ssrc) + feedback.fci
    return _framed(feedback.packet_type, feedback.fmt, body + bytes(-len(body) % 4))


def ntp_time(unix_s: float) -> int:
    """Return an instant as 64 bits of NTP time."""
    return int((unix_s + NTP_EPOCH_OFFSET_S) * 4294967296) & 0xFFFFFFFFFFFFFFFF


def middle32(ntp: int) -> int:
    """Return the middle 32 bits of NTP time, as LSR has them: units of 1/65536 s."""
    return (ntp >> 16) & 0xFFFFFFFF


def round_trip_s(block: ReportBlock, *, now_ntp: int) -> float | None:
    """Return the round trip that a report block shows; None without LSR or by a strange clock."""
    if not block.lsr:
        return None
    units = (middle32(now_ntp) - block.lsr - block.dlsr) & 0xFFFFFFFF
    return units / 65536 if units < 60 * 65536 else None
