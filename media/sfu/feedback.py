"""What a receiver tells of a log's packets: which came, which are missing, and when.

A message is walked by the C where there is any (media/native/feedback.c): `arrivals` then leaves
out what makes no difference to the trend of delays, of packets that were sent together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from media.native.library import ffi, library
from media.sfu.send_log import SendLog
from media.wire import twcc
from media.wire.seqnum import extended16
from media.wire.twcc import Arrivals

_native = library()
_found = ffi.new("walked *") if _native is not None else None  # one message at a time
_NOTHING = float("-inf")
NEVER_CALM = (float("inf"), float("-inf"))


@dataclass(slots=True)
class Walked:
    """What was found.

    `arrivals` are when packets were sent, in seconds, and came, in milliseconds, in the order of
    sending; of a calm report the first only. `is_calm`: nothing is missing, and all delays were
    within the bounds. `newest` is -1, `newest_ms` negative infinity, where nothing was found.
    """

    newest_sent_s: float
    came: int = 0
    octets: int = 0
    newest: int = -1
    newest_ms: float = _NOTHING
    missing: list[int] = field(default_factory=list)
    arrivals: Sequence[tuple[float, float]] = ()
    is_calm: bool = False


def told(message: bytes) -> Arrivals | bytes:
    """Return what `walk` takes of a message: as it came, where the C reads it.

    Raises:
        MalformedPacket: it is malformed, as far as that was read.
    """
    return message if _native is not None and len(message) >= twcc.HEAD_SIZE else twcc.read(message)


def reference(report: Arrivals | bytes) -> int:
    """Return a report's reference time, which counts 64 ms in 24 bits."""
    return int.from_bytes(report[4:7]) if isinstance(report, bytes) else report.reference


def walk(
    report: Arrivals | bytes,
    log: SendLog,
    *,
    base_ms: float,
    newest_sent_s: float,
    group_first_s: float,
    group_s: float,
    calm_ms: tuple[float, float] = NEVER_CALM,
) -> Walked:
    """Look up what a report tells of, and let what came not be found again.

    Args:
        base_ms: the report's reference time.
        newest_sent_s: when the newest was sent that is known to have come.
        group_first_s: when the first of the group that is open was sent.
        calm_ms: the bounds between which delays say nothing new.

    Raises:
        MalformedPacket: it was not read yet, and is malformed; nothing has changed then.
    """
    if isinstance(report, bytes):
        return _walked_by_c(report, log, base_ms, newest_sent_s, group_first_s, group_s, calm_ms)
    found = Walked(newest_sent_s, is_calm=True)
    arrivals: list[tuple[float, float]] = []
    number = extended16(report.first, log.next_number)
    for arrival_ms in report.arrivals_ms:
        at = log.index(number)
        number += 1
        if at is None:
            continue
        found.newest = max(found.newest, number - 1)
        if arrival_ms is None:
            found.missing.append(number - 1)
            found.is_calm = False
            continue
        log.forget(at)
        found.came += 1
        found.octets += log.sizes[at]
        sent_s, arrived_ms = log.sent_at[at], base_ms + arrival_ms
        if sent_s >= found.newest_sent_s:
            found.newest_sent_s = sent_s
            arrivals.append((sent_s, arrived_ms))
            if not calm_ms[0] < arrived_ms - sent_s * 1000 < calm_ms[1]:
                found.is_calm = False
        if arrived_ms > found.newest_ms:
            found.newest_ms = arrived_ms
    found.arrivals = arrivals[:1] if found.is_calm else arrivals
    return found


def _walked_by_c(
    message: bytes,
    log: SendLog,
    base_ms: float,
    newest_sent_s: float,
    group_first_s: float,
    group_s: float,
    calm_ms: tuple[float, float],
) -> Walked:
    found = _found
    if _native is None or found is None:
        raise LookupError("there is no C to read it")
    first = extended16(message[0] << 8 | message[1], log.next_number)
    if _native.walk_feedback(
        message, len(message), log.shared, first, base_ms,
        newest_sent_s, group_first_s, group_s, *calm_ms, found,
    ):  # fmt: skip
        twcc.read(message)  # says why
        raise LookupError("the C reads less than Python does")
    walked = Walked(
        found.newest_sent_s, found.came, found.octets, found.newest, found.newest_ms
    )  # fmt: skip
    walked.is_calm = bool(found.is_calm)
    if missing := found.missing_count:
        walked.missing = ffi.unpack(found.missing, missing)
    if count := found.arrival_count:
        sent_s, arrived_ms = found.sent_s, found.arrived_ms
        walked.arrivals = [
            *zip(ffi.unpack(sent_s, count), ffi.unpack(arrived_ms, count), strict=True)
        ]
    return walked
