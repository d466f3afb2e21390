"""Letters as rows: which is due, how each ended, and lists of them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, update
from sqlmodel import Session, col, select

from controller.mail.retrying import LONGEST_REST, LetterState, Tried
from controller.mail.smtp import MailOutcome
from controller.mail.tables import MailLetter

_ENDED = [one.value for one in LetterState if one not in (LetterState.WAITING, LetterState.SENDING)]
_WAITING = LetterState.WAITING.value


def letter(session: Session, letter_id: int, *, is_claimed: bool = False) -> MailLetter | None:
    """Return one; claimed: nobody else changes it until this transaction ends."""
    return session.get(MailLetter, letter_id, with_for_update=is_claimed or None)


def count_waiting(session: Session) -> int:
    """Return how many letters wait."""
    return int(
        session.execute(select(func.count()).where(MailLetter.state == _WAITING)).scalar_one()
    )


def _has_its_turn(now: datetime) -> ColumnElement[bool]:
    """What was put off for longer than any rest was put off by a clock that was ahead: now."""
    at = col(MailLetter.next_try_at)
    return and_(col(MailLetter.state) == _WAITING, or_(at <= now, at > now + LONGEST_REST))


def is_due(session: Session, now: datetime) -> bool:
    """Return whether a letter waits for its turn now."""
    query = select(MailLetter.letter_id).where(_has_its_turn(now))
    return session.exec(query.limit(1)).first() is not None


def claim_next(session: Session, now: datetime) -> MailLetter | None:
    """Take the letter whose turn it is, so that nothing replaces it meanwhile."""
    query = select(MailLetter).where(_has_its_turn(now))
    order = (col(MailLetter.next_try_at), col(MailLetter.letter_id))
    found = session.exec(query.order_by(*order).limit(1).with_for_update()).first()
    if found is None:
        return None
    found.state, found.tries = LetterState.SENDING.value, found.tries + 1
    session.add(found)
    return found


def pull(session: Session, now: datetime) -> None:
    """Have every letter that waits by itself tried now."""
    session.execute(
        update(MailLetter)
        .where(col(MailLetter.state) == _WAITING, col(MailLetter.next_try_at) > now)
        .values(next_try_at=now)
    )


def became(
    session: Session, letter_id: int, tried: Tried, outcome: MailOutcome, now: datetime
) -> None:
    """Write what became of a letter that was being sent."""
    is_over = tried.next_try_at is None
    problem = "" if outcome.fate == "sent" else f"{outcome.fate} {outcome.detail}".strip()[:40]
    values: dict[str, object] = {
        "state": tried.state.value,
        "ended_at": now if is_over else None,
        "problem": problem,
        "said": outcome.said,
    }
    if tried.next_try_at is not None:
        values["next_try_at"] = tried.next_try_at
    session.execute(
        update(MailLetter)
        .where(
            col(MailLetter.letter_id) == letter_id,
            col(MailLetter.state) == LetterState.SENDING.value,
        )
        .values(**values)
    )


def is_any_sending(session: Session) -> bool:
    """Return whether a letter is being sent, as far as its row says."""
    query = select(MailLetter.letter_id).where(MailLetter.state == LetterState.SENDING.value)
    return session.exec(query.limit(1)).first() is not None


def let_go(session: Session) -> None:
    """Have wait again what rows say is being sent, while nothing is."""
    session.execute(
        update(MailLetter)
        .where(col(MailLetter.state) == LetterState.SENDING.value)
        .values(state=_WAITING)
    )


def has_waited_since(session: Session, before: datetime) -> bool:
    """Return whether a letter waits that was queued before a time."""
    query = select(MailLetter.letter_id).where(
        MailLetter.state == _WAITING, col(MailLetter.queued_at) < before
    )
    return session.exec(query.limit(1)).first() is not None


def give_up(session: Session, *, queued_before: datetime, now: datetime, problem: str) -> int:
    """Give up what has waited for too long; return how many letters."""
    found = session.exec(
        update(MailLetter)
        .where(col(MailLetter.state) == _WAITING, col(MailLetter.queued_at) < queued_before)
        .values(state=LetterState.GIVEN_UP.value, ended_at=now, problem=problem)
    )
    return found.rowcount


def replace_waiting(
    session: Session, about: str, addresses: Collection[str], now: datetime
) -> None:
    """Write that what waits for addresses about the same is not sent any more.

    Whoever sends claims one row at a time: what this does not hit is claimed, and seen as such by
    whatever this transaction asks next.
    """
    session.execute(
        update(MailLetter)
        .where(
            col(MailLetter.about) == about,
            col(MailLetter.address).in_(addresses),
            col(MailLetter.state) == _WAITING,
        )
        .values(state=LetterState.REPLACED.value, ended_at=now)
    )


def may_have_arrived(session: Session, about: str, addresses: Collection[str]) -> set[str]:
    """Return which addresses may have had a letter about something.

    So do those of which no letter is kept: those that ended long ago are removed. Take back first
    what still waits: it may be claimed right after this was asked.
    """
    row = MailLetter
    is_tried = and_(col(row.tries) > 0, col(row.state) != LetterState.REFUSED.value)
    is_out = col(row.state).in_((LetterState.SENT.value, LetterState.SENDING.value))
    went_out = func.max(case((or_(is_tried, is_out), 1), else_=0))
    query = select(row.address, went_out).where(row.about == about, col(row.address).in_(addresses))
    held_back = {one for one, is_it in session.exec(query.group_by(row.address)) if not is_it}
    return set(addresses) - held_back


def newest(session: Session, about: str, address: str) -> int:
    """Return the number of the last letter to an address about something; 0: there is none."""
    query = select(func.max(MailLetter.letter_id)).where(
        MailLetter.about == about, MailLetter.address == address
    )
    return session.exec(query).one() or 0


def last_of_each(session: Session, about: str) -> dict[str, MailLetter]:
    """Return the last letter about something to each address."""
    newest = (
        select(func.max(MailLetter.letter_id))
        .where(MailLetter.about == about)
        .group_by(MailLetter.address)
    )
    query = select(MailLetter).where(col(MailLetter.letter_id).in_(newest))
    return {one.address: one for one in session.exec(query)}


def listed(
    session: Session, states: Collection[LetterState], *, before: int | None, count: int
) -> list[MailLetter]:
    """Return so many letters in some states, the newest first, before one where it is given."""
    newest = col(MailLetter.letter_id).desc()
    found: list[MailLetter] = []
    for state in states:  # each from the end of its own index: of all states that is a sort
        query = select(MailLetter).where(MailLetter.state == state.value)
        if before is not None:
            query = query.where(col(MailLetter.letter_id) < before)
        found += session.exec(query.order_by(newest).limit(count))
    return sorted(found, key=lambda one: -(one.letter_id or 0))[:count]


def counts(session: Session) -> dict[str, int]:
    """Return how many letters are in each state."""
    query = select(MailLetter.state, func.count()).group_by(col(MailLetter.state))
    return {str(state): int(count) for state, count in session.exec(query)}


def forget(session: Session, before: datetime, *, count: int) -> int:
    """Remove so many letters that ended before a time; return how many."""
    query = select(MailLetter.letter_id).where(
        col(MailLetter.state).in_(_ENDED), col(MailLetter.ended_at) < before
    )
    ids = list(session.exec(query.limit(count)))
    found = session.exec(delete(MailLetter).where(col(MailLetter.letter_id).in_(ids)))
    return found.rowcount
