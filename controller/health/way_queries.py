"""The ways that points traced, as they are kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlmodel import Session, col, select

from contracts.ids import PointId
from contracts.way import WayBody
from controller.ingest.told_order import newest_first
from controller.ingest.way_tables import PublicAddress, WayTrace
from monitoring.judgement.way_compared import WHOLE
from runtime.guard import guarded

_bodies = msgspec.json.Decoder(WayBody)


@dataclass(frozen=True, slots=True)
class KeptWay:
    """One trace."""

    key: str
    at: datetime
    body: WayBody


@dataclass(frozen=True, slots=True)
class KeptAddress:
    """An address that a point came from, since when, and until when at least."""

    address: str
    began_at: datetime
    seen_at: datetime


def ways(session: Session, point_id: PointId, *, most: int) -> list[KeptWay]:
    """Return a point's newest traces, newest first; without what can no longer be read."""
    query = (
        select(WayTrace)
        .where(WayTrace.point_id == point_id)
        .order_by(*newest_first(WayTrace))
        .limit(most)
    )
    return _read(point_id, session.exec(query))


def usual_way(session: Session, point_id: PointId, *, besides: KeptWay | None) -> KeptWay | None:
    """Return the way as it was when all was well last, besides one; None: none was traced then."""
    query = (
        select(WayTrace)
        .where(WayTrace.point_id == point_id)
        .where(WayTrace.reason == "usual", col(WayTrace.ending).in_(sorted(WHOLE)))
        .order_by(*newest_first(WayTrace))
        .limit(2)
    )
    return next((one for one in _read(point_id, session.exec(query)) if one != besides), None)


def addresses(session: Session, point_id: PointId, *, most: int) -> list[KeptAddress]:
    """Return from where a point came: the present one, then the newest first."""
    query = (
        select(PublicAddress)
        .where(PublicAddress.point_id == point_id)
        # Whatever the clock said meanwhile.
        .order_by(col(PublicAddress.is_now).desc(), col(PublicAddress.address_id).desc())
        .limit(most)
    )
    return [KeptAddress(one.address, one.began_at, one.seen_at) for one in session.exec(query)]


def others_at(session: Session, point_id: PointId, address: str, *, since: datetime) -> list[str]:
    """Return which other points come from an address now."""
    query = (
        select(PublicAddress.point_id)
        .where(PublicAddress.address == address, PublicAddress.is_now)
        .where(PublicAddress.point_id != point_id, col(PublicAddress.seen_at) >= since)
        .order_by(PublicAddress.point_id)
    )
    return list(session.exec(query))


def _read(point_id: PointId, rows: Iterable[WayTrace]) -> list[KeptWay]:
    found: list[KeptWay] = []
    for row in rows:
        with guarded("stored_way", point_id=point_id):
            key = f"{row.outbox_key}-{row.seq}"
            found.append(KeptWay(key, row.at, _bodies.decode(row.body)))
    return found
