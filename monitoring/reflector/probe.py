"""The datagrams of trains, between a point and the reflector. What asks all the time is STAMP's.

    train packet    "DP" version type=2   probe_id seq sent_ns train_id index count   mac zeros
    train both ways "DP" version type=3   as a train packet
    train answer    "DP" version type=130 probe_id seq sent_ns train_id index count
                    one arrival offset per packet                                     mac
    train back      "DP" version type=131 as a train packet; behind the answer

Everything is big-endian. The mac is the first 12 bytes of HMAC-SHA256 over all that
precedes it, by the point's own key; the zeros that give a train packet its size are
not covered. An answer is never longer than the question that asks for it: a train
packet must be at least as long as the answer to its train, and a train back has a packet
less than arrived, none longer than these. Arrival offsets are in
microseconds after the first arrival; LOST_OFFSET says that a packet did not arrive.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass

from monitoring.errors import MalformedProbe

MAGIC = b"DP"
VERSION = 1
TYPE_TRAIN = 2
TYPE_TRAIN_BOTH_WAYS = 3
TYPE_TRAIN_ANSWER = 130
TYPE_TRAIN_BACK = 131

MAC_BYTES = 12
MAX_TRAIN_ANSWER_BYTES = 256
MAX_DATAGRAM_BYTES = 1472
"""An Ethernet frame's worth over IPv4: longer ones would be fragmented."""

_TRAIN_HEADER = struct.Struct("!2sBBIIQHBB")
TRAIN_OVERHEAD_BYTES = _TRAIN_HEADER.size + MAC_BYTES
MAX_TRAIN_PACKETS = (MAX_TRAIN_ANSWER_BYTES - TRAIN_OVERHEAD_BYTES) // 4
LOST_OFFSET = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class TrainPacket:
    """One packet of a train of `count`; `index` counts from 0. `kind` is its type."""

    probe_id: int
    seq: int
    sent_ns: int
    train_id: int
    index: int
    count: int
    kind: int = TYPE_TRAIN


@dataclass(frozen=True, slots=True)
class TrainAnswer:
    """When the packets of a train arrived; None in place of one that did not.

    `seq` and `sent_ns` are those of the packet that arrived first.
    """

    probe_id: int
    seq: int
    sent_ns: int
    train_id: int
    arrivals_us: tuple[int | None, ...]


def point_key(master: bytes, probe_id: int) -> bytes:
    """Return a point's key, derived from the master key that only the centre has."""
    return hmac.digest(master, probe_id.to_bytes(4, "big"), hashlib.sha256)


def train_answer_bytes(count: int) -> int:
    """Return how long the answer to a train is, and so how long its packets at least are."""
    return TRAIN_OVERHEAD_BYTES + 4 * count


def encode_train_packet(packet: TrainPacket, key: bytes, *, size: int) -> bytes:
    """Return one packet of a train, `size` bytes long.

    Raises:
        ValueError: the size or the count is out of range.
    """
    if not 1 <= packet.count <= MAX_TRAIN_PACKETS or not 0 <= packet.index < packet.count:
        raise ValueError(f"a train has 1 to {MAX_TRAIN_PACKETS} packets")
    if not train_answer_bytes(packet.count) <= size <= MAX_DATAGRAM_BYTES:
        raise ValueError(f"{size} bytes do not fit a train of {packet.count}")
    head = _TRAIN_HEADER.pack(
        MAGIC,
        VERSION,
        packet.kind,
        packet.probe_id,
        packet.seq,
        packet.sent_ns,
        packet.train_id,
        packet.index,
        packet.count,
    )
    return (head + _mac(head, key)).ljust(size, b"\0")


def encode_train_answer(answer: TrainAnswer, key: bytes) -> bytes:
    """Return the answer to a train; `index` in it counts the packets that arrived."""
    count = len(answer.arrivals_us)
    arrived = sum(offset is not None for offset in answer.arrivals_us)
    head = _TRAIN_HEADER.pack(
        MAGIC,
        VERSION,
        TYPE_TRAIN_ANSWER,
        answer.probe_id,
        answer.seq,
        answer.sent_ns,
        answer.train_id,
        arrived,
        count,
    )
    offsets = (LOST_OFFSET if o is None else min(o, LOST_OFFSET - 1) for o in answer.arrivals_us)
    body = head + struct.pack(f"!{count}I", *offsets)
    return body + _mac(body, key)


def asker_of(datagram: bytes) -> int:
    """Return the probe_id a question claims; only `decode_question` proves it.

    Raises:
        MalformedProbe: it has not the shape of a question.
    """
    kind = _kind(datagram)
    if kind not in (TYPE_TRAIN, TYPE_TRAIN_BOTH_WAYS):
        raise MalformedProbe(f"type {kind} is no question")
    return int.from_bytes(datagram[4:8], "big")


def decode_question(datagram: bytes, key: bytes) -> TrainPacket:
    """Return the packet of a train that a point sends the reflector.

    Raises:
        MalformedProbe: it is no question, or not proved by this key.
    """
    asker_of(datagram)
    packet = _decode_train_packet(datagram, key)
    if len(datagram) < train_answer_bytes(packet.count):
        raise MalformedProbe("the answer would be longer than the question")
    return packet


def decode_answer(datagram: bytes, key: bytes) -> TrainAnswer | TrainPacket:
    """Return what the reflector answers a point, or a packet of a train back.

    Raises:
        MalformedProbe: it is no answer, or not proved by this key.
    """
    match _kind(datagram):
        case 130:
            return _decode_train_answer(datagram, key)
        case 131:
            return _decode_train_packet(datagram, key)
        case kind:
            raise MalformedProbe(f"type {kind} is no answer")


def _mac(covered: bytes, key: bytes) -> bytes:
    return hmac.digest(key, covered, hashlib.sha256)[:MAC_BYTES]


def _kind(datagram: bytes) -> int:
    if len(datagram) < TRAIN_OVERHEAD_BYTES:
        raise MalformedProbe(f"{len(datagram)} bytes are too few")
    if datagram[:2] != MAGIC:
        raise MalformedProbe("it does not begin with DP")
    if datagram[2] != VERSION:
        raise MalformedProbe(f"version {datagram[2]} is not known here")
    return datagram[3]


def _check_mac(covered: bytes, mac: bytes, key: bytes) -> None:
    if not hmac.compare_digest(_mac(covered, key), mac):
        raise MalformedProbe("its code is not by this point's key")


def _train_header(datagram: bytes) -> TrainPacket:
    kind, *fields = _TRAIN_HEADER.unpack_from(datagram)[2:]
    packet = TrainPacket(*(*fields, kind))
    if not 1 <= packet.count <= MAX_TRAIN_PACKETS:
        raise MalformedProbe(f"a train of {packet.count} packets")
    return packet


def _decode_train_packet(datagram: bytes, key: bytes) -> TrainPacket:
    packet = _train_header(datagram)
    head = datagram[: _TRAIN_HEADER.size]
    _check_mac(head, datagram[_TRAIN_HEADER.size : TRAIN_OVERHEAD_BYTES], key)
    if packet.index >= packet.count:
        raise MalformedProbe(f"packet {packet.index} of a train of {packet.count}")
    return packet


def _decode_train_answer(datagram: bytes, key: bytes) -> TrainAnswer:
    head = _train_header(datagram)
    if len(datagram) != train_answer_bytes(head.count):
        raise MalformedProbe(f"{len(datagram)} bytes for an answer of {head.count} offsets")
    _check_mac(datagram[:-MAC_BYTES], datagram[-MAC_BYTES:], key)
    offsets = struct.unpack_from(f"!{head.count}I", datagram, _TRAIN_HEADER.size)
    arrivals = tuple(None if offset == LOST_OFFSET else offset for offset in offsets)
    return TrainAnswer(head.probe_id, head.seq, head.sent_ns, head.train_id, arrivals)
