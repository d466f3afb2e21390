"""What a device said without being asked, as its bytes say it."""

from dataclasses import dataclass

from monitoring.collectors.snmp.reader import RawValue


@dataclass(frozen=True, slots=True)
class Trap:
    """One notification of SNMP v2c or v3 (RFC 3416, section 4.2.6).

    Args:
        oid: which one it is.
        request_id: of the sender, who uses it again where it sends the same anew.
        values: what came with it, by the OIDs of the instances, in their order.
    """

    oid: str
    request_id: int
    uptime_ticks: int | None = None
    values: tuple[tuple[str, RawValue], ...] = ()

    @property
    def key(self) -> int:
        """What is the same for a notification that is sent, or comes, twice."""
        return hash((self.request_id, self.oid, self.uptime_ticks, self.values))
