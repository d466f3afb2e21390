"""What a poll needs of a device, whichever library asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

RawValue = int | float | str | bytes


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what came, by the rest of its OID.

    Args:
        values: in the order in which they came; of a doubled OID the first.
        doubled: those that came twice with different values.
        problem: why more may be missing; empty: it was read to its end.
    """

    values: Mapping[str, RawValue] = field(default_factory=dict)
    doubled: frozenset[str] = frozenset()
    problem: str = ""


class SnmpReader(Protocol):
    """Asks one device. Both return what they have when the limits are reached."""

    async def scalars(self, oids: Sequence[str]) -> Mapping[str, RawValue]:
        """Return the values of those OIDs that the device knows."""

    async def column(self, oid: str) -> Column:
        """Return what stands under an OID."""
