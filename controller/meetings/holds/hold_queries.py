"""Rooms that are held for meetings: kept, found, and claimed before any is set."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, insert, text, tuple_, update
from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.meetings.holds.rules import HOLDING, NOT_AGREED, HoldState, RoomHours
from controller.meetings.holds.tables import OwnerRole, RoomHold
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting, MeetingParticipant
from controller.places.owner import Owner

_BOOKING = 0x686F6C64
"""Of the advisory lock: whoever sets a meeting in rooms waits for whoever does at this moment."""
_TOLD = (MeetingPhase.SCHEDULED.value, MeetingPhase.LIVE.value)
IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class HeldBy:
    """A room that is held, and the meeting for which."""

    hold: RoomHold
    meeting: Meeting


def is_held_as(states: Collection[str]) -> ColumnElement[bool]:
    """Return whether a participant's room is one that somebody has to agree to, in such a state."""
    return exists().where(
        col(RoomHold.meeting_id) == col(MeetingParticipant.meeting_id),
        col(RoomHold.point_id) == col(MeetingParticipant.point_id),
        col(RoomHold.state).in_(states),
    )


def claim_rooms(session: Session) -> None:
    """Let nobody else set meetings in rooms until this transaction ends; to be called first.

    SQLite has one writer at a time anyhow.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _BOOKING})


def of_meeting(session: Session, meeting_id: str) -> list[RoomHold]:
    """Return the rooms of a meeting that somebody has to agree to."""
    query = select(RoomHold).where(RoomHold.meeting_id == meeting_id)
    return list(session.exec(query.order_by(col(RoomHold.owner), col(RoomHold.point_id))))


def claimed_of(session: Session, meeting_id: str, owner: Owner) -> list[RoomHold]:
    """Return those of an owner, which nobody else changes until this transaction ends."""
    query = select(RoomHold).where(RoomHold.meeting_id == meeting_id, RoomHold.owner == owner.value)
    query = query.order_by(col(RoomHold.point_id)).with_for_update()
    return list(session.exec(query.execution_options(populate_existing=True)))


def standing_in(
    session: Session, points: Collection[PointId], span: RoomHours, *, but: str
) -> list[HeldBy]:
    """Return what holds some rooms at some time for other meetings, the earliest first."""
    query = (
        select(RoomHold, Meeting)
        .join(Meeting, col(Meeting.meeting_id) == col(RoomHold.meeting_id))
        .where(
            col(RoomHold.point_id).in_(list(points)),
            col(RoomHold.state).in_(HOLDING),
            RoomHold.begins_at < span.ends_at,
            RoomHold.ends_at > span.begins_at,
            RoomHold.meeting_id != but,
            col(Meeting.state).in_(_TOLD),
        )
        .order_by(col(RoomHold.begins_at), col(RoomHold.meeting_id), col(RoomHold.point_id))
    )
    return [HeldBy(hold, meeting) for hold, meeting in session.exec(query)]


def ask(
    session: Session,
    meeting: Meeting,
    points: Mapping[PointId, Owner],
    *,
    state: HoldState,
    actor: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Hold rooms for a meeting at its hours, in place of what was said of them before."""
    drop(session, meeting.meeting_id, points)
    rows = [
        {
            "meeting_id": meeting.meeting_id,
            "point_id": point,
            "owner": owner.value,
            "state": state.value,
            "begins_at": meeting.begins_at,
            "ends_at": meeting.ends_at,
            "asked_at": now,
            "asked_by": actor,
            "expires_at": expires_at,
            "answered_by": "",
            "reason": "",
        }
        for point, owner in points.items()
    ]
    if rows:
        session.connection().execute(insert(RoomHold), rows)


def drop(session: Session, meeting_id: str, points: Iterable[PointId]) -> None:
    """Hold rooms no more that a meeting does not have, or needs nobody's yes for."""
    session.execute(delete(RoomHold).where(_is(meeting_id, points)))


def keep_at(session: Session, meeting: Meeting, points: Collection[PointId]) -> None:
    """Have rooms held at a meeting's hours, which lie within those that were asked for."""
    session.execute(
        update(RoomHold)
        .where(_is(meeting.meeting_id, points))
        .values(begins_at=meeting.begins_at, ends_at=meeting.ends_at)
    )


def end(session: Session, held: Iterable[RoomHold], state: HoldState, reason: str = "") -> None:
    """Have rooms held no more that are claimed."""
    for one in held:
        one.state, one.reason = state.value, reason
        session.add(one)
    session.flush()


def _is(meeting_id: str, points: Iterable[PointId]) -> ColumnElement[bool]:
    return (col(RoomHold.meeting_id) == meeting_id) & col(RoomHold.point_id).in_(list(points))


def not_agreed(session: Session, meeting_id: str) -> frozenset[PointId]:
    """Return the rooms of a meeting that nobody has agreed to (yet)."""
    query = select(RoomHold.point_id).where(
        RoomHold.meeting_id == meeting_id, col(RoomHold.state).in_(NOT_AGREED)
    )
    return frozenset(PointId(one) for one in session.exec(query))


def states_of_rooms(session: Session, meeting_id: str) -> dict[PointId, HoldState]:
    """Return how the rooms of a meeting are that somebody has to agree to."""
    query = select(RoomHold.point_id, RoomHold.state).where(RoomHold.meeting_id == meeting_id)
    return {PointId(point): HoldState(state) for point, state in session.exec(query)}


def counted(session: Session, meeting_ids: Collection[str]) -> list[tuple[str, str, int]]:
    """Return of meetings how many of their rooms are in each state."""
    found: list[tuple[str, str, int]] = []
    wanted = list(meeting_ids)
    for first in range(0, len(wanted), IDS_AT_ONCE):
        some = col(RoomHold.meeting_id).in_(wanted[first : first + IDS_AT_ONCE])
        query = select(RoomHold.meeting_id, RoomHold.state, func.count()).where(some)
        rows = session.exec(query.group_by(RoomHold.meeting_id, RoomHold.state))
        found += [(meeting_id, state, count) for meeting_id, state, count in rows]
    return found


def asked_of(
    session: Session, owners: Collection[Owner], *, count: int
) -> list[tuple[Meeting, list[RoomHold]]]:
    """Return the meetings to come that ask owners for rooms, the nearest first."""
    query = (
        select(RoomHold, Meeting)
        .join(Meeting, col(Meeting.meeting_id) == col(RoomHold.meeting_id))
        .where(
            col(RoomHold.owner).in_([one.value for one in owners]),
            RoomHold.state == HoldState.ASKED.value,
            col(Meeting.state).in_(_TOLD),
        )
        .order_by(col(Meeting.begins_at), col(Meeting.meeting_id), col(RoomHold.point_id))
    )
    return _by_meeting(session.exec(query))[:count]


def answered_of(
    session: Session, owners: Collection[Owner], *, since: datetime, count: int
) -> list[tuple[Meeting, list[RoomHold]]]:
    """Return the meetings since a time that have, had or took rooms of owners, the last first."""
    query = (
        select(RoomHold, Meeting)
        .join(Meeting, col(Meeting.meeting_id) == col(RoomHold.meeting_id))
        .where(
            col(RoomHold.owner).in_([one.value for one in owners]),
            RoomHold.state != HoldState.ASKED.value,
            RoomHold.ends_at > since,
        )
        .order_by(col(Meeting.begins_at).desc(), col(Meeting.meeting_id), col(RoomHold.point_id))
    )
    return _by_meeting(session.exec(query))[:count]


def _by_meeting(rows: Iterable[tuple[RoomHold, Meeting]]) -> list[tuple[Meeting, list[RoomHold]]]:
    found: dict[str, tuple[Meeting, list[RoomHold]]] = {}
    for hold, meeting in rows:
        found.setdefault(meeting.meeting_id, (meeting, []))[1].append(hold)
    return list(found.values())


def count_asked(session: Session, owners: Collection[Owner]) -> int:
    """Return how many meetings to come ask owners for rooms."""
    if not owners:
        return 0
    query = (
        select(func.count(func.distinct(RoomHold.meeting_id)))
        .join(Meeting, col(Meeting.meeting_id) == col(RoomHold.meeting_id))
        .where(
            col(RoomHold.owner).in_([one.value for one in owners]),
            RoomHold.state == HoldState.ASKED.value,
            col(Meeting.state).in_(_TOLD),
        )
    )
    return session.exec(query).one()


def unanswered(session: Session, now: datetime, *, count: int) -> list[str]:
    """Return so many meetings of which a room has been held unanswered for too long."""
    query = (
        select(RoomHold.meeting_id)
        .where(RoomHold.state == HoldState.ASKED.value, RoomHold.expires_at <= now)
        .distinct()
        .order_by(col(RoomHold.meeting_id))
    )
    return list(session.exec(query.limit(count)))


def roles(session: Session, user_name: str | None = None) -> list[OwnerRole]:
    """Return who acts for which owner; of one person, or of all."""
    query = select(OwnerRole).order_by(col(OwnerRole.owner), col(OwnerRole.user_name))
    if user_name is not None:
        query = query.where(OwnerRole.user_name == user_name)
    return list(session.exec(query))


def forget(session: Session, before: datetime, *, count: int = IDS_AT_ONCE) -> int:
    """Remove so many holds of meetings that ended before an instant; return how many."""
    old = select(RoomHold.meeting_id, RoomHold.point_id).where(RoomHold.ends_at < before)
    rows = session.exec(old.limit(count)).all()
    if rows:
        held = tuple_(col(RoomHold.meeting_id), col(RoomHold.point_id))
        session.connection().execute(delete(RoomHold).where(held.in_([tuple(one) for one in rows])))
    return len(rows)
