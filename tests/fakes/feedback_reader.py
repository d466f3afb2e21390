"""A sender's reading of transport-wide feedback, written apart from what the relay writes.

draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1.
"""

import struct

_TICK_S = 0.00025
_REFERENCE_TICKS = 256  # the reference time counts 64 ms
_SMALL, _LARGE = 1, 2


def arrivals(fci: bytes) -> list[tuple[int, float | None]]:
    """Return (transport-wide number, arrival in seconds or None) in order.

    A message that is cut short gives what it holds.
    """
    if len(fci) < 8:
        return []
    first, total = struct.unpack_from("!HH", fci)
    ticks = int.from_bytes(fci[4:7], signed=True) * _REFERENCE_TICKS
    symbols, at = _read_symbols(fci, total)
    found: list[tuple[int, float | None]] = []
    for index, symbol in enumerate(symbols):
        number = (first + index) & 0xFFFF
        size = symbol if symbol in (_SMALL, _LARGE) else 0
        if at + size > len(fci):
            break
        if size == 0:
            found.append((number, None))
            continue
        ticks += int.from_bytes(fci[at : at + size], signed=size == 2)
        at += size
        found.append((number, ticks * _TICK_S))
    return found


def _read_symbols(fci: bytes, total: int) -> tuple[list[int], int]:
    symbols: list[int] = []
    at = 8
    while len(symbols) < total and at + 2 <= len(fci):
        chunk = int.from_bytes(fci[at : at + 2])
        at += 2
        if not chunk & 0x8000:
            symbols += [chunk >> 13 & 3] * min(chunk & 0x1FFF, total - len(symbols))
        elif chunk & 0x4000:
            symbols += [chunk >> (12 - 2 * index) & 3 for index in range(7)]
        else:
            symbols += [chunk >> (13 - index) & 1 for index in range(14)]
    return symbols[:total], at
