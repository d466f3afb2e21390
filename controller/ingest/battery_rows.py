"""Since when power supplies ask for another battery: the only writer of battery_asked.

A supply that is silent, or off, has not stopped asking; one that says it is well has. None has
asked since later than it does: that was written by a clock that was ahead, and what people say
would settle nothing until then. Of a point at most as many rows as it may have devices: where
devices came and went the oldest goes.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy
from sqlalchemy import Connection

from contracts.devices import MAX_SEEN_DEVICES
from contracts.ids import PointId
from controller.ingest.battery_table import BatteryAsked
from controller.ingest.supply_words import BatteryState, SupplyWords
from monitoring.judgement.battery import BatteryAsk

_asked = BatteryAsked.metadata.tables["battery_asked"]


def keep(
    connection: Connection,
    wanted: Collection[PointId] | None,
    said: Mapping[PointId, SupplyWords],
) -> dict[PointId, list[BatteryAsk]]:
    """Write who began to ask or asks no more; return who asks now, and says so now."""
    query = sqlalchemy.select(_asked)
    if wanted is not None:
        query = query.where(_asked.c.point_id.in_(list(wanted)))
    known: dict[PointId, dict[str, datetime]] = {}
    for row in connection.execute(query):
        known.setdefault(PointId(row.point_id), {})[row.device_id] = row.since
    found: dict[PointId, list[BatteryAsk]] = {}
    for point_id, words in said.items():
        own = known.get(point_id, {})
        for one in words.batteries:
            if own.get(one.device_id, one.at) > one.at:
                del own[one.device_id]
                _forget(connection, point_id, one.device_id)
            if one.is_asking:
                since = own.get(one.device_id) or _begun(connection, point_id, one, own)
                found.setdefault(point_id, []).append(BatteryAsk(one.device_id, since, one.name))
            elif own.pop(one.device_id, None) is not None:
                _forget(connection, point_id, one.device_id)
    return found


def _begun(
    connection: Connection, point_id: PointId, one: BatteryState, own: dict[str, datetime]
) -> datetime:
    while len(own) >= MAX_SEEN_DEVICES:
        oldest = min(own, key=lambda device_id: own[device_id])
        del own[oldest]
        _forget(connection, point_id, oldest)
    connection.execute(
        sqlalchemy.insert(_asked).values(point_id=point_id, device_id=one.device_id, since=one.at)
    )
    own[one.device_id] = one.at
    return one.at


def _forget(connection: Connection, point_id: PointId, device_id: str) -> None:
    connection.execute(
        sqlalchemy.delete(_asked).where(
            _asked.c.point_id == point_id, _asked.c.device_id == device_id
        )
    )
