"""What is said before and after the bytes of a throughput test, over TCP. Pure.

    reflector   a nonce of 16 bytes
    point       hello: "DT" version way pass, proved by the point's own key over nonce and hello
    reflector   one byte: see DoorVerdict; but nothing at all to who is not proved
    down        the point says GO on each of its connections once it has all of them; the reflector
                sends random bytes, until time or bytes are used up
    up          the point sends them, says that it has ended, and the reflector answers with a
                summary: how many came in each tenth of a second since the way was begun

    pass        "DV" version probe_id test_id begins_s expires_s most_bytes most_ms, proved by a
                key that is derived from the master key and that no point has

Everything is big-endian. A proof is the first 16 bytes of HMAC-SHA256. The bytes between hold no
secret, so that nothing is encrypted; whoever could change them on the way could cut the line too.
"""

import hashlib
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from monitoring.errors import MalformedProbe
from monitoring.reflector.probe import point_key

VERSION = 1
NONCE_BYTES, PROOF_BYTES = 16, 16
TEST_ID_BYTES = 8
MOST_MS = 15_000
MOST_BYTES = 1 << 30
BIN_S = 0.1
GO = b"\x01"
CONNECTIONS = 4
"""Of one test and way; a reflector lets no more in."""
MAX_BINS = 400

_PASS = struct.Struct("!2sBI8sIIIH")
_HELLO = struct.Struct("!2sBB")
_SUMMARY = struct.Struct("!2sBBQH")
PASS_BYTES = _PASS.size + PROOF_BYTES
HELLO_BYTES = _HELLO.size + PASS_BYTES + PROOF_BYTES
SUMMARY_HEAD_BYTES = _SUMMARY.size
_PASS_MAGIC, _HELLO_MAGIC, _SUMMARY_MAGIC = b"DV", b"DT", b"DS"


class Way(Enum):
    """Which way the bytes go, seen from the point."""

    UP = 1
    DOWN = 2


class DoorVerdict(Enum):
    """What the reflector says to who is proved."""

    WELCOME = 0
    NOT_NOW = 1
    BUSY = 2
    USED_UP = 3


@dataclass(frozen=True, slots=True)
class TestPass:
    """What the centre allows one point, once: so many bytes and so long each way."""

    probe_id: int
    test_id: str
    begins_s: int
    expires_s: int
    most_bytes: int
    most_ms: int

    __test__ = False


def pass_of(
    probe_id: int,
    test_id: str,
    *,
    begins_at: datetime,
    expires_at: datetime,
    most_bytes: int,
    most_ms: int,
) -> TestPass:
    """Return a pass for these times."""
    begins_s, expires_s = int(begins_at.timestamp()), int(expires_at.timestamp())
    return TestPass(probe_id, test_id, begins_s, expires_s, most_bytes, most_ms)


def encode_pass(one: TestPass, master: bytes) -> bytes:
    """Return a pass that the reflector with this master key takes.

    Raises:
        ValueError: a value is out of range.
    """
    if not 0 < one.most_ms <= MOST_MS or not 0 < one.most_bytes <= MOST_BYTES:
        raise ValueError(f"a test of {one.most_bytes} bytes in {one.most_ms} ms")
    if len(one.test_id) != 2 * TEST_ID_BYTES:
        raise ValueError(f"{one.test_id!r} does not name a test")
    body = _PASS.pack(
        _PASS_MAGIC,
        VERSION,
        one.probe_id,
        bytes.fromhex(one.test_id),
        one.begins_s,
        one.expires_s,
        one.most_bytes,
        one.most_ms,
    )
    return body + _proof(body, _pass_key(master))


def encode_hello(passed: bytes, way: Way, nonce: bytes, key: bytes) -> bytes:
    """Return what a point begins with; `key` is its own."""
    body = _HELLO.pack(_HELLO_MAGIC, VERSION, way.value) + passed
    return body + _proof(nonce + body, key)


def decode_hello(hello: bytes, nonce: bytes, master: bytes) -> tuple[TestPass, Way]:
    """Return what a point may do by its pass, and which way it wants to.

    Raises:
        MalformedProbe: it has not the shape, or is not proved by both keys.
    """
    if len(hello) != HELLO_BYTES:
        raise MalformedProbe(f"{len(hello)} bytes for a hello")
    magic, version, way = _HELLO.unpack_from(hello)
    if (magic, version) != (_HELLO_MAGIC, VERSION) or way not in (1, 2):
        raise MalformedProbe("it does not begin as a hello")
    passed = hello[_HELLO.size : _HELLO.size + PASS_BYTES]
    _check(passed[: _PASS.size], passed[_PASS.size :], _pass_key(master))
    magic, version, probe_id, test_id, *rest = _PASS.unpack_from(passed)
    if (magic, version) != (_PASS_MAGIC, VERSION):
        raise MalformedProbe("it holds no pass")
    body = hello[:-PROOF_BYTES]
    _check(nonce + body, hello[-PROOF_BYTES:], point_key(master, probe_id))
    return TestPass(probe_id, test_id.hex(), *rest), Way(way)


def encode_summary(bins: Sequence[int], *, was_held_back: bool, nonce: bytes, key: bytes) -> bytes:
    """Return what came up by one connection."""
    kept = bins[:MAX_BINS]
    head = _SUMMARY.pack(_SUMMARY_MAGIC, VERSION, was_held_back, sum(bins), len(kept))
    body = head + struct.pack(f"!{len(kept)}I", *kept)
    return body + _proof(nonce + body, key)


def summary_bytes(head: bytes) -> int:
    """Return how many bytes follow the head of a summary.

    Raises:
        MalformedProbe: it is none.
    """
    if len(head) != SUMMARY_HEAD_BYTES:
        raise MalformedProbe(f"{len(head)} bytes for the head of a summary")
    magic, version, _, _, count = _SUMMARY.unpack(head)
    if (magic, version) != (_SUMMARY_MAGIC, VERSION) or count > MAX_BINS:
        raise MalformedProbe("it is no summary")
    return int(count) * 4 + PROOF_BYTES


def decode_summary(summary: bytes, nonce: bytes, key: bytes) -> tuple[list[int], bool]:
    """Return how many bytes came in each tenth of a second, and whether they were held back.

    Raises:
        MalformedProbe: it is none, or not proved.
    """
    rest = summary_bytes(summary[:SUMMARY_HEAD_BYTES])
    if len(summary) != SUMMARY_HEAD_BYTES + rest:
        raise MalformedProbe(f"{len(summary)} bytes for a summary")
    _check(nonce + summary[:-PROOF_BYTES], summary[-PROOF_BYTES:], key)
    count = (rest - PROOF_BYTES) // 4
    was_held_back = bool(summary[3])
    return list(struct.unpack_from(f"!{count}I", summary, SUMMARY_HEAD_BYTES)), was_held_back


def _pass_key(master: bytes) -> bytes:
    # A point's key is derived from four bytes: no point's number gives this one.
    return hmac.digest(master, b"throughput pass", hashlib.sha256)


def _proof(covered: bytes, key: bytes) -> bytes:
    return hmac.digest(key, covered, hashlib.sha256)[:PROOF_BYTES]


def _check(covered: bytes, proof: bytes, key: bytes) -> None:
    if not hmac.compare_digest(_proof(covered, key), proof):
        raise MalformedProbe("its proof is not by this key")
