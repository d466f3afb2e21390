"""The roster, the ladder and what was climbed of it, as rows and as the rules' own values."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from controller.incidents.duty.ladder import WITH_ROSTER, WITHOUT_ROSTER, LadderRung, ladder_of
from controller.incidents.duty.roster import DutySpan, Swap, WeeklyShift, spans
from controller.incidents.duty.tables import (
    ONLY,
    DutyPerson,
    DutyPolicy,
    DutyRung,
    DutyShift,
    DutySwap,
    IncidentStep,
)


def policy(session: Session) -> DutyPolicy:
    """Return what counts for all; as it is before anybody set it."""
    return session.get(DutyPolicy, ONLY) or DutyPolicy()


def people(session: Session) -> list[DutyPerson]:
    """Return everybody, by name."""
    query = select(DutyPerson).order_by(col(DutyPerson.name), col(DutyPerson.person_id))
    return list(session.exec(query))


def shifts(session: Session) -> list[DutyShift]:
    """Return every shift, as the week goes."""
    row = DutyShift
    order = (col(row.weekday), col(row.from_min), col(row.until_min), col(row.shift_id))
    return list(session.exec(select(row).order_by(*order)))


def swaps(session: Session, *, since: date) -> list[DutySwap]:
    """Return the swaps of a date and later."""
    query = select(DutySwap).where(col(DutySwap.on_date) >= since)
    return list(session.exec(query.order_by(col(DutySwap.on_date), col(DutySwap.out_id))))


def duty_between(session: Session, begins_at: datetime, ends_at: datetime) -> list[DutySpan]:
    """Return who is on duty within a time."""
    weekly = [
        WeeklyShift(one.person_id, one.weekday, one.from_min, one.until_min)
        for one in shifts(session)
    ]
    since = (begins_at - timedelta(days=2)).date()
    swapped = [Swap(one.on_date, one.out_id, one.in_id) for one in swaps(session, since=since)]
    return spans(weekly, swapped, begins_at=begins_at, ends_at=ends_at)


def rungs(session: Session) -> list[DutyRung]:
    """Return the ladder that somebody set; none where nobody did."""
    return list(session.exec(select(DutyRung).order_by(col(DutyRung.position))))


def ladder(session: Session) -> tuple[LadderRung, ...]:
    """Return the ladder that counts."""
    rows = rungs(session)
    if rows:
        kept = ((one.target, (one.high_min, one.normal_min, one.low_min)) for one in rows)
        return ladder_of(kept)
    has_roster = session.exec(select(DutyShift.shift_id).limit(1)).first() is not None
    return WITH_ROSTER if has_roster else WITHOUT_ROSTER


def ladder_mark(session: Session) -> str:
    """Return what changes with the ladder that counts, and with what counts for all."""
    said, kept = ladder(session), policy(session)
    text = repr((said, kept.ahead_min, kept.wakes_min))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def climbed(session: Session, number: int) -> frozenset[str]:
    """Return the steps that were told of an incident."""
    query = select(IncidentStep.step).where(IncidentStep.number == number)
    return frozenset(session.exec(query))


def climb(session: Session, number: int, steps: Iterable[str], now: datetime) -> None:
    """Write that steps are told of an incident; the database refuses what was before."""
    rows = (IncidentStep(number=number, step=one, told_at=now) for one in steps)
    session.add_all(rows)
    session.flush()


def forget_steps(session: Session, numbers: Iterable[int]) -> None:
    """Remove what was climbed of incidents."""
    session.execute(delete(IncidentStep).where(col(IncidentStep.number).in_(list(numbers))))


def remove_person(session: Session, person: DutyPerson) -> None:
    """Remove somebody with their shifts and swaps."""
    who = person.person_id
    session.execute(delete(DutyShift).where(col(DutyShift.person_id) == who))
    session.execute(
        delete(DutySwap).where((col(DutySwap.out_id) == who) | (col(DutySwap.in_id) == who))
    )
    session.delete(person)
