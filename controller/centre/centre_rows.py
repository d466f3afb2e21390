"""Verdicts of the centre as rows: what stands, every change of it, sizes by day."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from controller.centre.tables import CentreFlip, CentreThing, DatabaseDay
from monitoring.judgement.centre import CentreKey, CentrePart, CentreStanding, CentreVerdict
from monitoring.judgement.problem import Argument

GROWS_OVER = timedelta(days=28)
_INSTANTS = frozenset(("at", "checked", "failed", "newest", "since"))


def things(session: Session) -> list[CentreThing]:
    """Return everything as it was last judged."""
    return list(session.exec(select(CentreThing)))


def verdict_of(row: CentreThing) -> CentreVerdict | None:
    """Return what a row says; None: it is of another version."""
    try:
        part, key = CentrePart(row.part), CentreKey(row.key)
        standing = CentreStanding(row.standing)
    except ValueError:
        return None
    return CentreVerdict(part, row.about, standing, key, arguments_of(row.evidence))


def arguments_of(evidence: str) -> dict[str, Argument]:
    """Return the values of a text, instants as such."""
    values: dict[str, Argument] = json.loads(evidence)
    return {
        name: datetime.fromisoformat(str(value)) if name in _INSTANTS else value
        for name, value in values.items()
    }


def keep(session: Session, verdicts: Iterable[CentreVerdict], now: datetime) -> bool:
    """Write what is new, and every change as a row of its own; return whether anything is."""
    known = {(row.part, row.about): row for row in things(session)}
    is_new = False
    for one in verdicts:
        row = known.pop((one.part.value, one.about), None)
        said = (one.key.value, one.standing.value)
        evidence = _evidence(one)
        if row is not None and (row.key, row.standing, row.evidence) == (*said, evidence):
            continue
        is_new, since = True, now
        if row is None or (row.key, row.standing) != said:
            session.add(_flip(one.part, one.about, row.key if row else "", *said, now, evidence))
        else:
            since = row.since
        session.merge(
            CentreThing(
                part=one.part.value,
                about=one.about,
                key=said[0],
                standing=said[1],
                since=since,
                evidence=evidence,
            )
        )
    for row in known.values():
        session.add(_flip(row.part, row.about, row.key, "", "", now, row.evidence))
        session.delete(row)
    return is_new or bool(known)


def _flip(
    part: str, about: str, was: str, became: str, standing: str, now: datetime, evidence: str
) -> CentreFlip:
    return CentreFlip(
        at=now,
        part=part,
        about=about,
        was=was,
        became=became,
        standing=standing,
        evidence=evidence,
    )


def _evidence(one: CentreVerdict) -> str:
    values = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in one.arguments.items()
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def flips(session: Session, *, limit: int) -> list[CentreFlip]:
    """Return the last changes, the newest first."""
    query = select(CentreFlip).order_by(col(CentreFlip.flip_id).desc()).limit(limit)
    return list(session.exec(query))


def forget(session: Session, before: datetime, *, count: int) -> int:
    """Remove some changes of before an instant; return how many."""
    old = select(CentreFlip.flip_id).where(col(CentreFlip.at) < before).limit(count)
    numbers = list(session.exec(old))
    session.execute(delete(CentreFlip).where(col(CentreFlip.flip_id).in_(numbers)))
    limit = (before - GROWS_OVER).astimezone(UTC).date().isoformat()
    session.execute(delete(DatabaseDay).where(col(DatabaseDay.day) < limit))
    return len(numbers)


def sizes(session: Session, database: str, now: datetime) -> list[tuple[datetime, int]]:
    """Return how large a database was on each of the last days."""
    query = (
        select(DatabaseDay.at, DatabaseDay.bytes_total)
        .where(DatabaseDay.database == database, col(DatabaseDay.at) >= now - GROWS_OVER)
        .order_by(col(DatabaseDay.at))
    )
    return [(at, size) for at, size in session.exec(query)]


def note_size(session: Session, database: str, size: int, now: datetime) -> None:
    """Write how large a database is, once a day."""
    key = (now.astimezone(UTC).date().isoformat(), database)
    if session.get(DatabaseDay, key) is None:
        session.add(DatabaseDay(day=key[0], database=database, at=now, bytes_total=size))


def note_check(session: Session, database: str, damage: str, now: datetime) -> None:
    """Write what was found when a database was looked through; of one that has a size of today."""
    row = session.get(DatabaseDay, (now.astimezone(UTC).date().isoformat(), database))
    if row is not None:
        row.checked_at, row.damage = now, damage[:200]
        session.add(row)


def last_check(session: Session, database: str) -> tuple[datetime, str] | None:
    """Return when a database was last looked through, and what was found: empty is well."""
    last = select(func.max(DatabaseDay.checked_at)).where(DatabaseDay.database == database)
    query = select(DatabaseDay).where(
        DatabaseDay.database == database, col(DatabaseDay.checked_at) == last.scalar_subquery()
    )
    row = session.exec(query).first()
    return None if row is None or row.checked_at is None else (row.checked_at, row.damage)


def with_thing(row: CentreThing) -> str:
    """Return a row's values with which thing it is about, as JSON."""
    values: dict[str, object] = json.loads(row.evidence)
    return json.dumps({**values, "part": row.part, "about": row.about}, ensure_ascii=False)
