"""What is wrong with points now, for those who tell people: read for all of them at once."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlalchemy import case, func
from sqlmodel import Session, col

from contracts.ids import PointId
from controller.health.presence_queries import is_listening, listened_until
from controller.ingest import readings
from controller.ingest.point_limits import BY_LIMITS
from controller.ingest.problem_tables import OpenProblem
from controller.ingest.tables import PresenceInterval
from monitoring.judgement.incidents import DOWN, OFTEN_WITHIN, Ailment
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import Argument, Problem, ProblemKey, Severity

_OF_PRESENCE = (ProblemKey.SILENT.value, ProblemKey.CENTRE_BLIND.value)


@dataclass(frozen=True, slots=True)
class Ailing:
    """Of which points something is known, and what is wrong with them.

    `blind_since`: since when the centre hears nobody; None: it listens, or it never has.
    """

    points: frozenset[PointId] = frozenset()
    ailments: tuple[Ailment, ...] = ()
    blind_since: datetime | None = None


def heard(session: Session, now: datetime) -> Ailing:
    """Return what is known of points now, and what is seriously wrong with them."""
    if not is_listening(session, now):
        return Ailing(blind_since=listened_until(session))
    present = sqlalchemy.select(col(PresenceInterval.point_id), col(PresenceInterval.state)).where(
        col(PresenceInterval.ended_at).is_(None)
    )
    states = {PointId(one): state for one, state in session.connection().execute(present)}
    known = {one for one, state in states.items() if state != PresenceState.UNKNOWN.value}
    down = [one for one in known if states[one] == PresenceState.DOWN.value]
    falls = _falls(session, down, now)
    found = [
        Ailment(one, DOWN, began_at, falls.get(one, 1))
        for one, began_at in readings.outages_began(session, down).items()
    ]
    return Ailing(frozenset(known), (*found, *_problems(session)))


def _falls(session: Session, down: Collection[PointId], now: datetime) -> dict[PointId, int]:
    row = PresenceInterval
    query = (
        sqlalchemy.select(col(row.point_id), func.count())
        .where(col(row.point_id).in_(down), col(row.state) == PresenceState.DOWN.value)
        .where(col(row.began_at) >= now - OFTEN_WITHIN)
        .group_by(col(row.point_id))
    )
    return {PointId(one): count for one, count in session.connection().execute(query)}


def _problems(session: Session) -> list[Ailment]:
    row = OpenProblem
    marked = case((col(row.evidence).contains(f'"{BY_LIMITS}"'), col(row.evidence)))
    query = (
        sqlalchemy.select(
            col(row.point_id), col(row.problem), func.min(row.began_at), func.max(marked)
        )
        .where(col(row.severity) == Severity.SERIOUS.value)
        .where(col(row.problem).not_in(_OF_PRESENCE))
        .group_by(col(row.point_id), col(row.problem))
    )
    rows = session.connection().execute(query)
    return [
        Ailment(PointId(one), problem, began_at, bond=_bond(kept))
        for one, problem, began_at, kept in rows
    ]


def _bond(kept: str | None) -> str:
    """Return what is one with what else began as thresholds were set; empty: it is not of that."""
    return f"{BY_LIMITS} {json.loads(kept)[BY_LIMITS]}" if kept else ""


def evidence(session: Session, point_id: str, key: str) -> str:
    """Return the values of what is wrong with a point, as JSON; of what is over there are none."""
    query = sqlalchemy.select(col(OpenProblem.evidence)).where(
        col(OpenProblem.point_id) == point_id, col(OpenProblem.problem) == key
    )
    found = session.connection().execute(query.limit(1)).scalar()
    return str(found) if found else "{}"


def problem_of(key: str, kept: str, since: datetime) -> Problem | None:
    """Return what was wrong from its key and kept values; None: no such thing is known."""
    name = ProblemKey.SILENT.value if key == DOWN else key
    if name not in {one.value for one in ProblemKey}:
        return None
    arguments: dict[str, Argument] = json.loads(kept) | {"since": since}
    return Problem(ProblemKey(name), Severity.SERIOUS, arguments)
