"""What is wrong with points is judged, and every change written: the only place where it is.

Pages, API and alerts read the rows.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy
from sqlalchemy import Connection
from sqlmodel import Session, col, select

from contracts.ids import PointId
from contracts.reports import BandwidthBody, HealthBody, InventoryBody
from controller.db.engine import apart, usable
from controller.errors import StorageError
from controller.ingest import (
    battery_rows,
    port_words,
    presence_rows,
    readings,
    supply_words,
    throughput_rows,
    train_rows,
    way_rows,
)
from controller.ingest.point_limits import BY_LIMITS, PointLimits
from controller.ingest.problem_tables import OpenProblem, ProblemFlip, RefusedDocument
from controller.ingest.tables import PointTwins, PresenceInterval
from monitoring.judgement.battery import ReplacedBattery, said_by
from monitoring.judgement.contract_problems import OF_CONTRACT, TRAIN_HOLDS, LineSold, LineUse
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.flips import Flip, flips, id_of
from monitoring.judgement.health import Facts, LineWindow, problems_of
from monitoring.judgement.ports import damaging
from monitoring.judgement.presence import PresenceChanged, PresenceState
from monitoring.judgement.problem import Problem, ProblemKey, Thresholds
from monitoring.judgement.twins import SHOWN_FOR
from monitoring.judgement.way_out import told_way, way_of
from runtime.guard import guarded

NEW_INVENTORY = timedelta(minutes=15)
"""So long is looked at what led out before: an inventory comes within a minute of a change."""
SECOND_LINE_FOR = timedelta(days=30)
"""Whoever uses the second line for longer has no other."""

_open = OpenProblem.metadata.tables["open_problem"]
_flip = ProblemFlip.metadata.tables["problem_flip"]


Replaced = Mapping[str, Sequence[ReplacedBattery]]


@dataclass(frozen=True, slots=True)
class PeopleSay:
    """What people entered that is judged by, by points."""

    contracted: Mapping[str, Contracted]
    replaced: Replaced


@dataclass(frozen=True, slots=True)
class PointFlip:
    """One change at a point."""

    point_id: PointId
    flip: Flip


def change_presence(
    connection: Connection,
    *,
    changes: Sequence[PresenceChanged],
    now: datetime,
    thresholds: Thresholds | PointLimits,
    contracted: Mapping[str, Contracted] | None = None,
    replaced: Replaced | None = None,
) -> list[PointFlip]:
    """Write changes of presence, and what they change of what is wrong."""
    presence_rows.write_changes(connection, changes)
    found: list[PointFlip] = []
    with apart(connection, "judging"):
        found = judge(
            connection,
            wanted={one.point_id for one in changes},
            now=now,
            thresholds=thresholds,
            contracted=contracted,
            replaced=replaced,
        )
    return found


def judge(
    connection: Connection,
    *,
    wanted: Iterable[PointId] | None,
    now: datetime,
    thresholds: Thresholds | PointLimits,
    contracted: Mapping[str, Contracted] | None = None,
    replaced: Replaced | None = None,
) -> list[PointFlip]:
    """Judge points (None: everyone that was ever heard) and write what changed; return that.

    Args:
        contracted: what lines are sold for; None: it was not read yet, and nothing ends by it.
        replaced: batteries that people said were replaced.
    """
    points = None if wanted is None else list(wanted)
    found: list[PointFlip] = []
    limits = thresholds if isinstance(thresholds, PointLimits) else PointLimits.fixed(thresholds)
    limits.begin(is_everyone=points is None)
    with Session(connection, join_transaction_mode="rollback_only") as session:
        before = readings.open_problems(session, points)
        told = PeopleSay(contracted or {}, replaced or {})
        for point_id, facts in _facts(session, points, now, told, before).items():
            limits.leave(point_id)
            if facts.state is PresenceState.UNKNOWN:
                continue  # nothing is known of it: what was wrong is neither over nor new
            with guarded("judgement", through=(StorageError,), point_id=point_id), usable():
                old = before.get(point_id, [])
                new = _judged(facts, old, limits, point_id)
                if contracted is None and facts.state is PresenceState.UP:
                    new += [one for one in old if one.key in OF_CONTRACT]
                new = way_rows.placed(session, point_id, new, old, _gateway(facts), now)
                if old or new:
                    found.extend(_changed(connection, point_id, old, new, now))
                limits.judged(point_id)
    return found


def _gateway(facts: Facts) -> str | None:
    body = facts.health.body if facts.health else None
    return body.gateway.address if isinstance(body, HealthBody) and body.gateway else None


def _judged(
    facts: Facts, old: Iterable[Problem], limits: PointLimits, point_id: PointId
) -> list[Problem]:
    """Return what is wrong, with what is so only since thresholds were set marked as that."""
    by, before = limits.of(point_id)
    found = problems_of(facts, by)
    marks = {id_of(one): one.arguments[BY_LIMITS] for one in old if BY_LIMITS in one.arguments}
    if by != before:
        known = {id_of(one) for one in (*old, *problems_of(facts, before))}
        anew = (id_of(one) for one in found if id_of(one) not in known)
        marks |= dict.fromkeys(anew, limits.revision)
    return [
        replace(one, arguments={**one.arguments, BY_LIMITS: mark})
        if (mark := marks.get(id_of(one))) is not None
        else one
        for one in found
    ]


def _changed(
    connection: Connection,
    point_id: PointId,
    old: Sequence[Problem],
    new: Sequence[Problem],
    now: datetime,
) -> list[PointFlip]:
    """Write what changed at one point, or nothing of it."""
    changed = list(flips(old, new))
    with connection.begin_nested():
        for flip in changed:
            _write(connection, point_id, flip, now)
        _keep_evidence(connection, point_id, old, new)
    return [PointFlip(point_id, flip) for flip in changed]


def _facts(
    session: Session,
    wanted: list[PointId] | None,
    now: datetime,
    told: PeopleSay,
    before: Mapping[PointId, Sequence[Problem]],
) -> dict[PointId, Facts]:
    reports = readings.latest(session, wanted, ("health", "inventory", "bandwidth"))
    seen = select(PointTwins).where(col(PointTwins.seen_at) >= now - SHOWN_FOR)
    twins = {row.point_id: row.began_at for row in session.exec(seen)}
    refused: dict[str, dict[str, str]] = {}
    for refusal in session.exec(select(RefusedDocument)):
        refused.setdefault(refusal.point_id, {})[refusal.document] = refusal.problem
    present = select(PresenceInterval).where(col(PresenceInterval.ended_at).is_(None))
    if wanted is not None:
        present = present.where(col(PresenceInterval.point_id).in_(wanted))
    rows = session.exec(present).all()
    lines = readings.lines_now(session, now, [PointId(row.point_id) for row in rows])
    down = [PointId(row.point_id) for row in rows if row.state == PresenceState.DOWN.value]
    outages = readings.outages_began(session, down)
    tested = throughput_rows.tested_lately(session, wanted, now)
    used = readings.used_lately(session, now, [one for one in lines if one in told.contracted])
    supplies = supply_words.of_points(session.connection(), wanted, now)
    asks = battery_rows.keep(session.connection(), wanted, supplies)
    known = {point_id: damaging(old) for point_id, old in before.items()}
    trains = train_rows.lately(session, _squeezed(before), now)
    ports = port_words.of_points(session.connection(), wanted, now, known)
    found: dict[PointId, Facts] = {}
    for row in rows:
        point_id = PointId(row.point_id)
        own = reports.get(point_id, {})
        health = own.get("health")
        with guarded("judgement", point_id=point_id):
            found[point_id] = Facts(
                state=PresenceState(row.state),
                since=outages.get(point_id, row.began_at),
                health=None if health is None else health.report,
                inventory=readings.body_of(own.get("inventory"), InventoryBody),
                line=lines.get(point_id, LineWindow()),
                twins_since=twins.get(row.point_id),
                refused=refused.get(row.point_id, {}),
                sold=LineSold(
                    told.contracted.get(row.point_id),
                    trains.get(point_id) or _train(own.get("bandwidth"), now),
                    tuple(tested.get(point_id, ())),
                    _used(health, used.get(point_id, {})),
                ),
                supplies=tuple(supplies[point_id].mains) if point_id in supplies else (),
                battery_asks=tuple(asks.get(point_id, ())),
                replaced=tuple(said_by(told.replaced.get(row.point_id, ()), now)),
                ports=tuple(ports.get(point_id, ())),
                ports_without_power=supplies[point_id].without_power
                if point_id in supplies
                else {},
                ports_before=frozenset(known.get(point_id, ())),
                earlier_ways=_earlier_ways(
                    session, point_id, own.get("inventory"), before.get(point_id, ()), now
                ),
            )
    return found


def _earlier_ways(
    session: Session,
    point_id: PointId,
    last: readings.LastReport | None,
    before: Sequence[Problem],
    now: datetime,
) -> tuple[str, ...]:
    """Return what led out of a point before: the way it left, as said, and of its inventories."""
    left = [
        str(one.arguments["name"])
        for one in before
        if one.key is ProblemKey.FAILED_OVER and _is_within(one, now - SECOND_LINE_FOR)
    ]
    inventory = readings.body_of(last, InventoryBody)
    if last is None or inventory is None:
        return tuple(left)
    left.append(told_way(inventory))
    if now - last.at <= NEW_INVENTORY:
        left.append(readings.way_before(session, point_id, last.at))
    return tuple(left)


def _is_within(one: Problem, since: datetime) -> bool:
    began_at = one.arguments.get("since")
    return isinstance(began_at, datetime) and began_at >= since


def _used(health: readings.LastReport | None, used: Mapping[str, LineUse]) -> LineUse:
    """Return what went over the interface that leads out."""
    body = readings.body_of(health, HealthBody)
    return used.get(way_of(body), LineUse()) if body is not None else LineUse()


def _squeezed(before: Mapping[PointId, Sequence[Problem]]) -> list[PointId]:
    """Return whose lines a train found too slow: the next may say nothing of that way."""
    return [
        point_id
        for point_id, old in before.items()
        if any(one.key is ProblemKey.BELOW_CONTRACT for one in old)
    ]


def _train(last: readings.LastReport | None, now: datetime) -> BandwidthBody | None:
    """Return the last train, where it still says something of the line."""
    if last is None or now - last.at > TRAIN_HOLDS:
        return None
    return readings.body_of(last, BandwidthBody)


def _write(connection: Connection, point_id: PointId, flip: Flip, now: datetime) -> None:
    key, about = id_of(flip.problem)
    evidence = _evidence(flip.problem)
    connection.execute(
        sqlalchemy.insert(_flip).values(
            point_id=point_id,
            problem=key.value,
            about=about,
            was=flip.was and flip.was.value,
            became=flip.became and flip.became.value,
            at=now,
            evidence=evidence,
        )
    )
    is_it = _is_it(point_id, flip.problem)
    if flip.became is None or flip.was is None:  # also a row that could not be read
        connection.execute(sqlalchemy.delete(_open).where(*is_it))
    if flip.became is None:
        return
    if flip.was is None:
        since = flip.problem.arguments.get("since")
        connection.execute(
            sqlalchemy.insert(_open).values(
                point_id=point_id,
                problem=key.value,
                about=about,
                severity=flip.became.value,
                began_at=since if isinstance(since, datetime) else now,
                evidence=evidence,
            )
        )
    else:
        connection.execute(
            sqlalchemy.update(_open)
            .where(*is_it)
            .values(severity=flip.became.value, evidence=evidence)
        )


def _keep_evidence(
    connection: Connection, point_id: PointId, old: Iterable[Problem], new: Iterable[Problem]
) -> None:
    """A loss of 3 % that has become one of 5 % is the same problem with newer evidence."""
    said = {id_of(one): one for one in old}
    for problem in new:
        known = said.get(id_of(problem))
        if known is None:
            continue
        since = problem.arguments.get("since", known.arguments["since"])
        if since != known.arguments["since"] or _evidence(problem) != _evidence(known):
            connection.execute(
                sqlalchemy.update(_open)
                .where(*_is_it(point_id, problem))
                .values(began_at=since, evidence=_evidence(problem))
            )


def _is_it(point_id: PointId, problem: Problem) -> tuple[sqlalchemy.ColumnElement[bool], ...]:
    key, about = id_of(problem)
    return (_open.c.point_id == point_id, _open.c.problem == key.value, _open.c.about == about)


def _evidence(problem: Problem) -> str:
    values = {name: value for name, value in problem.arguments.items() if name != "since"}
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
