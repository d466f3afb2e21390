"""Why points were out is judged, and every change of it written: the only place where it is.

Pages and API read the rows; what was said before stays beside what is said now.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

import sqlalchemy
from sqlalchemy import Connection

from contracts.ids import PointId
from controller.db.engine import apart
from controller.ingest import cause_evidence
from controller.ingest.cause_tables import OutageVerdict, SessionWord
from controller.ingest.tables import PresenceInterval
from monitoring.judgement.availability import Interval, Outage, outages
from monitoring.judgement.outage_cause import (
    Argument,
    CauseVerdict,
    FactKey,
    OutageCause,
    OutageFact,
    judged,
)
from monitoring.judgement.outage_evidence import LEAD, Word
from monitoring.judgement.periods import Period
from monitoring.judgement.presence import PresenceState

KNOWN_FOR = timedelta(days=13)
"""Reports are kept as measured for a day more (controller/ingest/retention.py)."""
MAX_INTERVALS = 400
AT_ONCE = 12
"""Outages of a point in one turn, the newest first: its others wait, and no report does."""

_interval = PresenceInterval.metadata.tables["presence_interval"]
_verdict = OutageVerdict.metadata.tables["outage_verdict"]
_word = SessionWord.metadata.tables["session_word"]
_TIMES = frozenset({"at", "since", "until"})


@dataclass(frozen=True, slots=True)
class Touched:
    """Of which time something new is known of a point."""

    first_at: datetime
    last_at: datetime

    def and_at(self, at: datetime) -> "Touched":
        """Return the same with one time more."""
        return Touched(min(self.first_at, at), max(self.last_at, at))


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said now of an outage that was said otherwise before, or not at all."""

    point_id: PointId
    outage: Outage
    verdict: CauseVerdict


@dataclass(frozen=True, slots=True)
class CauseTurn:
    """What one turn changed, and of which times outages are still to be judged."""

    judged: list[Judged]
    left: dict[PointId, Touched]


def write_words(connection: Connection, said: Sequence[tuple[PointId, Word]]) -> None:
    """Write what sessions said."""
    rows = [
        {"point_id": point_id, "at": word.at, "kind": word.kind.value, "run_id": word.run_id}
        for point_id, word in said
    ]
    connection.execute(sqlalchemy.insert(_word), rows)


def judge(
    connection: Connection,
    *,
    touched: Mapping[PointId, Touched],
    now: datetime,
    unit_of: Mapping[str, str],
    maintenance: Mapping[PointId, Sequence[Period]] = MappingProxyType({}),
) -> CauseTurn:
    """Judge the outages of which something new is known; write and return what changed."""
    turn = CauseTurn([], {})
    for point_id, span in touched.items():
        with apart(connection, "cause", point_id=point_id):
            judged_now, left = _judge_point(
                connection, point_id, span, now, unit_of, maintenance.get(point_id, ())
            )
            turn.judged.extend(judged_now)
            if left is not None:
                turn.left[point_id] = left
    return turn


def _judge_point(
    connection: Connection,
    point_id: PointId,
    span: Touched,
    now: datetime,
    unit_of: Mapping[str, str],
    maintenance: Sequence[Period],
) -> tuple[list[Judged], Touched | None]:
    rows = _intervals(connection, point_id, now)
    noticed = {row.began_at: row.noticed_at for row in rows}
    intervals = [Interval(PresenceState(row.state), row.began_at, row.ended_at) for row in rows]
    blind_until = [
        one.ended_at for one in intervals if one.state is PresenceState.UNKNOWN and one.ended_at
    ]
    concerned = [one for one in outages(intervals) if _is_concerned(one, span, now)]
    found: list[Judged] = []
    for outage in concerned[-AT_ONCE:]:
        evidence = cause_evidence.of_outage(
            connection, point_id, outage, now=now, blind_until=blind_until, unit_of=unit_of
        )
        verdict = judged(replace(evidence, maintenance=maintenance))
        if _write(connection, point_id, outage, verdict, now, noticed[outage.began_at]):
            found.append(Judged(point_id, outage, verdict))
    if len(concerned) <= AT_ONCE:
        return found, None
    last_at = concerned[-AT_ONCE - 1].began_at
    return found, Touched(min(span.first_at, last_at), last_at)


def _is_concerned(outage: Outage, span: Touched, now: datetime) -> bool:
    is_before = outage.ended_at is not None and outage.ended_at + LEAD < span.first_at
    is_after = span.last_at < outage.began_at - LEAD
    return not is_before and not is_after and outage.began_at >= now - KNOWN_FOR


def _intervals(
    connection: Connection, point_id: PointId, now: datetime
) -> list[sqlalchemy.Row[tuple[str, datetime, datetime, datetime | None]]]:
    query = (
        sqlalchemy.select(
            _interval.c.state, _interval.c.began_at, _interval.c.noticed_at, _interval.c.ended_at
        )
        .where(_interval.c.point_id == point_id, _interval.c.began_at >= now - 2 * KNOWN_FOR)
        .order_by(_interval.c.began_at.desc())
        .limit(MAX_INTERVALS)
    )
    return list(reversed(connection.execute(query).all()))


def _write(
    connection: Connection,
    point_id: PointId,
    outage: Outage,
    verdict: CauseVerdict,
    now: datetime,
    noticed_at: datetime,
) -> bool:
    """Write what is said now; return False where it is what was said before."""
    said = {
        "own_began_at": verdict.began_at,
        "cause": verdict.cause.value,
        "is_certain": verdict.is_certain,
        "is_recorded": verdict.is_recorded,
        "evidence": evidence_text(verdict.facts),
    }
    columns = [_verdict.c[name] for name in said]
    last = connection.execute(
        sqlalchemy.select(*columns)
        .where(_verdict.c.point_id == point_id, _verdict.c.outage_began_at == outage.began_at)
        .order_by(_verdict.c.verdict_id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and (
        tuple(last) == tuple(said.values()) or (last.is_recorded and not verdict.is_recorded)
    ):
        return False
    connection.execute(
        sqlalchemy.insert(_verdict).values(
            point_id=point_id,
            outage_began_at=outage.began_at,
            judged_at=now,
            noticed_at=noticed_at,
            **said,
        )
    )
    return True


def evidence_text(facts: Iterable[OutageFact]) -> str:
    """Return facts as they are stored."""
    told = [
        {
            "fact": fact.key.value,
            **{
                name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in fact.arguments.items()
            },
        }
        for fact in facts
    ]
    return json.dumps(told, ensure_ascii=False)


def stored_verdict(row: OutageVerdict) -> CauseVerdict:
    """Return a verdict as it was written."""
    return CauseVerdict(
        OutageCause(row.cause),
        row.is_certain,
        tuple(_stored_fact(one) for one in json.loads(row.evidence)),
        row.own_began_at,
        row.is_recorded,
    )


def _stored_fact(told: dict[str, str | int]) -> OutageFact:
    arguments: dict[str, Argument] = {
        name: datetime.fromisoformat(str(value)) if name in _TIMES else value
        for name, value in told.items()
        if name != "fact"
    }
    return OutageFact(FactKey(told["fact"]), arguments)
