"""Adds what points heard of meetings to what is kept of it, as reports are stored: once each."""

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy
from sqlalchemy import Connection
from sqlmodel import col

from contracts.reports import MediaBody
from controller.db.millis import to_ms
from controller.ingest.arrivals import Arrival
from controller.ingest.bulk import Bulk
from controller.ingest.heard_minutes import KeptMinutes, Minutes, added, minutes_of
from controller.ingest.heard_table import HeardMinutesRow

_rows = Bulk(
    HeardMinutesRow, {name: f"excluded.{name}" for name in ("begins_at", "minutes", "changed_at")}
)
_AT_ONCE = 200
Key = tuple[str, str]


def add(connection: Connection, arrivals: Iterable[Arrival]) -> None:
    """Add reports that were not stored before."""
    told: dict[Key, Minutes] = {}
    changed: dict[Key, datetime] = {}
    for arrival in arrivals:
        body = arrival.report.body
        if not isinstance(body, MediaBody) or not body.heard:
            continue
        key = (str(body.meeting_id), str(arrival.name.point_id))
        minutes = told.setdefault(key, {})
        for number, (heard_ms, over_ms) in minutes_of(body.heard, arrival.at).items():
            before = minutes.get(number, (0, 0))
            minutes[number] = before[0] + heard_ms, before[1] + over_ms
        changed[key] = max(changed.get(key, arrival.received_at), arrival.received_at)
    if not told:
        return
    kept = _kept(connection, told)
    after = {key: added(kept.get(key), minutes) for key, minutes in told.items()}
    _rows.write(
        connection,
        [
            (*key, to_ms(one.begins_at), one.text, to_ms(changed[key]))
            for key, one in after.items()
            if one is not None
        ],
    )


def _kept(connection: Connection, keys: Collection[Key]) -> dict[Key, KeptMinutes]:
    row, wanted = HeardMinutesRow, list(keys)
    found: dict[Key, KeptMinutes] = {}
    for first in range(0, len(wanted), _AT_ONCE):
        names = sqlalchemy.tuple_(col(row.meeting_id), col(row.point_id))
        query = sqlalchemy.select(
            col(row.meeting_id), col(row.point_id), col(row.begins_at), col(row.minutes)
        ).where(names.in_(wanted[first : first + _AT_ONCE]))
        for meeting_id, point_id, begins_at, minutes in connection.execute(query):
            found[meeting_id, point_id] = KeptMinutes(begins_at, minutes)
    return found
