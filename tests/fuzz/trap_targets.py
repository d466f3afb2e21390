"""What devices send unasked: read beside the library, and by the library behind our door."""

from pathlib import Path

from monitoring.collectors.snmp.target import Community, UserKeys
from monitoring.errors import MonitoringError
from monitoring.listeners.traps.envelope import engine_of, request_of
from monitoring.listeners.traps.receiver import TrapReceiver
from tests.fuzz.target import Target

FOLDER = Path(__file__).parents[1] / "data/snmp"
# As net-snmp sent them: by this word, and by this user with these keys.
V2C, V3 = (bytes.fromhex((FOLDER / f"trap-{name}.hex").read_text()) for name in ("v2c", "v3"))
_ENGINE = b"\x80\x00\x4f\xb8\x05diemcau-fuzz"
_OF_V2C = TrapReceiver(Community("bi-mat-22"), _ENGINE, 1)
_OF_V3 = TrapReceiver(UserKeys("giamsat", "khoa-xac-thuc-1", "khoa-ma-hoa-22"), _ENGINE, 1)


def _nowhere(_: bytes) -> None:
    """Send no answer."""


TRAPS = (
    Target("trap envelope of v3", V3, engine_of, MonitoringError),
    Target("trap envelope of v2c", V2C, request_of, MonitoringError),
    Target(
        "trap of v2c", V2C, lambda data: _OF_V2C.receive(data, _nowhere, _nowhere), MonitoringError
    ),
    Target(
        "trap of v3", V3, lambda data: _OF_V3.receive(data, _nowhere, _nowhere), MonitoringError
    ),
)
