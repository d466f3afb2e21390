"""Presence and listening as rows: the only writer of presence_interval and ingest_span."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy
from sqlalchemy import Connection

from contracts.ids import PointId
from controller.db.engine import apart
from controller.ingest.tables import IngestSpan, PresenceInterval
from monitoring.judgement.presence import (
    STATE_OF,
    Presence,
    PresenceChanged,
    PresenceState,
    restored,
)

_interval = PresenceInterval.metadata.tables["presence_interval"]
_span = IngestSpan.metadata.tables["ingest_span"]


def read_open(connection: Connection) -> list[Presence]:
    """Return the presence of every point as it was last stored."""
    query = sqlalchemy.select(_interval.c.point_id, _interval.c.state, _interval.c.began_at).where(
        _interval.c.ended_at.is_(None)
    )
    return [
        restored(PointId(point_id), PresenceState(state), began_at)
        for point_id, state, began_at in connection.execute(query)
    ]


def write_changes(connection: Connection, changes: Iterable[PresenceChanged]) -> None:
    """End each point's interval where the next one begins; revised ones are replaced.

    A change that cannot be written costs no other point its own.
    """
    for change in changes:
        with apart(connection, "presence", point_id=change.point_id):
            _write_change(connection, change)


def _write_change(connection: Connection, change: PresenceChanged) -> None:
    is_revised = (
        _interval.c.point_id == change.point_id,
        _interval.c.began_at >= change.began_at,
    )
    connection.execute(sqlalchemy.delete(_interval).where(*is_revised))
    is_cut = (
        _interval.c.point_id == change.point_id,
        sqlalchemy.or_(_interval.c.ended_at.is_(None), _interval.c.ended_at > change.began_at),
    )
    connection.execute(sqlalchemy.update(_interval).where(*is_cut).values(ended_at=change.began_at))
    connection.execute(
        sqlalchemy.insert(_interval).values(
            point_id=change.point_id,
            state=STATE_OF[type(change)].value,
            began_at=change.began_at,
            noticed_at=change.noticed_at,
            ended_at=None,
        )
    )


def last_alive(connection: Connection) -> datetime | None:
    """Return when the centre last said that it was listening; None: it never was."""
    newest = sqlalchemy.select(sqlalchemy.func.max(_span.c.alive_at))
    alive_at: datetime | None = connection.execute(newest).scalar_one()
    return alive_at


def begin_span(connection: Connection, now: datetime) -> int:
    """Write that the centre listens from now on; return the span's number."""
    insert = sqlalchemy.insert(_span).values(began_at=now, alive_at=now)
    return int(connection.execute(insert.returning(_span.c.span_id)).scalar_one())


def keep_span(connection: Connection, span_id: int, alive_at: datetime) -> None:
    """Write that the centre was still listening at this time."""
    connection.execute(
        sqlalchemy.update(_span)
        .where(_span.c.span_id == span_id, _span.c.alive_at < alive_at)
        .values(alive_at=alive_at)
    )
