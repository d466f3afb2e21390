"""What asking one device may cost, and how far a column was read, by whichever library."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from monitoring.collectors.snmp.reader import Column, RawValue
from monitoring.collectors.snmp.target import AskingLimits, DeviceTarget
from monitoring.errors import CollectorError, DeviceSilent, DeviceUnreadable

SCALARS_A_REQUEST = 16
VALUE_OVERHEAD_OCTETS = 8

CIRCLE = "đọc quay vòng, đã dừng / the device answers in circles; stopped"
TOO_MUCH = "quá nhiều dữ liệu, đã dừng / more than is read of one device; stopped"
TOO_LATE = "quá thời gian, đã dừng / out of time; stopped"
SILENT = "thiết bị ngừng trả lời / the device stopped answering"
UNREADABLE = "câu trả lời không đọc được / an answer that cannot be read"


@dataclass(slots=True)
class Walk:
    """How far a column was read. `is_abrupt`: its end was not seen."""

    values: dict[str, RawValue] = field(default_factory=dict)
    doubled: set[str] = field(default_factory=set)
    octets: int = 0
    problem: str = ""
    is_abrupt: bool = False

    def take(self, rest: str, raw: RawValue) -> None:
        """Take a value and what of its OID follows the column's."""
        if rest not in self.values:
            self.values[rest] = raw
            self.octets += _size(raw)
        elif self.values[rest] != raw:
            self.doubled.add(rest)

    def ended_by(self, exc: CollectorError) -> None:
        """Say why nothing more comes."""
        if isinstance(exc, DeviceSilent):
            self.problem = TOO_LATE if exc.is_out_of_time else SILENT
        else:
            self.problem, self.is_abrupt = UNREADABLE, True


class Budget:
    """What was asked of one device, and what it answered, against its limits."""

    def __init__(
        self, target: DeviceTarget, limits: AskingLimits, monotonic: Callable[[], float]
    ) -> None:
        self.target = target
        self.limits = limits
        self._monotonic = monotonic
        self._until_s = monotonic() + limits.whole_s
        self._requests = self._values = self._octets = self._silences = 0
        self.has_answered = False

    def request(self) -> float:
        """Count a request; return how long its answer may take at most, in seconds.

        Raises:
            DeviceSilent: the time for this device is over, or it was silent too often.
        """
        left_s = self._until_s - self._monotonic()
        if left_s <= 0 or self._silences >= self.limits.silences:
            raise self.silent(is_out_of_time=left_s <= 0)
        self._requests += 1
        return left_s

    def answered(self) -> None:
        """Count an answer."""
        self.has_answered, self._silences = True, 0

    def unanswered(self) -> DeviceSilent:
        """Count a silence, and return what to raise."""
        self._silences += 1
        return self.silent()

    def silent(self, *, is_out_of_time: bool = False) -> DeviceSilent:
        """Return what to raise where no answer comes, and no silence is to be counted."""
        return DeviceSilent(self.target.address, self.target.port, is_out_of_time)

    def is_spent(self, walk: Walk) -> bool:
        """Say whether no more of a column is to be read."""
        limits, rows = self.limits, len(walk.values)
        return (
            rows >= limits.rows
            or self._values + rows >= limits.values
            or self._octets + walk.octets >= limits.octets
            or self._requests >= limits.requests
        )

    def column(self, walk: Walk) -> Column:
        """Count what was read of a column, and return it."""
        self._octets += walk.octets
        self._values += len(walk.values)
        return Column(walk.values, frozenset(walk.doubled), walk.problem)

    def counted(self, found: dict[str, RawValue]) -> dict[str, RawValue]:
        """Count values, and return them."""
        self._values += len(found)
        self._octets += sum(map(_size, found.values()))
        return found

    async def scalars(
        self,
        oids: Sequence[str],
        ask: Callable[[Sequence[str]], Awaitable[dict[str, RawValue]]],
    ) -> dict[str, RawValue]:
        """Ask for values, some at a time; what a device does not answer after all is left out.

        Raises:
            DeviceSilent, UserRefused, DeviceUnreadable: the device has not answered anything yet.
        """
        found: dict[str, RawValue] = {}
        for start in range(0, len(oids), SCALARS_A_REQUEST):
            try:
                found |= await ask(oids[start : start + SCALARS_A_REQUEST])
            except (DeviceSilent, DeviceUnreadable):
                if not self.has_answered:
                    raise
        return {oid: raw for oid, raw in found.items() if oid in oids}


def _size(raw: RawValue) -> int:
    return VALUE_OVERHEAD_OCTETS + (len(raw) if isinstance(raw, str | bytes) else 0)
