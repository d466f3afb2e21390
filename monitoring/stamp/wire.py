"""STAMP test packets (RFC 8762, section 4), with the session's identifier of RFC 8972. Pure.

    authenticated, 112 bytes                       unauthenticated, 44 bytes
     0 sequence number                              0 sequence number
     4 zeros                                        4 timestamp
    16 timestamp                                   12 error estimate
    24 error estimate                              14 session identifier
    26 session identifier                          16 received        in an answer only, as all
    32 received          in an answer only, as     24 sender's sequence number         below
    48 sender's number       all below; a          28 sender's timestamp
    64 sender's timestamp    sender leaves         36 sender's error estimate
    72 sender's estimate     zeros                 40 sender's time to live
    80 sender's time to live
    96 HMAC: the first 16 bytes of HMAC-SHA-256 over the 96 before it (section 4.4)

Everything is big-endian. A timestamp is NTP's (seconds since 1900 and a binary fraction) or, where
the Z bit of the estimate beside it says so, PTPv2's (seconds and nanoseconds). A key makes a packet
an authenticated one; None, one that anybody could have made.
"""

import hmac
import struct
from dataclasses import dataclass
from functools import lru_cache

from msgspec import Struct

from monitoring.errors import MalformedProbe

AUTHENTICATED_BYTES, UNAUTHENTICATED_BYTES = 112, 44
HMAC_BYTES = 16
KEYS_KEPT = 512
"""Of a province's points, and those of a key that changes."""
UNKNOWN_TTL = 255
SEQ_MASK = 0xFFFFFFFF
ASIDE_SEQ = 2**32 - 1
"""Of a question beside a point's session: which of the reflector's addresses answers?"""

_COVERED_BYTES = AUTHENTICATED_BYTES - HMAC_BYTES
_SECOND_NS = 1_000_000_000
_HALF_RANGE = 0x80000000
# RFC 5905, section 6: NTP counts from 1900.
_FROM_1900_S = 2_208_988_800
_SYNCHRONISED, _PTP = 0x8000, 0x4000

_UINT = struct.Struct("!I")
_STAMP = struct.Struct("!IIHH")
"""Timestamp, error estimate, session identifier."""
_TIME = struct.Struct("!II")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are in a packet of one mode."""

    stamp: int
    received: int
    sender_seq: int
    sender_stamp: int
    ttl: int
    size: int


_LAYOUTS = {
    True: _Layout(16, 32, 48, 64, 80, AUTHENTICATED_BYTES),
    False: _Layout(4, 16, 24, 28, 40, UNAUTHENTICATED_BYTES),
}
_ESTIMATE_AND_TIME_BYTES = 10


class ErrorEstimate(Struct, frozen=True, gc=False):
    """How far a clock may be trusted (RFC 4656, section 4.1.2, and RFC 8186 for the Z bit).

    The error is `multiplier` · 2^(`scale` - 32) seconds; a multiplier is never 0.
    """

    is_synchronised: bool = False
    is_ptp: bool = False
    scale: int = 63
    multiplier: int = 255

    @property
    def error_ns(self) -> int:
        """The error in whole nanoseconds."""
        return int(self.multiplier * 2.0 ** (self.scale - 32) * _SECOND_NS)


class StampQuestion(Struct, frozen=True, gc=False):
    """What a sender sends; `ssid` 0: it gives its session no name."""

    seq: int
    sent_ns: int
    ssid: int = 0
    error: ErrorEstimate = ErrorEstimate()


class StampAnswer(Struct, frozen=True, gc=False):
    """What a reflector sends back; `ttl`: with what the question arrived."""

    seq: int
    sent_ns: int
    received_ns: int
    sender_seq: int
    sender_sent_ns: int
    ssid: int = 0
    error: ErrorEstimate = ErrorEstimate()
    sender_error: ErrorEstimate = ErrorEstimate()
    ttl: int = UNKNOWN_TTL


def estimate_of(error_ns: int | None, *, is_ptp: bool = False) -> ErrorEstimate:
    """Return the least estimate that covers an error; None: nobody keeps the clock right."""
    if error_ns is None:
        return ErrorEstimate(is_ptp=is_ptp)
    units = max(1, -(-(max(0, error_ns) << 32) // _SECOND_NS))
    scale = max(0, units.bit_length() - 8)
    multiplier = -(-units >> scale)
    if multiplier > 255:
        scale, multiplier = scale + 1, 128
    return ErrorEstimate(True, is_ptp, min(scale, 63), multiplier)


def encode_question(question: StampQuestion, key: bytes | None) -> bytes:
    """Return a sender's packet (sections 4.2.1 and 4.2.2)."""
    layout = _LAYOUTS[key is not None]
    packet = bytearray(layout.size)
    _UINT.pack_into(packet, 0, question.seq & SEQ_MASK)
    _put_stamp(packet, layout, question.sent_ns, question.error, question.ssid)
    return _sealed(packet, key)


def encode_answer(
    question: bytes,
    *,
    seq: int,
    received_ns: int,
    sent_ns: int,
    error: ErrorEstimate,
    ttl: int,
    key: bytes | None,
) -> bytes:
    """Return the answer to a packet that was decoded (sections 4.3.1 and 4.3.2).

    It is as long as the question; what is the sender's comes back bit by bit, padding too.
    """
    layout = _LAYOUTS[key is not None]
    packet = bytearray(layout.size)
    _UINT.pack_into(packet, 0, seq & SEQ_MASK)
    ssid = int.from_bytes(question[layout.stamp + 10 : layout.stamp + 12], "big")
    _put_stamp(packet, layout, sent_ns, error, ssid)
    _TIME.pack_into(packet, layout.received, *_written(received_ns, error.is_ptp))
    packet[layout.sender_seq : layout.sender_seq + 4] = question[:4]
    sent = question[layout.stamp : layout.stamp + _ESTIMATE_AND_TIME_BYTES]
    packet[layout.sender_stamp : layout.sender_stamp + _ESTIMATE_AND_TIME_BYTES] = sent
    packet[layout.ttl] = ttl
    return _sealed(packet, key) + (question[layout.size :] if key is None else b"")


def is_question(datagram: bytes) -> bool:
    """Return whether a datagram may be an authenticated question, and not one of a train."""
    return len(datagram) == AUTHENTICATED_BYTES and not any(datagram[4:16])


def ssid_of(datagram: bytes) -> int:
    """Return the session an authenticated packet names; only decoding proves it."""
    return int.from_bytes(datagram[26:28], "big")


def decode_question(datagram: bytes, key: bytes | None) -> StampQuestion:
    """Return what a sender asks.

    Raises:
        MalformedProbe: it is no question, or not proved by this key.
    """
    layout = _checked(datagram, key)
    if key is not None and any(datagram[layout.received : _COVERED_BYTES]):
        raise MalformedProbe("it is an answer")  # two reflectors must not answer each other
    seconds, fraction, estimate, ssid = _STAMP.unpack_from(datagram, layout.stamp)
    error = _estimate(estimate)
    seq = _UINT.unpack_from(datagram)[0]
    return StampQuestion(seq, _read(seconds, fraction, is_ptp=error.is_ptp), ssid, error)


def decode_answer(datagram: bytes, key: bytes | None) -> StampAnswer:
    """Return what a reflector answers.

    Raises:
        MalformedProbe: it is no answer, or not proved by this key.
    """
    layout = _checked(datagram, key)
    seconds, fraction, estimate, ssid = _STAMP.unpack_from(datagram, layout.stamp)
    error = _estimate(estimate)
    received = _TIME.unpack_from(datagram, layout.received)
    if received == (0, 0):
        raise MalformedProbe("nobody received it: it is a question")
    sender = struct.unpack_from("!IIH", datagram, layout.sender_stamp)
    sender_error = _estimate(sender[2])
    return StampAnswer(
        seq=_UINT.unpack_from(datagram)[0],
        sent_ns=_read(seconds, fraction, is_ptp=error.is_ptp),
        received_ns=_read(*received, is_ptp=error.is_ptp),
        sender_seq=_UINT.unpack_from(datagram, layout.sender_seq)[0],
        sender_sent_ns=_read(sender[0], sender[1], is_ptp=sender_error.is_ptp),
        ssid=ssid,
        error=error,
        sender_error=sender_error,
        ttl=datagram[layout.ttl],
    )


def _sealed(packet: bytearray, key: bytes | None) -> bytes:
    if key is not None:
        packet[_COVERED_BYTES:] = _hmac(packet[:_COVERED_BYTES], key)
    return bytes(packet)


def _hmac(covered: bytes | bytearray, key: bytes) -> bytes:
    code = _keyed(key).copy()
    code.update(covered)
    return code.digest()[:HMAC_BYTES]


@lru_cache(maxsize=KEYS_KEPT)
def _keyed(key: bytes) -> hmac.HMAC:
    """Return a key's code over nothing: to make it costs twice what each packet's copy does."""
    return hmac.new(key, digestmod="sha256")


def _put_stamp(
    packet: bytearray, layout: _Layout, at_ns: int, error: ErrorEstimate, ssid: int
) -> None:
    estimate = error.scale << 8 | error.multiplier
    estimate |= (_SYNCHRONISED if error.is_synchronised else 0) | (_PTP if error.is_ptp else 0)
    _STAMP.pack_into(packet, layout.stamp, *_written(at_ns, error.is_ptp), estimate, ssid)


def _checked(datagram: bytes, key: bytes | None) -> _Layout:
    """Return where things are in a packet of the right length that the key proves."""
    size = len(datagram)
    if key is None:
        if size < UNAUTHENTICATED_BYTES:
            raise MalformedProbe(f"{size} bytes are too few")
        return _LAYOUTS[False]
    if size != AUTHENTICATED_BYTES:
        raise MalformedProbe(f"an authenticated packet has {AUTHENTICATED_BYTES} bytes, not {size}")
    if not hmac.compare_digest(_hmac(datagram[:_COVERED_BYTES], key), datagram[_COVERED_BYTES:]):
        raise MalformedProbe("its code is not by this point's key")
    return _LAYOUTS[True]


@lru_cache(maxsize=512)
def _estimate(field: int) -> ErrorEstimate:
    multiplier = field & 0xFF
    if not multiplier:  # RFC 4656, section 4.1.2: such a packet is corrupt
        raise MalformedProbe("its error estimate is 0")
    return ErrorEstimate(
        bool(field & _SYNCHRONISED), bool(field & _PTP), field >> 8 & 0x3F, multiplier
    )


def _written(at_ns: int, is_ptp: bool) -> tuple[int, int]:
    seconds, nanoseconds = divmod(at_ns, _SECOND_NS)
    if is_ptp:
        return seconds & SEQ_MASK, nanoseconds
    fraction = -(-(nanoseconds << 32) // _SECOND_NS)
    return (seconds + _FROM_1900_S) & SEQ_MASK, fraction


def _read(seconds: int, fraction: int, *, is_ptp: bool) -> int:
    """Return nanoseconds since 1970; NTP's seconds are those of 1968 to 2104 (RFC 4330, 3)."""
    if is_ptp:
        if fraction >= _SECOND_NS:
            raise MalformedProbe("its timestamp has more nanoseconds than a second")
        return seconds * _SECOND_NS + fraction
    era_s = 0 if seconds >= _HALF_RANGE else 1 << 32
    return (seconds + era_s - _FROM_1900_S) * _SECOND_NS + (fraction * _SECOND_NS >> 32)
