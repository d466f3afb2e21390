"""Who this point is to devices that send informs, and how often it has begun.

RFC 3414, section 2.2: the count grows with every start, or a device takes us for a replay.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import structlog
from msgspec import Meta

from contracts.ids import PointId
from runtime import atomic

_log = structlog.get_logger()

# RFC 3411, SnmpEngineID: the library's enterprise, then octets of our own choice.
_PREFIX = bytes.fromhex("80004fb805")
MOST_BOOTS = 2**31 - 2


class _Begun(msgspec.Struct, frozen=True):
    """What the file holds."""

    boots: Annotated[int, Meta(ge=0, le=MOST_BOOTS)] = 0


@dataclass(frozen=True, slots=True)
class TrapEngine:
    """What senders of informs know us by."""

    engine_id: bytes
    boots: int


def begun(file: Path, point_id: PointId) -> TrapEngine:
    """Count one more start; where that cannot be kept, it is as if it were the first."""
    try:
        before = msgspec.json.decode(file.read_bytes(), type=_Begun).boots
    except (OSError, msgspec.MsgspecError):
        before = 0
    boots = min(before + 1, MOST_BOOTS)
    try:
        atomic.write_bytes(file, msgspec.json.encode(_Begun(boots)))
    except OSError as exc:
        _log.warning("start_not_counted", path=str(file), error=str(exc))
    return TrapEngine(_PREFIX + hashlib.sha256(point_id.encode()).digest()[:16], boots)
