"""Whether the line swallows large packets: one train of falling sizes, of which none may be cut.

A tunnel that carries less than a full frame says so to whoever sends more (RFC 1191, RFC 8201),
and the kernel then sends no more: such sizes cannot be sent here, and are nobody's trouble.
What is swallowed without a word makes connections open and then stand still. Upwards only:
the reflector sends nothing that is larger than what it was asked with.
"""

import asyncio
import secrets
import socket
import time
from collections.abc import Callable, Sequence

from monitoring.errors import CollectorError
from monitoring.listeners.bandwidth import ANSWER_TIMEOUT_S, train_answer
from monitoring.listeners.target import ProbeTarget, open_channel
from monitoring.reflector import probe
from monitoring.reflector.reflection import TRAIN_GAP_S

# Whole IP packets; 1,280 bytes is what every line has to carry (RFC 8200, section 5).
SIZES = (1500, 1480, 1460, 1440, 1420, 1400, 1360, 1320, 1280, 1200, 900, 576)
# A packet may be lost by accident; the same ones three times are no accident.
TRIES = 3
PAUSE_S = TRAIN_GAP_S + 1

_MTU_DISCOVER = {socket.AF_INET: (socket.IPPROTO_IP, 10), socket.AF_INET6: (41, 23)}
_NEVER_CUT = 2  # IP_PMTUDISC_DO, IPV6_PMTUDISC_DO: linux/in.h, linux/in6.h
_HEADERS_BYTES = {socket.AF_INET: 28, socket.AF_INET6: 48}


async def swallowed_above(
    target: ProbeTarget,
    *,
    may_run: Callable[[], bool] = lambda: True,
    tries: int = TRIES,
    pause_s: float = PAUSE_S,
) -> int | None:
    """Return the size above which packets are swallowed, in bytes of IP; None: they all arrive.

    Raises:
        CollectorError: nothing was answered, or something else, or the line was needed meanwhile.
    """
    largest = 0
    for attempt in range(tries):
        if attempt:
            await asyncio.sleep(pause_s)
        if not may_run():
            raise CollectorError("the line is needed for a meeting")
        sent, arrived = await _arrived(target)
        if max(arrived) == max(sent):
            return None
        largest = max(largest, *arrived)
    return largest


async def _arrived(target: ProbeTarget) -> tuple[Sequence[int], Sequence[int]]:
    """Return the sizes that could be sent, and those that arrived; of either one at least."""
    with await open_channel(target) as channel:
        channel.setsockopt(*_MTU_DISCOVER[channel.family], _NEVER_CUT)
        train_id = secrets.randbelow(2**16)
        sent = [
            size
            for index, size in enumerate(SIZES)
            if _was_sent(channel, _packet(target, train_id, index, size, channel.family))
        ]
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                answer = await train_answer(channel, target, train_id)
        except (TimeoutError, OSError) as exc:
            raise CollectorError("the reflector did not answer") from exc
    came = zip(SIZES, answer.arrivals_us, strict=False)
    arrived = [size for size, offset in came if offset is not None]
    if len(answer.arrivals_us) != len(SIZES) or not arrived:
        raise CollectorError("the reflector answered another train than ours")
    return sent, arrived


def _packet(
    target: ProbeTarget, train_id: int, index: int, size: int, family: socket.AddressFamily
) -> bytes:
    packet = probe.TrainPacket(
        target.probe_id, index, time.monotonic_ns(), train_id, index, len(SIZES)
    )
    return probe.encode_train_packet(packet, target.key, size=size - _HEADERS_BYTES[family])


def _was_sent(channel: socket.socket, packet: bytes) -> bool:
    try:
        channel.send(packet)
    except OSError:  # too large for what the kernel knows of the way, or no way at all
        return False
    return True
