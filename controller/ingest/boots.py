"""The boots of points' machines, each with a number that its reports carry."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy
from sqlalchemy import Connection

from controller.ingest.arrivals import Arrival
from controller.ingest.tables import PointBoot

BootName = tuple[str, str]

MAX_REMEMBERED = 20_000
"""More boots than any province has at a time; forgetting costs one look-up each."""

_table = PointBoot.metadata.tables["point_boot"]


@dataclass(slots=True)
class BootKeys:
    """The numbers of boots, as last committed."""

    known: dict[BootName, int] = field(default_factory=dict)

    def drafted(self, connection: Connection, arrivals: Iterable[Arrival]) -> dict[BootName, int]:
        """Return the numbers of these reports' boots; new boots are written."""
        keys: dict[BootName, int] = {}
        for arrival in arrivals:
            name = name_of(arrival)
            if name not in keys:
                keys[name] = self.known.get(name) or _found_or_created(connection, name, arrival)
        return keys

    def committed(self, keys: dict[BootName, int]) -> None:
        """Remember numbers whose transaction is committed."""
        if len(self.known) > MAX_REMEMBERED:
            self.known.clear()
        self.known.update(keys)


def name_of(arrival: Arrival) -> BootName:
    """Return which boot a report is of."""
    return (arrival.name.point_id, arrival.report.boot_id)


def _found_or_created(connection: Connection, name: BootName, arrival: Arrival) -> int:
    point_id, boot_id = name
    query = sqlalchemy.select(_table.c.boot_key).where(
        _table.c.point_id == point_id, _table.c.boot_id == boot_id
    )
    found = connection.execute(query).scalar_one_or_none()
    if found is not None:
        return int(found)
    insert = sqlalchemy.insert(_table).values(
        point_id=point_id, boot_id=boot_id, first_at=arrival.at
    )
    return int(connection.execute(insert.returning(_table.c.boot_key)).scalar_one())
