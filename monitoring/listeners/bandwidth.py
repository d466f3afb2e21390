"""One packet train up the line: 14 datagrams of 1200 bytes, back to back, and one back by them.

What the reflector sends back is timed here, by the kernel's own stamps.
"""

import asyncio
import secrets
import socket
import time

from contracts.reports import BandwidthBody
from monitoring import udp
from monitoring.errors import CollectorError, MalformedProbe
from monitoring.listeners.target import ProbeTarget, open_channel
from monitoring.reflector import probe
from monitoring.reflector.train import TrainVerdict, judge

PACKETS = 14
# Fits every tunnel without fragments (RFC 9000 sends as much unasked).
PAYLOAD_BYTES = 1200
IP_AND_UDP_BYTES = 28
PACKET_BYTES = PAYLOAD_BYTES + IP_AND_UDP_BYTES
ANSWER_TIMEOUT_S = 5.0
LOOK_S, BACK_SILENCE_S = 0.02, 1.0


async def run_train(target: ProbeTarget, *, is_both_ways: bool = False) -> BandwidthBody:
    """Send one train and return the available rate it shows, or the problem with it.

    Args:
        is_both_ways: the reflector is to send one back.
    """
    try:
        channel = await open_channel(target)
    except CollectorError as exc:
        return _problem(0, str(exc))
    with channel:
        train_id = secrets.randbelow(2**16)
        kind = probe.TYPE_TRAIN_BOTH_WAYS if is_both_ways else probe.TYPE_TRAIN
        sent, span_us, problem = _send(channel, target, train_id, kind)
        if problem:
            return _problem(sent, problem)
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                answer = await train_answer(channel, target, train_id)
        except TimeoutError:
            return _problem(sent, "the reflector did not answer: it or the line is down, or busy")
        except OSError as exc:
            return _problem(sent, f"the reflector is not there: {exc.strerror or exc}")
        down = await _back(channel, target, train_id) if is_both_ways else None
    verdict = judge(answer.arrivals_us, packet_bytes=PACKET_BYTES, send_span_us=span_us)
    return BandwidthBody(
        sent=sent,
        received=sum(offset is not None for offset in answer.arrivals_us),
        train_bytes=sent * PACKET_BYTES,
        available_bps=verdict.available_bps,
        confidence_ratio=verdict.confidence_ratio,
        problem=verdict.problem,
        down_bps=down.available_bps if down else None,
        down_confidence_ratio=down.confidence_ratio if down else 0.0,
    )


async def _back(channel: socket.socket, target: ProbeTarget, train_id: int) -> TrainVerdict:
    """Return what the train back shows, once it is here or nothing came for a while."""
    came: dict[int, int] = {}
    count, heard_s = PACKETS - 1, time.monotonic()
    while len(came) < count and time.monotonic() - heard_s < BACK_SILENCE_S:
        await asyncio.sleep(LOOK_S)  # what came is stamped already
        for _ in range(udp.MOST_HEARD):
            datagram = udp.receive(channel, probe.MAX_DATAGRAM_BYTES)
            if datagram is None:
                break
            try:
                packet = probe.decode_answer(datagram.payload, target.key)
            except MalformedProbe:
                continue
            if isinstance(packet, probe.TrainPacket) and packet.train_id == train_id:
                came[packet.index] = datagram.arrived_ns
                count, heard_s = packet.count, time.monotonic()
    first_ns = min(came.values(), default=0)
    arrivals = [(came[i] - first_ns) // 1000 if i in came else None for i in range(count)]
    return judge(arrivals, packet_bytes=PACKET_BYTES, send_span_us=0.0)


def _problem(sent: int, problem: str) -> BandwidthBody:
    return BandwidthBody(
        sent=sent, received=0, train_bytes=sent * PACKET_BYTES, problem=problem[:400]
    )


def _send(
    channel: socket.socket, target: ProbeTarget, train_id: int, kind: int
) -> tuple[int, float, str]:
    """Send the packets; return how many, the microseconds it took, and what went wrong."""
    began_ns = time.monotonic_ns()
    packets = [
        probe.encode_train_packet(
            probe.TrainPacket(target.probe_id, index, began_ns, train_id, index, PACKETS, kind),
            target.key,
            size=PAYLOAD_BYTES,
        )
        for index in range(PACKETS)
    ]
    first_ns = time.monotonic_ns()
    for index, packet in enumerate(packets):
        try:
            channel.send(packet)
        except OSError as exc:
            return index, 0.0, f"the train could not be sent: {exc.strerror or exc}"
    return PACKETS, (time.monotonic_ns() - first_ns) / 1e3, ""


async def train_answer(
    channel: socket.socket, target: ProbeTarget, train_id: int
) -> probe.TrainAnswer:
    """Return the reflector's answer to a train of ours; waits for it without end.

    Raises:
        TimeoutError: there was too much else.
    """

    def take(datagram: bytes) -> probe.TrainAnswer | None:
        try:
            answer = probe.decode_answer(datagram, target.key)
        except MalformedProbe:
            return None  # a stranger's, or damaged: ours may still come
        if isinstance(answer, probe.TrainAnswer) and answer.train_id == train_id:
            return answer
        return None

    return await udp.first_taken(channel, take, most_bytes=2048)
