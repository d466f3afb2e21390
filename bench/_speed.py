"""How fast the machine itself is, without anything of ours: one in three here is half as fast."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SPEED_BYTES = 1_100
_BLOCK_BYTES = 1 << 20
_ROUNDS, _TIMES = 7, 2_000


@dataclass(frozen=True, slots=True)
class MachineSpeed:
    """CPU microseconds of one packet: OpenSSL's encryption, and the kernel's way on loopback."""

    aes_us: float
    sendto_us: float


def _least_us(action: Callable[[], object], times: int) -> float:
    rounds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(times):
            action()
        rounds.append((time.process_time() - began) / times * 1e6)
    return min(rounds)


def machine_speed() -> MachineSpeed:
    """Measure both."""
    cipher, block = AESGCM(bytes(16)), bytes(_BLOCK_BYTES)
    aes_us = _least_us(lambda: cipher.encrypt(bytes(12), block, None), 20)
    packet = bytes(SPEED_BYTES)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        sink.bind(("127.0.0.1", 0))
        address = sink.getsockname()
        sendto_us = _least_us(lambda: sender.sendto(packet, address), _TIMES)
    return MachineSpeed(aes_us * SPEED_BYTES / _BLOCK_BYTES, sendto_us)
