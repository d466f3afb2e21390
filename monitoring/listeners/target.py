"""The reflector to measure against, and a socket to the address of it that answers.

A name may have an address that leads nowhere (an IPv6 one, where the line has no IPv6),
and UDP says nothing of that: measured there, everything would be lost. So where there
are several, each is asked, one a little after the other, and the first answer decides.
"""

import asyncio
import base64
import binascii
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from contracts import hosts
from contracts.desired import Probes
from contracts.errors import MalformedHost
from monitoring import udp
from monitoring.errors import CollectorError, MalformedProbe
from monitoring.listeners.addresses import Address, addresses_of
from monitoring.stamp import wire
from runtime.guard import start

# RFC 8305, section 5 recommends 250 ms between the attempts.
NEXT_ADDRESS_AFTER_S = 0.25
CHOICE_LIMIT_S = 2.0


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """Where the centre reflects, and this point's number and key there."""

    host: str
    port: int
    probe_id: int
    key: bytes


def target_of(probes: Probes) -> ProbeTarget:
    """Return the target a desired document names.

    Raises:
        CollectorError: its host cannot be one, or its key is not base64.
    """
    try:
        host = hosts.host(probes.reflector_host)
    except MalformedHost as exc:
        raise CollectorError(f"the reflector's host {exc}") from exc
    try:
        key = base64.b64decode(probes.key_base64, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise CollectorError("the probes' key is not base64") from exc
    if not key:
        raise CollectorError("the probes' key is empty")
    return ProbeTarget(host, probes.reflector_port, probes.probe_id, key)


async def open_channel(target: ProbeTarget) -> socket.socket:
    """Return a UDP socket connected to the target; the kernel stamps what arrives.

    Of several addresses the first that answers is taken, and the preferred one where
    none answers within two seconds.

    Raises:
        CollectorError: the name is not known, or there is no way to any address.
    """
    channels: list[socket.socket] = []
    problem = "it has no address"
    with ExitStack() as opened:
        for address in await addresses_of(target.host, target.port):
            try:
                channels.append(opened.enter_context(_connected(address)))
            except OSError as exc:
                problem = exc.strerror or str(exc)
        if not channels:
            raise CollectorError(f"{target.host}: {problem}")
        chosen = channels[0] if len(channels) == 1 else await _answering(channels, target)
        opened.pop_all()
    for other in channels:
        if other is not chosen:
            other.close()
    return chosen


def _connected(address: Address) -> socket.socket:
    channel = socket.socket(address[0], socket.SOCK_DGRAM)
    try:
        channel.setblocking(False)
        udp.stamp_arrivals(channel)
        channel.connect(address[1])
    except OSError:
        channel.close()
        raise
    return channel


async def _answering(channels: Sequence[socket.socket], target: ProbeTarget) -> socket.socket:
    """Ask on each in turn; return the one with the first answer, else the first one."""
    answered: asyncio.Queue[socket.socket] = asyncio.Queue(len(channels))
    async with asyncio.TaskGroup() as tasks:
        asking = [
            start(
                tasks,
                _ask(channel, target, answered, after_s=index * NEXT_ADDRESS_AFTER_S),
                kind="probe",
                host=target.host,
            )
            for index, channel in enumerate(channels)
        ]
        try:
            async with asyncio.timeout(CHOICE_LIMIT_S):
                return await answered.get()
        except TimeoutError:
            return channels[0]
        finally:
            for one in asking:
                one.cancel()


async def _ask(
    channel: socket.socket,
    target: ProbeTarget,
    answered: "asyncio.Queue[socket.socket]",
    *,
    after_s: float,
) -> None:
    """Say on the queue that an answer came back on this channel, if one does."""
    await asyncio.sleep(after_s)
    loop = asyncio.get_running_loop()
    question = wire.StampQuestion(wire.ASIDE_SEQ, time.time_ns(), target.probe_id)

    def is_answer(datagram: bytes) -> bool | None:
        try:
            answer = wire.decode_answer(datagram, target.key)
        except MalformedProbe:
            return None  # a stranger's, or damaged
        return answer.sender_sent_ns == question.sent_ns or None

    try:
        await loop.sock_sendall(channel, wire.encode_question(question, target.key))
        await udp.first_taken(channel, is_answer, most_bytes=2048)
    except OSError:
        return  # no way there, or somebody else sends without end
    answered.put_nowait(channel)
