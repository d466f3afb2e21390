"""Reports that were stored before: what fails with them as well is no one report's fault."""

import sqlalchemy
from msgspec.structs import replace
from sqlalchemy import Connection

from contracts import codec
from contracts.ids import PointId
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.newest import Stored
from controller.ingest.tables import LatestReport
from runtime.guard import guarded

WITNESSES = 3
"""So many points, so that what one of them sends decides nothing for the others."""
_OUTBOX = "witness"

_latest = LatestReport.metadata.tables["latest_report"].c


def witnesses(connection: Connection, kind: str, *, besides: PointId) -> list[Arrival]:
    """Return the newest reports of a kind, of other points, as if they came anew."""
    query = (
        sqlalchemy.select(_latest.point_id, _latest.report, _latest.at, _latest.received_at)
        .where(_latest.kind == kind, _latest.point_id != besides)
        .order_by(_latest.received_at.desc())
        .limit(WITNESSES)
    )
    found: list[Arrival] = []
    for point_id, text, at, received_at in connection.execute(query):
        with guarded("stored_report", point_id=point_id, report_kind=kind):
            stored = codec.decode(Stored, text.encode()).in_sections()
            report = replace(stored, outbox_id=_OUTBOX)
            name = OutboxName(PointId(point_id), _OUTBOX)
            found.append(Arrival(name, report, text.encode(), at=at, received_at=received_at))
    return found
