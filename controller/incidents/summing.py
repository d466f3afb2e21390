"""Tells once, when quiet hours are over, what they held back."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from controller.incidents import channel_queries, incident_queries, telling, wording
from controller.incidents.channel_queries import DROPPED, GIVEN_UP
from controller.incidents.duty.receivers import Directory, Receiver
from controller.incidents.tables import AlertMessage, IncidentRow
from controller.incidents.wording import Letter
from controller.web.i18n.catalogue import chosen

_UNTOLD = (DROPPED, GIVEN_UP)


def sum_up(session: Session, now: datetime, link: str) -> int:
    """Tell receivers once what quiet hours held back; return how many were told.

    By a channel's own hours only what still stands is told, and the end of what was told before.
    """
    held: dict[Receiver, list[AlertMessage]] = {}
    for one in channel_queries.held(session, until=now):
        held.setdefault(Receiver.of(one), []).append(one)
    words, directory, count = chosen(telling.LETTERS_IN), Directory.at(session, now), 0
    for receiver, messages in held.items():
        numbers = {one.number for one in messages}
        found = {one: incident_queries.what_became_of(session, one) for one in numbers}
        rows = {row.number: row for _, row in sorted(found.items()) if row is not None}
        if not directory.wants_what_is_over(receiver):
            before = {one.message_id for one in messages}
            rows = {
                number: row
                for number, row in rows.items()
                if row.over_at is None or _was_told(session, row, receiver, before)
            }
        told_of = [one for one in messages if _number(found[one.number]) in rows]
        rest = [one.message_id for one in messages if one not in told_of]
        channel_queries.sum_up(session, rest, now, state=DROPPED)
        if not told_of:
            continue
        told = telling.all_in_words(session, words, list(rows.values()), now, lambda _: {})
        lines = [
            (wording.line(words, now, one.happened, one.advice.what), row.over_at is not None)
            for row, one in zip(rows.values(), told, strict=True)
        ]
        letter = wording.summary(words, lines, f"{link}/incidents")
        session.add(_summary(told_of[0], letter, now))
        channel_queries.sum_up(session, [one.message_id for one in told_of], now)
        count += 1
    return count


def _number(row: IncidentRow | None) -> int | None:
    return row.number if row is not None else None


def _was_told(
    session: Session, row: IncidentRow, receiver: Receiver, held: Collection[int | None]
) -> bool:
    """Whether somebody heard of an incident, or of a part of it, before what is held from them."""
    numbers = incident_queries.with_parts(session, row.number or 0)
    return any(
        Receiver.of(one) == receiver
        and one.what != telling.ANSWER
        and one.message_id not in held
        and one.state not in _UNTOLD
        for one in channel_queries.of_incidents(session, numbers)
    )


def _summary(first: AlertMessage, letter: Letter, now: datetime) -> AlertMessage:
    return AlertMessage(
        number=first.number,
        channel_id=first.channel_id,
        channel_name=first.channel_name,
        person_id=first.person_id,
        address=first.address,
        what=telling.SUMMARY,
        rank=first.rank,
        priority=first.priority,
        title=letter.title,
        text=letter.text,
        queued_at=now,
    )
