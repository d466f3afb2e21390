"""The log of meetings: rows are only ever added, those of a relay once each."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from contracts.ids import RelayId
from contracts.participants import ParticipantKind, person_named, speaker_id
from contracts.relay import RelayEvent
from controller.meetings.speech_times import GIVEN, TAKEN, FloorTurn
from controller.meetings.tables import MeetingEvent

MAX_ID_CHARS = 40
REFUSED = "refused"
MAX_REFUSALS = 500
MAX_TURNS = 10_000
_KINDS = {"ended": "relay_ended"}


def record(
    session: Session,
    meeting_id: str,
    kind: str,
    *,
    now: datetime,
    actor: str = "",
    point_id: str | None = None,
    floor_epoch: int | None = None,
    detail: str = "",
    who: str | None = None,
    subject: str = "",
) -> None:
    """Add what a person or the clock did.

    Args:
        who: whom it is about, as the floor names them; in place of a point.
        subject: what it is about, where that is nobody.
    """
    person = person_named(who) if who else None
    session.add(
        MeetingEvent(
            meeting_id=meeting_id,
            happened_at=now,
            recorded_at=now,
            kind=kind,
            actor=actor,
            point_id=None if person else who or point_id,
            subject=person or subject,
            floor_epoch=floor_epoch,
            detail=detail,
        )
    )


def record_from_relay(
    session: Session, relay_id: RelayId, event: RelayEvent, *, now: datetime
) -> bool:
    """Add what a relay says happened; False: that event is there already."""
    is_known = session.exec(
        select(MeetingEvent.event_id).where(
            MeetingEvent.relay_id == relay_id,
            MeetingEvent.relay_started_at == event.started_at,
            MeetingEvent.relay_seq == event.seq,
        )
    ).first()
    if is_known is not None:
        return False
    session.add(
        MeetingEvent(
            meeting_id=event.meeting_id,
            happened_at=event.happened_at,
            recorded_at=now,
            kind=_KINDS.get(event.kind, event.kind),
            point_id=_point_of(event),
            subject=event.subject,
            direction=event.direction,
            floor_epoch=event.floor.epoch if event.floor else None,
            detail=event.detail,
            relay_id=relay_id,
            relay_started_at=event.started_at,
            relay_seq=event.seq,
        )
    )
    return True


def name_actor(
    session: Session, meeting_id: str, *, floor_epoch: int, was: str, actor: str
) -> None:
    """Name who made a move of the floor, where only another's word of it was known before."""
    session.exec(
        update(MeetingEvent)
        .where(
            col(MeetingEvent.meeting_id) == meeting_id,
            col(MeetingEvent.floor_epoch) == floor_epoch,
            col(MeetingEvent.actor) == was,
        )
        .values(actor=actor)
    )


def refusals(session: Session, meetings: Iterable[str], *, since: datetime) -> list[MeetingEvent]:
    """Return the newest refusals of a point's certificate in some meetings."""
    found = (
        select(MeetingEvent)
        .where(
            col(MeetingEvent.meeting_id).in_(list(meetings)),
            MeetingEvent.happened_at >= since,
            MeetingEvent.kind == REFUSED,
            col(MeetingEvent.point_id).is_not(None),
        )
        .order_by(col(MeetingEvent.happened_at).desc())
        .limit(MAX_REFUSALS)
    )
    return list(session.exec(found))


def forget_before(session: Session, limit: datetime, *, count: int) -> int:
    """Remove some of the oldest rows; return how many."""
    oldest = (
        select(MeetingEvent.event_id)
        .where(MeetingEvent.recorded_at < limit)
        .order_by(col(MeetingEvent.event_id))
        .limit(count)
    )
    ids = list(session.exec(oldest))
    session.exec(delete(MeetingEvent).where(col(MeetingEvent.event_id).in_(ids)))
    return len(ids)


def _point_of(event: RelayEvent) -> str | None:
    """Return the point an event is about; a subject that no point can have is nobody."""
    is_point = event.participant_kind is ParticipantKind.POINT
    is_named = 0 < len(event.subject) <= MAX_ID_CHARS
    return event.subject if is_point and is_named else None


def of_meeting(session: Session, meeting_id: str, *, limit: int = 1000) -> list[MeetingEvent]:
    """Return the newest events of a meeting, oldest of them first."""
    newest = session.exec(
        select(MeetingEvent)
        .where(MeetingEvent.meeting_id == meeting_id)
        .order_by(col(MeetingEvent.happened_at).desc(), col(MeetingEvent.event_id).desc())
        .limit(limit)
    ).all()
    return list(reversed(newest))


def came_in(session: Session, meeting_id: str) -> dict[str, datetime]:
    """Return when each point that was in a meeting first came in, of the whole log."""
    found = session.exec(
        select(MeetingEvent.point_id, func.min(MeetingEvent.happened_at))
        .where(MeetingEvent.meeting_id == meeting_id, MeetingEvent.kind == "joined")
        .group_by(col(MeetingEvent.point_id))
    )
    return {point_id: at for point_id, at in found if point_id}


def floor_turns(session: Session, meeting_id: str, *, most: int = MAX_TURNS) -> list[FloorTurn]:
    """Return when who was given the floor and it was taken, the newest lines, oldest first."""
    found = session.exec(
        select(
            MeetingEvent.kind, MeetingEvent.point_id, MeetingEvent.subject, MeetingEvent.happened_at
        )
        .where(
            MeetingEvent.meeting_id == meeting_id,
            col(MeetingEvent.kind).in_((GIVEN, TAKEN)),
        )
        .order_by(col(MeetingEvent.event_id).desc())
        .limit(most)
    )
    turns = [
        FloorTurn(kind, point_id or speaker_id(subject, ParticipantKind.PERSON), at)
        for kind, point_id, subject, at in found
    ]
    return turns[::-1]


def newest_move(session: Session, meeting_id: str, kinds: Iterable[str]) -> list[MeetingEvent]:
    """Return what the newest move of some kinds made different, in its order."""
    kinds = list(kinds)
    last = newest(session, meeting_id, kinds)
    if last is None or last.floor_epoch is None:
        return [last] if last else []
    found = (
        select(MeetingEvent)
        .where(
            MeetingEvent.meeting_id == meeting_id,
            MeetingEvent.floor_epoch == last.floor_epoch,
            col(MeetingEvent.kind).in_(kinds),
        )
        .order_by(col(MeetingEvent.event_id))
    )
    return list(session.exec(found))


def newest(
    session: Session, meeting_id: str, kinds: Iterable[str], *, who: str | None = None
) -> MeetingEvent | None:
    """Return the newest event of some kinds; None: there is none.

    Args:
        who: whom it has to be about, as the floor names them.
    """
    found = select(MeetingEvent).where(
        MeetingEvent.meeting_id == meeting_id, col(MeetingEvent.kind).in_(list(kinds))
    )
    if who is not None:
        person = person_named(who)
        about = (None, person) if person else (who, "")
        found = found.where(MeetingEvent.point_id == about[0], MeetingEvent.subject == about[1])
    return session.exec(
        found.order_by(
            col(MeetingEvent.happened_at).desc(), col(MeetingEvent.event_id).desc()
        ).limit(1)
    ).first()
