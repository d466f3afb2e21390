"""Incidents and their stories as rows: read into the engine's values, and written back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, update
from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.incidents.tables import IncidentEntry, IncidentPoint, IncidentRow
from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import Hit, Incident


def open_incidents(session: Session) -> list[Incident]:
    """Return those that are not over, as the engine knows them."""
    rows = open_rows(session)
    hits: dict[int, list[Hit]] = {}
    numbers = [row.number for row in rows]
    query = select(IncidentPoint).where(col(IncidentPoint.number).in_(numbers))
    for one in session.exec(query.order_by(col(IncidentPoint.began_at), IncidentPoint.point_id)):
        hit = Hit(PointId(one.point_id), one.began_at, one.calm_since, one.falls)
        hits.setdefault(one.number, []).append(hit)
    return [_incident(row, hits.get(row.number or 0, ())) for row in rows]


def open_rows(session: Session) -> list[IncidentRow]:
    """Return those that are not over, the newest first."""
    query = select(IncidentRow).where(col(IncidentRow.over_at).is_(None))
    return list(session.exec(query.order_by(col(IncidentRow.number).desc())))


def rows_since(session: Session, since: datetime) -> list[IncidentRow]:
    """Return those that are not over, or were not at an instant, the oldest first."""
    query = select(IncidentRow).where(
        or_(col(IncidentRow.over_at).is_(None), col(IncidentRow.over_at) >= since)
    )
    return list(session.exec(query.order_by(col(IncidentRow.number))))


def past_rows(session: Session, *, before: int | None, limit: int) -> list[IncidentRow]:
    """Return those that are over, the newest first, or those before one."""
    query = select(IncidentRow).where(col(IncidentRow.over_at).is_not(None))
    if before is not None:
        query = query.where(col(IncidentRow.number) < before)
    return list(session.exec(query.order_by(col(IncidentRow.number).desc()).limit(limit)))


def row(session: Session, number: int) -> IncidentRow | None:
    """Return one."""
    return session.get(IncidentRow, number)


def what_became_of(session: Session, number: int) -> IncidentRow | None:
    """Return one, or that of which it has become a part."""
    found = row(session, number)
    # An incident becomes part of an older one alone.
    while found is not None and found.merged_into is not None and found.merged_into < number:
        number = found.merged_into
        found = row(session, number)
    return found


def with_parts(session: Session, number: int) -> list[int]:
    """Return an incident and all that have become a part of it."""
    found, fresh = [number], [number]
    while fresh:
        query = select(IncidentRow.number).where(col(IncidentRow.merged_into).in_(fresh))
        fresh = [one for one in session.exec(query) if one is not None and one not in found]
        found += fresh
    return found


def points_of(session: Session, number: int) -> list[IncidentPoint]:
    """Return the points of one, in the order in which they fell."""
    query = select(IncidentPoint).where(IncidentPoint.number == number)
    return list(session.exec(query.order_by(col(IncidentPoint.began_at), IncidentPoint.point_id)))


def first_points(session: Session, numbers: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Return of each a point of it, and how many it has."""
    query = (
        select(IncidentPoint.number, func.min(IncidentPoint.point_id), func.count())
        .where(col(IncidentPoint.number).in_(list(numbers)))
        .group_by(col(IncidentPoint.number))
    )
    return {number: (str(point_id), int(count)) for number, point_id, count in session.exec(query)}


def story_of(session: Session, number: int) -> list[IncidentEntry]:
    """Return the story of one, as it happened."""
    query = select(IncidentEntry).where(IncidentEntry.number == number)
    return list(session.exec(query.order_by(col(IncidentEntry.at), col(IncidentEntry.entry_id))))


def note(
    session: Session, number: int, kind: str, at: datetime, *, who: str = "", text: str = ""
) -> None:
    """Add a line to the story of one."""
    session.add(IncidentEntry(number=number, at=at, kind=kind, who=who, text=text[:500]))


def add(session: Session, one: Incident, now: datetime, *, evidence: str) -> int:
    """Add an incident of which people are told now; return its number."""
    added = IncidentRow(
        key=one.key,
        reach=one.reach.value,
        told_reach=(one.told_reach or one.reach).value,
        unit_id=one.unit_id,
        evidence=evidence,
        began_at=one.began_at,
        opened_at=one.opened_at,
        joined_at=one.joined_at,
        told_at=now,
    )
    session.add(added)
    session.flush()
    number = added.number or 0
    _write_hits(session, number, one.hits)
    return number


def write(session: Session, one: Incident) -> None:
    """Write an incident as it has become."""
    number = one.number or 0
    session.execute(
        update(IncidentRow)
        .where(col(IncidentRow.number) == number)
        .values(
            reach=one.reach.value,
            told_reach=(one.told_reach or one.reach).value,
            unit_id=one.unit_id,
            began_at=one.began_at,
            opened_at=one.opened_at,
            joined_at=one.joined_at,
        )
    )
    session.execute(delete(IncidentPoint).where(col(IncidentPoint.number) == number))
    _write_hits(session, number, one.hits)


def move(session: Session, numbers: Iterable[int], by: timedelta) -> None:
    """Move the times by which people are told of incidents: the clock was set."""
    for one in session.exec(select(IncidentRow).where(col(IncidentRow.number).in_(numbers))):
        one.told_at += by
        one.priority_since = one.priority_since and one.priority_since + by
        session.add(one)


def end(
    session: Session, number: int, ending: str, now: datetime, *, into: int | None = None
) -> bool:
    """Write that one is over; False: it was already."""
    ended = session.exec(
        update(IncidentRow)
        .where(col(IncidentRow.number) == number, col(IncidentRow.over_at).is_(None))
        .values(over_at=now, ending=ending, merged_into=into)
    )
    return ended.rowcount == 1


def acknowledge(session: Session, number: int, who: str, now: datetime) -> bool:
    """Write who takes care of one; False: somebody does already."""
    taken = session.exec(
        update(IncidentRow)
        .where(col(IncidentRow.number) == number, col(IncidentRow.acknowledged_at).is_(None))
        .values(acknowledged_at=now, acknowledged_by=who)
    )
    return taken.rowcount == 1


def over_before(session: Session, limit: datetime, *, count: int) -> list[int]:
    """Return some that were over before an instant."""
    query = select(IncidentRow.number).where(col(IncidentRow.over_at) < limit).limit(count)
    return [number for number in session.exec(query) if number is not None]


def forget(session: Session, numbers: Sequence[int]) -> None:
    """Remove incidents with their points and stories."""
    for table in (IncidentPoint, IncidentEntry, IncidentRow):
        session.execute(delete(table).where(col(table.number).in_(numbers)))


def _incident(row: IncidentRow, hits: Sequence[Hit]) -> Incident:
    return Incident(
        key=row.key,
        reach=Reach(row.reach),
        unit_id=row.unit_id,
        began_at=row.began_at,
        opened_at=row.opened_at,
        joined_at=row.joined_at,
        hits=tuple(hits),
        number=row.number,
        told_reach=Reach(row.told_reach),
    )


def _write_hits(session: Session, number: int, hits: Iterable[Hit]) -> None:
    session.add_all(
        IncidentPoint(
            number=number,
            point_id=hit.point_id,
            began_at=hit.began_at,
            calm_since=hit.calm_since,
            falls=hit.falls,
        )
        for hit in hits
    )


def of_units(
    session: Session, since: datetime, point_ids: Collection[str] | None
) -> list[tuple[str, str]]:
    """Return the points of incidents that reached a unit, each with the unit. None: all points."""
    query = (
        select(IncidentPoint.point_id, IncidentRow.unit_id)
        .join(IncidentRow, col(IncidentRow.number) == col(IncidentPoint.number))
        .where(col(IncidentRow.began_at) >= since, IncidentRow.reach == Reach.UNIT.value)
        .distinct()
    )
    if point_ids is not None:
        query = query.where(col(IncidentPoint.point_id).in_(point_ids))
    return [(point_id, unit_id) for point_id, unit_id in session.exec(query)]
