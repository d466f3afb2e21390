"""The strip of black and white blocks at the bottom of the synthetic picture, read anew.

A second reader written from the format's description, so that the check does not
trust the product's own: 60 bits in 3 rows of 20 blocks, most significant first:
point number (8), frame counter (24), milliseconds of the wall clock modulo 2^20 (20),
CRC-8 over the 52 bits before it. The counter counts 40 ms of the wall clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass

NUMBER_BITS, COUNTER_BITS, CLOCK_BITS, CRC_BITS = 8, 24, 20, 8
ROWS, COLUMNS = 3, 20
CLOCK_MODULUS = 1 << CLOCK_BITS


@dataclass(frozen=True, slots=True)
class Strip:
    """What one picture says of itself."""

    number: int
    counter: int
    clock_ms: int


def latency_ms(shown_at_ms: float, clock_ms: int) -> float:
    """Return how long ago the picture was made; both clocks being the same machine's."""
    return (shown_at_ms - clock_ms + CLOCK_MODULUS / 2) % CLOCK_MODULUS - CLOCK_MODULUS / 2


def read(bits: Sequence[int]) -> Strip | None:
    """Return what the 60 bits say, or None where their checksum is wrong."""
    if len(bits) != ROWS * COLUMNS:
        return None
    word = 0
    for bit in bits:
        word = word << 1 | bit
    body, crc = word >> CRC_BITS, word & 0xFF
    if crc8(body) != crc:
        return None
    return Strip(
        number=body >> (COUNTER_BITS + CLOCK_BITS),
        counter=body >> CLOCK_BITS & ((1 << COUNTER_BITS) - 1),
        clock_ms=body & (CLOCK_MODULUS - 1),
    )


def crc8(body: int) -> int:
    """Return the CRC-8 (polynomial 0x07, from 0xFF) of 52 bits as 7 bytes, big-endian."""
    crc = 0xFF
    for byte in body.to_bytes(7, "big"):
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc
