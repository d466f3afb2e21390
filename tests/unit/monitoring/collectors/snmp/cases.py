"""A device in memory, for the rules of SNMP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitoring.collectors.snmp.reader import Column, RawValue


@dataclass(slots=True)
class KnownDevice:
    """Answers from a mapping of OIDs."""

    said: Mapping[str, RawValue] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def scalars(self, oids: Sequence[str]) -> Mapping[str, RawValue]:
        """Return those that are known."""
        self.asked += oids
        return {oid: self.said[oid] for oid in oids if oid in self.said}

    async def column(self, oid: str) -> Column:
        """Return what stands under it."""
        self.asked.append(oid)
        root = f"{oid}."
        found = {o.removeprefix(root): raw for o, raw in self.said.items() if o.startswith(root)}
        return Column(found)
