"""Two machines under one name as rows: the only writer of point_twins."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy
from sqlalchemy import Connection

from contracts.ids import PointId
from controller.db.engine import apart
from controller.ingest.tables import PointTwins
from monitoring.judgement.twins import SHOWN_FOR

_twins = PointTwins.metadata.tables["point_twins"]


def write(connection: Connection, seen: Mapping[PointId, datetime]) -> None:
    """Write that two machines were seen; what was shown until now began when it began."""
    for point_id, seen_at in seen.items():
        with apart(connection, "twins", point_id=point_id):
            _write_seen(connection, point_id, seen_at)


def _write_seen(connection: Connection, point_id: PointId, seen_at: datetime) -> None:
    began_at = connection.execute(
        sqlalchemy.select(_twins.c.began_at).where(
            _twins.c.point_id == point_id, _twins.c.seen_at >= seen_at - SHOWN_FOR
        )
    ).scalar_one_or_none()
    connection.execute(sqlalchemy.delete(_twins).where(_twins.c.point_id == point_id))
    connection.execute(
        sqlalchemy.insert(_twins).values(
            point_id=point_id, began_at=began_at or seen_at, seen_at=seen_at
        )
    )
