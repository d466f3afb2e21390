"""What smartctl writes with --json, and what of it is said of a disk. Pure.

SATA disks number their attributes alike and mean different things by them; only those are
read of which the makers agree, wear by the names that smartctl's own list of disks gives.
"""

from collections.abc import Iterable

from msgspec import Struct, field

from contracts import codec
from contracts.errors import MalformedPayload
from contracts.machine import DiskFacts, DiskHealth
from contracts.message import Message
from monitoring.collectors.sysfs import shown
from monitoring.errors import CollectorError

# NVM Express base specification, SMART / health information log: without bit 1, temperature,
# which is told as heat, and bit 5, of memory that no PC has.
TELLING_WARNINGS = 0b0001_1101
_MOVED, _PENDING, _UNCORRECTABLE = 5, 197, 198
_LEFT_BY_VALUE = frozenset((
    "Media_Wearout_Indicator", "Percent_Lifetime_Remain", "Remaining_Lifetime_Perc",
    "SSD_Life_Left", "Wear_Leveling_Count",
))  # fmt: skip
_PLAUSIBLE_C = (-60, 200)
_MOST = 2**63 - 1


class _Verdict(Struct):
    passed: bool | None = None


class _Nvme(Struct):
    critical_warning: int = 0
    percentage_used: int | None = None
    available_spare: int | None = None
    media_errors: int | None = None
    unsafe_shutdowns: int | None = None


class _Raw(Struct):
    value: int = 0


class _Attribute(Struct):
    id: int
    name: str = ""
    value: int = 0
    raw: _Raw = field(default_factory=_Raw)


class _SmartTable(Struct):
    table: list[_Attribute] = field(default_factory=list)


class _Hours(Struct):
    hours: int | None = None


class _Temperature(Struct):
    current: float | None = None


class _Capacity(Struct):
    bytes: int = 0


class SmartctlAnswer(Message, frozen=True):
    """What is read of one answer; smartctl says a good deal more."""

    max_bytes = 512 * 1024

    model_name: str = ""
    serial_number: str = ""
    firmware_version: str = ""
    user_capacity: _Capacity = field(default_factory=_Capacity)
    smart_status: _Verdict = field(default_factory=_Verdict)
    temperature: _Temperature = field(default_factory=_Temperature)
    power_on_time: _Hours = field(default_factory=_Hours)
    nvme_smart_health_information_log: _Nvme | None = None
    ata_smart_attributes: _SmartTable = field(default_factory=_SmartTable)


def read(data: bytes) -> SmartctlAnswer:
    """Return one answer.

    Raises:
        CollectorError: it is none.
    """
    try:
        return codec.decode(SmartctlAnswer, data)
    except MalformedPayload as exc:
        raise CollectorError(f"what smartctl wrote cannot be read: {exc}") from exc


def health_of(name: str, answer: SmartctlAnswer) -> DiskHealth:
    """Return how a disk says it is."""
    nvme = answer.nvme_smart_health_information_log
    rows = {one.id: one for one in answer.ata_smart_attributes.table}
    bad = [_count(rows[key].raw.value) for key in (_PENDING, _UNCORRECTABLE) if key in rows]
    return DiskHealth(
        name=name,
        has_passed=answer.smart_status.passed,
        warnings=nvme.critical_warning & TELLING_WARNINGS if nvme else 0,
        temperature_c=_celsius(answer.temperature.current),
        worn_percent=_percent(nvme.percentage_used) if nvme else _worn(rows.values()),
        spare_percent=_percent(nvme.available_spare) if nvme else None,
        bad_sectors=max((one for one in bad if one is not None), default=None),
        moved_sectors=_count(rows[_MOVED].raw.value) if _MOVED in rows else None,
        media_errors=_count(nvme.media_errors) if nvme else None,
        on_hours=_count(answer.power_on_time.hours),
        unsafe_stops=_count(nvme.unsafe_shutdowns) if nvme else None,
    )


def facts_of(known: DiskFacts, answer: SmartctlAnswer) -> DiskFacts:
    """Return what the disk says of itself, in place of what the kernel says where it is whole."""
    return DiskFacts(
        name=known.name,
        model=shown(answer.model_name) or known.model,
        serial=shown(answer.serial_number) or known.serial,
        firmware=shown(answer.firmware_version) or known.firmware,
        bytes_total=_count(answer.user_capacity.bytes) or known.bytes_total,
        is_rotating=known.is_rotating,
    )


def _worn(rows: Iterable[_Attribute]) -> int | None:
    """The normalized value of these goes from 100 to 0 as the disk wears."""
    left = [row.value for row in rows if row.name in _LEFT_BY_VALUE and 0 <= row.value <= 100]
    return 100 - min(left) if left else None


def _percent(value: int | None) -> int | None:
    return value if value is not None and 0 <= value <= 255 else None


def _count(value: int | None) -> int | None:
    return value if value is not None and 0 <= value <= _MOST else None


def _celsius(value: float | None) -> float | None:
    least, most = _PLAUSIBLE_C
    return value if value and least <= value <= most else None  # 0: it does not measure
