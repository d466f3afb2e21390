"""What an emulated line did with each probe of STAMP, by its own clock."""

import time
from pathlib import Path

import msgspec

_UDP, _HEADERS_BYTES, _STAMP_BYTES = 17, 28, 112
_SENDER_SEQ = slice(_HEADERS_BYTES + 48, _HEADERS_BYTES + 52)
_OWN_SEQ = slice(_HEADERS_BYTES, _HEADERS_BYTES + 4)


class Passed(msgspec.Struct):
    """One probe in one direction; `delay_ms` None: it was lost there."""

    is_up: bool
    seq: int
    delay_ms: float | None = None


class ProbeRecord:
    """Every authenticated probe over IPv4, by the sender's number."""

    def __init__(self) -> None:
        self._came_ns: dict[tuple[bool, int], int] = {}
        self._passed: dict[tuple[bool, int], Passed] = {}

    def came(self, is_up: bool, packet: bytes, *, is_carried: bool) -> None:
        """Note that a packet came in."""
        seq = _seq(is_up, packet)
        if seq is not None:
            self._came_ns[is_up, seq] = time.monotonic_ns() if is_carried else 0
            self._passed[is_up, seq] = Passed(is_up, seq)

    def left(self, is_up: bool, packet: bytes) -> None:
        """Note that a packet goes out now."""
        seq = _seq(is_up, packet)
        if seq is not None:
            delay_ns = time.monotonic_ns() - self._came_ns[is_up, seq]
            self._passed[is_up, seq].delay_ms = delay_ns / 1e6

    def write(self, path: Path) -> None:
        """Leave it in a file."""
        path.write_bytes(msgspec.json.encode(list(self._passed.values())))


def read(path: Path) -> list[Passed]:
    """Return what a line left."""
    return msgspec.json.decode(path.read_bytes(), type=list[Passed])


def _seq(is_up: bool, packet: bytes) -> int | None:
    if len(packet) != _HEADERS_BYTES + _STAMP_BYTES or packet[9] != _UDP:
        return None
    return int.from_bytes(packet[_OWN_SEQ if is_up else _SENDER_SEQ], "big")
