"""What a receiver tells of a log's packets: which came, which are missing, and when.

A message is walked by the C where there is any (media/native/feedback.c): `arrivals` then leaves
out what makes no difference to the trend of delays, of packets that were sent together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from media.native.gathered import Gathered
from media.native.library import ffi, library
from media.sfu.delay_trend import QUEUE_GROUPS, Calm
from media.sfu.send_log import SendLog
from media.wire import twcc
from media.wire.seqnum import extended16
from media.wire.twcc import Arrivals

_native = library()
_found = ffi.new("walked *") if _native is not None else None  # one message at a time
_NOTHING = float("-inf")
NEVER_CALM = Calm(float("inf"), float("inf"), float("-inf"))


@dataclass(slots=True)
class Walked:
    """What was found.

    `arrivals` are when packets were sent, in seconds, and came, in milliseconds, in the order of
    sending; of a calm report that which waited least. `is_calm`: nothing is missing, and the
    delays say nothing new; `late_groups` came with a queue's delay, one after another, up to the
    newest. `newest_ms` is negative infinity where nothing came.
    """

    newest_sent_s: float
    newest: int
    came: int = 0
    octets: int = 0
    newest_ms: float = _NOTHING
    missing: list[int] = field(default_factory=list)
    arrivals: Sequence[tuple[float, float]] = ()
    is_calm: bool = False
    late_groups: int = 0


def told(message: bytes) -> Arrivals | bytes:
    """Return what `walk` takes of a message: as it came, where the C reads it.

    Raises:
        MalformedPacket: it is malformed, as far as that was read.
    """
    return message if _native is not None and len(message) >= twcc.HEAD_SIZE else twcc.read(message)


def counted(message: bytes, log: SendLog, so_far: Gathered, *, now: float) -> bool:
    """Return whether the C found a report calm and counted it; else nothing was touched."""
    return _native is not None and bool(
        _native.gather(message, len(message), log.shared, now, so_far)
    )


def reference(report: Arrivals | bytes) -> int:
    """Return a report's reference time, which counts 64 ms in 24 bits."""
    return int.from_bytes(report[4:7]) if isinstance(report, bytes) else report.reference


def walk(
    report: Arrivals | bytes,
    log: SendLog,
    *,
    base_ms: float,
    newest_sent_s: float,
    newest: int,
    group_first_s: float,
    group_s: float,
    late_groups: int = 0,
    calm: Calm = NEVER_CALM,
) -> Walked:
    """Look up what a report tells of, and let what came not be found again.

    Args:
        base_ms: the report's reference time.
        newest_sent_s, newest: when the newest was sent that came, the newest number told of.
        group_first_s: when the first of the group that is open was sent.
        late_groups: as the report before left them.
        calm: which delays say nothing new.

    Raises:
        MalformedPacket: it was not read yet, and is malformed; nothing has changed then.
    """
    if isinstance(report, bytes):
        times = base_ms, newest_sent_s, group_first_s, group_s
        return _walked_by_c(report, log, times, newest, late_groups, calm)
    found = Walked(newest_sent_s, newest, is_calm=True, late_groups=late_groups)
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
            delay_ms = _delay_ms((sent_s, arrived_ms))
            if sent_s - group_first_s > group_s:
                group_first_s = sent_s
                found.late_groups = 0 if delay_ms < calm.queue_ms else found.late_groups + 1
            is_queue = found.late_groups >= QUEUE_GROUPS
            if is_queue or not calm.soonest_ms < delay_ms < calm.latest_ms:
                found.is_calm = False
        found.newest_ms = max(found.newest_ms, arrived_ms)
    found.arrivals = arrivals
    if found.is_calm and arrivals:
        found.arrivals = (min(arrivals, key=_delay_ms),)
    return found


def _delay_ms(arrival: tuple[float, float]) -> float:
    return arrival[1] - arrival[0] * 1000


def _walked_by_c(
    message: bytes,
    log: SendLog,
    times: tuple[float, float, float, float],
    newest: int,
    late_groups: int,
    calm: Calm,
) -> Walked:
    found = _found
    if _native is None or found is None:
        raise LookupError("there is no C to read it")
    first = extended16(message[0] << 8 | message[1], log.next_number)
    found.newest, found.late_groups = newest, late_groups
    if _native.walk_feedback(
        message, len(message), log.shared, first, *times, *calm, QUEUE_GROUPS, found
    ):
        twcc.read(message)  # says why
        raise LookupError("the C reads less than Python does")
    walked = Walked(
        found.newest_sent_s, found.newest, found.came, found.octets, found.newest_ms
    )  # fmt: skip
    walked.is_calm, walked.late_groups = bool(found.is_calm), found.late_groups
    if missing := found.missing_count:
        walked.missing = ffi.unpack(found.missing, missing)
    if count := found.arrival_count:
        sent_s, arrived_ms = found.sent_s, found.arrived_ms
        walked.arrivals = [
            *zip(ffi.unpack(sent_s, count), ffi.unpack(arrived_ms, count), strict=True)
        ]
    return walked
