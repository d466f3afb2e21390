"""What was last said on each retained topic, and which start of the controller leads."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from contracts import topics
from contracts.ids import MeetingId, RelayId
from contracts.topics import RelayTopic
from controller.dispatch.tables import DesiredDocument, Leadership


def take_leadership(session: Session, *, now: datetime) -> int:
    """Return the epoch of this start: higher than any before.

    It is the second of the start where that is higher than the last epoch plus one, so
    that a database put back to an older copy does not lead with an epoch of the past.
    """
    row = session.get(Leadership, 1, with_for_update=True)
    if row is None:
        row = Leadership(leadership_id=1, leader_epoch=0, taken_at=now)
    row.leader_epoch = max(row.leader_epoch + 1, int(now.timestamp()))
    row.taken_at = now
    session.add(row)
    session.flush()
    return row.leader_epoch


def leader_epoch(session: Session) -> int:
    """Return the epoch that leads now; 0: none has yet."""
    row = session.get(Leadership, 1)
    return row.leader_epoch if row else 0


def documents(session: Session, topics: Iterable[str]) -> dict[str, DesiredDocument]:
    """Return what was last said on these topics."""
    found = session.exec(
        select(DesiredDocument).where(col(DesiredDocument.topic).in_(list(topics)))
    )
    return {row.topic: row for row in found}


def say(
    session: Session,
    row: DesiredDocument | None,
    topic: str,
    *,
    content_sha256: str,
    now: datetime,
    ended_at: datetime | None,
) -> int:
    """Note a document about to be published; return its generation.

    Args:
        row: what `documents` gave for this topic.
    """
    if row is None:
        row = DesiredDocument(topic=topic, generation=0, content_sha256="", issued_at=now)
    if row.content_sha256 != content_sha256:
        row.generation += 1
        row.content_sha256 = content_sha256
    row.issued_at = now
    row.ended_at = ended_at
    session.add(row)
    return row.generation


def meetings_said(session: Session) -> list[MeetingId]:
    """Return the meetings of which something still stands on a relay's topic."""
    parsed = (topics.parse(topic) for topic in session.exec(select(DesiredDocument.topic)))
    return [
        one.meeting_id
        for one in parsed
        if isinstance(one, RelayTopic) and one.meeting_id is not None
    ]


def said_to_relays(
    session: Session, relay_ids: Iterable[RelayId], meeting_id: MeetingId
) -> dict[RelayId, DesiredDocument]:
    """Return what was last said of a meeting to each of these relays."""
    names = {topics.relay_meeting(one, meeting_id).name: one for one in relay_ids}
    return {names[topic]: row for topic, row in documents(session, names).items()}


def relays_said(session: Session) -> set[RelayId]:
    """Return the relays on whose topics something still stands, listed or not any more."""
    parsed = (topics.parse(topic) for topic in session.exec(select(DesiredDocument.topic)))
    return {one.relay_id for one in parsed if isinstance(one, RelayTopic)}


def ended_before(session: Session, limit: datetime) -> list[str]:
    """Return the topics whose subject is over for so long that they are cleared."""
    return list(
        session.exec(
            select(DesiredDocument.topic).where(
                col(DesiredDocument.ended_at).is_not(None),
                col(DesiredDocument.ended_at) < limit,
            )
        )
    )


def forget(session: Session, topics: Iterable[str]) -> None:
    """Remove what is no longer said."""
    session.exec(delete(DesiredDocument).where(col(DesiredDocument.topic).in_(list(topics))))
