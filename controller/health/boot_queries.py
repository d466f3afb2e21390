"""The boots of a point's machine, and how the time before each ended."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from contracts.ids import PointId
from contracts.machine import BootFacts
from contracts.reports import InventoryBody
from controller.ingest.tables import Inventory, PointBoot
from runtime.guard import guarded


@dataclass(frozen=True, slots=True)
class KnownBoot:
    """One boot. `first_at`: of its first report that came; `facts` None: nothing is known."""

    first_at: datetime
    facts: BootFacts | None


def first_boots(session: Session) -> dict[str, datetime]:
    """Return when each point's first boot that is kept was reported."""
    query = sqlalchemy.select(col(PointBoot.point_id), func.min(PointBoot.first_at))
    rows = session.connection().execute(query.group_by(col(PointBoot.point_id)))
    return {str(point_id): at for point_id, at in rows}


def boots(session: Session, point_id: PointId, *, since: datetime, most: int) -> list[KnownBoot]:
    """Return the newest, newest first."""
    query = (
        select(PointBoot)
        .where(PointBoot.point_id == point_id, col(PointBoot.first_at) >= since)
        .order_by(col(PointBoot.first_at).desc())
        .limit(most)
    )
    found: list[KnownBoot] = []
    until: datetime | None = None
    for row in session.exec(query):
        found.append(KnownBoot(row.first_at, _facts(session, point_id, row.first_at, until)))
        until = row.first_at
    return found


def _facts(
    session: Session, point_id: PointId, since: datetime, until: datetime | None
) -> BootFacts | None:
    """Return what the first inventory of a boot says: it is the same all through the boot."""
    query = select(Inventory.body).where(Inventory.point_id == point_id, col(Inventory.at) >= since)
    if until is not None:
        query = query.where(col(Inventory.at) < until)
    body = session.exec(query.order_by(col(Inventory.at)).limit(1)).first()
    if body is None:
        return None
    facts: BootFacts | None = None
    with guarded("stored_report", point_id=point_id, report_kind="inventory"):
        facts = msgspec.json.decode(body, type=InventoryBody).boot
    return facts
