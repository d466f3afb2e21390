"""Channels, and the messages that go out by them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import case, delete, func, or_, update
from sqlmodel import Session, col, select

from controller.incidents.channel_entered import SYSLOG
from controller.incidents.tables import AlertChannel, AlertMessage, IncidentRow

WAITING, SENT, GIVEN_UP = "waiting", "sent", "given_up"
HELD, SUMMED, DROPPED = "held", "summed", "dropped"
_OF_MESSAGE = ("refused", "failed")


def channels(session: Session) -> list[AlertChannel]:
    """Return every channel, by name."""
    query = select(AlertChannel).order_by(col(AlertChannel.name), col(AlertChannel.channel_id))
    return list(session.exec(query))


def of_people(session: Session) -> list[AlertChannel]:
    """Return those by which somebody is told, by name."""
    return [one for one in channels(session) if one.kind != SYSLOG]


def logs(session: Session) -> list[AlertChannel]:
    """Return those that keep a record and tell nobody, by name."""
    return [one for one in channels(session) if one.kind == SYSLOG]


def told_of(
    session: Session, to: Iterable[AlertChannel], rows: Iterable[IncidentRow]
) -> set[tuple[str, int, str]]:
    """Return of which incidents there are messages for channels, and of what."""
    query = (
        select(AlertMessage.channel_id, AlertMessage.number, AlertMessage.what)
        .where(col(AlertMessage.channel_id).in_([one.channel_id for one in to]))
        .where(col(AlertMessage.number).in_([one.number for one in rows]))
    )
    return set(session.exec(query))


def channel(session: Session, channel_id: str) -> AlertChannel | None:
    """Return one."""
    return session.get(AlertChannel, channel_id)


def waiting(session: Session) -> dict[str, AlertMessage]:
    """Return of each channel the message that is its turn: the most important, then the oldest.

    One that was refused itself, and may be for ever, comes after all others.
    """
    query = select(AlertMessage).where(AlertMessage.state == WAITING)
    is_refused = or_(*(col(AlertMessage.problem).startswith(fate) for fate in _OF_MESSAGE))
    ordered = query.order_by(
        case((is_refused, 1), else_=0),
        col(AlertMessage.rank),
        col(AlertMessage.queued_at),
        col(AlertMessage.message_id),
    )
    found: dict[str, AlertMessage] = {}
    for one in session.exec(ordered):
        found.setdefault(one.channel_id, one)
    return found


def waiting_since(session: Session) -> list[datetime]:
    """Return since when each message waits that is to go out now."""
    return list(session.exec(select(AlertMessage.queued_at).where(AlertMessage.state == WAITING)))


def of_incident(session: Session, number: int) -> list[AlertMessage]:
    """Return every message of an incident, as they were written."""
    return of_incidents(session, [number])


def of_incidents(session: Session, numbers: Iterable[int]) -> list[AlertMessage]:
    """Return every message of incidents, as they were written."""
    query = select(AlertMessage).where(col(AlertMessage.number).in_(list(numbers)))
    return list(session.exec(query.order_by(col(AlertMessage.message_id))))


def message(session: Session, message_id: int) -> AlertMessage | None:
    """Return one message."""
    return session.get(AlertMessage, message_id)


def count_answers(session: Session, message_id: int) -> int:
    """Return how often it was told what came of answers to a message."""
    query = select(func.count()).where(AlertMessage.answers == message_id)
    return int(session.exec(query).one())


def name_of(message: AlertMessage) -> str:
    """Return what a receiver knows it by; numbers alone come again after a restored backup."""
    return f"alert-{message.message_id}-{message.queued_at:%Y%m%d%H%M%S%f}"


def last_id(session: Session) -> int:
    """Return the number of the newest message; 0: there is none."""
    return session.exec(select(func.max(AlertMessage.message_id))).one() or 0


def held(session: Session, *, until: datetime) -> list[AlertMessage]:
    """Return what quiet hours held back that are over at an instant, in its order."""
    row = AlertMessage
    query = select(row).where(row.state == HELD, col(row.held_until) <= until)
    return list(session.exec(query.order_by(col(row.rank), col(row.message_id))))


def sum_up(
    session: Session, message_ids: Iterable[int | None], now: datetime, *, state: str = SUMMED
) -> None:
    """Write that held messages are part of another, or dropped: they are not sent themselves."""
    ids = [one for one in message_ids if one is not None]
    session.execute(
        update(AlertMessage)
        .where(col(AlertMessage.message_id).in_(ids), col(AlertMessage.state) == HELD)
        .values(state=state, ended_at=now)
    )


def tried(session: Session, message_id: int, *, problem: str) -> None:
    """Write that a message did not get through this time."""
    session.execute(
        update(AlertMessage)
        .where(col(AlertMessage.message_id) == message_id)
        .values(tries=AlertMessage.tries + 1, problem=problem)
    )


def ended(session: Session, message_id: int, state: str, now: datetime, *, problem: str) -> None:
    """Write that a message is sent or given up."""
    session.execute(
        update(AlertMessage)
        .where(col(AlertMessage.message_id) == message_id, col(AlertMessage.state) == WAITING)
        .values(state=state, ended_at=now, tries=AlertMessage.tries + 1, problem=problem)
    )


def give_up_of(session: Session, channel_id: str, now: datetime, *, problem: str) -> None:
    """Write that what waits for a channel is sent no more."""
    session.execute(
        update(AlertMessage)
        .where(col(AlertMessage.channel_id) == channel_id)
        .where(col(AlertMessage.state).in_((WAITING, HELD)))
        .values(state=GIVEN_UP, ended_at=now, problem=problem)
    )


def give_up_of_person(session: Session, person_id: str, now: datetime, *, problem: str) -> None:
    """Write that what waits for somebody is sent no more."""
    session.execute(
        update(AlertMessage)
        .where(col(AlertMessage.person_id) == person_id)
        .where(col(AlertMessage.state).in_((WAITING, HELD)))
        .values(state=GIVEN_UP, ended_at=now, problem=problem)
    )


def forget_of(session: Session, numbers: Iterable[int]) -> None:
    """Remove the messages of incidents."""
    session.execute(delete(AlertMessage).where(col(AlertMessage.number).in_(list(numbers))))
