"""The reflector to measure against, and a socket to it."""

import asyncio
import base64
import binascii
import socket
from dataclasses import dataclass

from contracts.desired import Probes
from monitoring.errors import CollectorError

SO_TIMESTAMPNS = 35  # linux/socket.h; Python names it only from 3.12 on


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
        CollectorError: its key is not base64.
    """
    try:
        key = base64.b64decode(probes.key_base64, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise CollectorError("the probes' key is not base64") from exc
    if not key:
        raise CollectorError("the probes' key is empty")
    return ProbeTarget(probes.reflector_host, probes.reflector_port, probes.probe_id, key)


async def open_channel(target: ProbeTarget) -> socket.socket:
    """Return a UDP socket connected to the target; the kernel stamps what arrives.

    Raises:
        CollectorError: the name is not known, or there is no way to the address.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM)
    except OSError as exc:
        raise CollectorError(f"{target.host}: {exc.strerror or exc}") from exc
    family, kind, protocol, _, address = found[0]
    channel = socket.socket(family, kind, protocol)
    try:
        channel.setblocking(False)
        channel.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        channel.connect(address)
    except OSError as exc:
        channel.close()
        raise CollectorError(f"{target.host}: {exc.strerror or exc}") from exc
    return channel
