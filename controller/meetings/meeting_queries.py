"""Meetings: made, edited, found, and moved from state to state by claims."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, tuple_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from contracts.floor import FloorMode, FloorState
from contracts.floor_request import Participants
from contracts.ids import MeetingId, PointId
from controller.meetings import agenda_queries, floor_queries
from controller.meetings.agenda import AgendaItem
from controller.meetings.holds import hold_queries
from controller.meetings.holds.rules import NOT_AGREED
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.list_filter import EVERY, ListFilter
from controller.meetings.meeting_state import MeetingPhase, Move, TimedMeeting, after
from controller.meetings.tables import Meeting, MeetingParticipant, OrderKey

_OPEN = (MeetingPhase.DRAFT.value, MeetingPhase.SCHEDULED.value)
_TOLD = (MeetingPhase.SCHEDULED.value, MeetingPhase.LIVE.value)
_APART = ("point_ids", "agenda")
HOLDING = (*_OPEN, MeetingPhase.LIVE.value)
"""In which a meeting has its rooms, drafts among them."""
_LATELY = timedelta(days=2)
_JOINED = [one.value for one in HeldAs if one.is_joined]


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """What a person says of a meeting; validated before it comes here.

    `agenda`: None where nobody said anything of it.
    """

    title: str
    document_number: str
    chair_point_id: PointId
    point_ids: tuple[PointId, ...]
    begins_at: datetime
    ends_at: datetime
    owner: str
    relay_id: str
    is_recorded: bool = False
    kind: str = MeetingKind.OTHER.value
    level: int | None = None
    secretary: str = ""
    held_as: str = HeldAs.ONLINE.value
    host_unit_id: str | None = None
    chair_name: str = ""
    agenda: tuple[AgendaItem, ...] | None = None

    def columns(self) -> dict[str, Any]:
        """Return what stands in the meeting's own row."""
        return {name: value for name, value in asdict(self).items() if name not in _APART}


@dataclass(frozen=True, slots=True)
class MeetingTitle:
    """What a meeting is found by."""

    meeting_id: str
    title: str
    document_number: str
    begins_at: datetime


IDS_AT_ONCE = 500


def create(
    session: Session,
    meeting_id: MeetingId,
    facts: MeetingFacts,
    *,
    phase: MeetingPhase,
    mode: FloorMode,
    actor: str,
    now: datetime,
    date_of: tuple[str, datetime] | None = None,
) -> Meeting:
    """Add a meeting with its participants and floor; one that is over was held at its hours.

    Args:
        date_of: the series and the date of its rule that the meeting is.
    """
    series_id, series_at = date_of or (None, None)
    is_over = phase is MeetingPhase.ENDED
    meeting = Meeting(
        meeting_id=meeting_id,
        state=phase.value,
        **facts.columns(),
        created_by=actor,
        created_at=now,
        series_id=series_id,
        series_at=series_at,
        live_at=facts.begins_at if is_over else None,
        ended_at=facts.ends_at if is_over else None,
    )
    session.add(meeting)
    session.flush()
    set_participants(session, meeting_id, facts.point_ids)
    agenda_queries.put(session, meeting_id, facts.agenda or ())
    floor_queries.begin(session, meeting_id, FloorState(epoch=0, mode=mode))
    return meeting


def claim_move(
    session: Session, meeting_id: MeetingId, phase: MeetingPhase, move: Move, *, now: datetime
) -> bool:
    """Make a move from the given phase; False: the meeting is not (any more) in it."""
    target = after(phase, move)
    if target is None:
        return False
    values: dict[str, object] = {"state": target.value}
    if target is MeetingPhase.LIVE:
        values["live_at"] = now
    if target.is_final:
        values["ended_at"] = now
    changed = session.exec(
        update(Meeting)
        .where(col(Meeting.meeting_id) == meeting_id, col(Meeting.state) == phase.value)
        .values(**values)
    )
    return changed.rowcount == 1


def get(session: Session, meeting_id: str) -> Meeting | None:
    """Return a meeting."""
    return session.get(Meeting, meeting_id)


def ids_lately(session: Session, now: datetime) -> frozenset[str]:
    """Return the meetings that are to come, are on, or were to end in the last days."""
    is_on = or_(col(Meeting.ends_at) > now - _LATELY, col(Meeting.state) == MeetingPhase.LIVE.value)
    return frozenset(session.exec(select(Meeting.meeting_id).where(is_on)))


def claim(session: Session, meeting_id: str) -> Meeting:
    """Return a meeting that there is as it is now; nobody else changes it in this transaction."""
    query = select(Meeting).where(Meeting.meeting_id == meeting_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def by_ids(session: Session, meeting_ids: Iterable[str]) -> dict[str, Meeting]:
    """Return those meetings that there are, by their ids."""
    found: dict[str, Meeting] = {}
    wanted = list(meeting_ids)
    for first in range(0, len(wanted), IDS_AT_ONCE):
        some = col(Meeting.meeting_id).in_(wanted[first : first + IDS_AT_ONCE])
        found |= {one.meeting_id: one for one in session.exec(select(Meeting).where(some))}
    return found


def between(
    session: Session, *, begins: datetime, ends: datetime, wanted: ListFilter = EVERY
) -> list[Meeting]:
    """Return the meetings that touch [begins, ends), earliest first."""
    return _found(session, Meeting.begins_at < ends, Meeting.ends_at > begins, *_wanted(wanted))


def of_point(
    session: Session, point_id: PointId, *, begins: datetime, ends: datetime
) -> list[Meeting]:
    """Return the meetings that a point joins, or would, and that touch [begins, ends)."""
    invited = select(MeetingParticipant.meeting_id).where(
        MeetingParticipant.point_id == point_id, is_had()
    )
    is_invited = col(Meeting.meeting_id).in_(invited)
    return _found(session, Meeting.begins_at < ends, Meeting.ends_at > begins, is_invited)


def of_points(
    session: Session,
    point_ids: Iterable[str],
    *,
    begins: datetime,
    ends: datetime,
    count: int,
) -> list[tuple[Meeting, list[str]]]:
    """Return meetings of points that touch [begins, ends), the latest so many, with who of them.

    Drafts are left out, and points whose rooms nobody has agreed to; the earliest comes first.
    """
    wanted = list(point_ids)
    invited = select(MeetingParticipant.meeting_id).where(
        col(MeetingParticipant.point_id).in_(wanted), is_had()
    )
    query = select(Meeting).where(
        col(Meeting.meeting_id).in_(invited),
        Meeting.state != MeetingPhase.DRAFT.value,
        Meeting.begins_at < ends,
        Meeting.ends_at > begins,
    )
    latest = (col(Meeting.begins_at).desc(), col(Meeting.meeting_id).desc())
    found = list(session.exec(query.order_by(*latest).limit(count)))[::-1]
    who: dict[str, list[str]] = {}
    rows = session.exec(
        select(MeetingParticipant.meeting_id, MeetingParticipant.point_id)
        .where(col(MeetingParticipant.meeting_id).in_([one.meeting_id for one in found]))
        .where(col(MeetingParticipant.point_id).in_(wanted), is_had())
        .order_by(col(MeetingParticipant.position), col(MeetingParticipant.point_id))
    )
    for meeting_id, point_id in rows:
        who.setdefault(meeting_id, []).append(point_id)
    return [(one, who.get(one.meeting_id, [])) for one in found]


def newest_titles(session: Session, *, classification: str, count: int) -> list[MeetingTitle]:
    """Return so many meetings of a classification, the last first; none that was cancelled."""
    query = (
        select(Meeting.meeting_id, Meeting.title, Meeting.document_number, Meeting.begins_at)
        .where(
            Meeting.classification == classification,
            Meeting.state != MeetingPhase.CANCELLED.value,
        )
        .order_by(col(Meeting.begins_at).desc())
        .limit(count)
    )
    return [MeetingTitle(*row) for row in session.exec(query)]


def live(session: Session, forwarded: Collection[MeetingId] = ()) -> list[Meeting]:
    """Return the meetings that are on, whatever their planned times say.

    Args:
        forwarded: those that go on by their relays' word, whether our clock began them or not.
    """
    is_scheduled = col(Meeting.state) == MeetingPhase.SCHEDULED.value
    goes_on = and_(is_scheduled, is_joined(), col(Meeting.meeting_id).in_(list(forwarded)))
    return _found(session, or_(col(Meeting.state) == MeetingPhase.LIVE.value, goes_on))


def over(
    session: Session, *, by: OrderKey, count: int, wanted: ListFilter = EVERY
) -> list[Meeting]:
    """Return so many meetings that are over and began by a place in the order, latest first."""
    at = tuple_(col(Meeting.begins_at), col(Meeting.meeting_id))
    found = select(Meeting).where(col(Meeting.state).not_in(HOLDING), at <= by, *_wanted(wanted))
    order = (col(Meeting.begins_at).desc(), col(Meeting.meeting_id).desc())
    return list(session.exec(found.order_by(*order).limit(count)))


def to_come(
    session: Session, *, since: OrderKey, count: int, wanted: ListFilter = EVERY
) -> list[Meeting]:
    """Return so many meetings that are planned to begin from a place on, the nearest first."""
    at = tuple_(col(Meeting.begins_at), col(Meeting.meeting_id))
    found = select(Meeting).where(col(Meeting.state).in_(_OPEN), at >= since, *_wanted(wanted))
    order = (col(Meeting.begins_at), col(Meeting.meeting_id))
    return list(session.exec(found.order_by(*order).limit(count)))


def participants(session: Session, meeting_id: str) -> list[PointId]:
    """Return the invited points in protocol order, the chair's among them."""
    found = session.exec(
        select(MeetingParticipant.point_id)
        .where(MeetingParticipant.meeting_id == meeting_id)
        .order_by(col(MeetingParticipant.position), col(MeetingParticipant.point_id))
    )
    return [PointId(point_id) for point_id in found]


def joining(session: Session, meeting_id: str) -> list[PointId]:
    """Return the invited points but those whose rooms nobody has agreed to, in protocol order."""
    left_out = hold_queries.not_agreed(session, meeting_id)
    return [one for one in participants(session, meeting_id) if one not in left_out]


def participant_counts(session: Session, meeting_ids: Iterable[str]) -> dict[str, int]:
    """Return how many points each meeting invites."""
    found = session.exec(
        select(MeetingParticipant.meeting_id, func.count())
        .where(col(MeetingParticipant.meeting_id).in_(list(meeting_ids)))
        .group_by(MeetingParticipant.meeting_id)
    )
    return {meeting_id: count for meeting_id, count in found}


def seats(session: Session, meeting: Meeting) -> Participants:
    """Return who is in a meeting."""
    return Participants(
        PointId(meeting.chairing_point_id), frozenset(participants(session, meeting.meeting_id))
    )


def timed(session: Session) -> list[TimedMeeting]:
    """Return every meeting the clock may have something to do with."""
    columns = (Meeting.meeting_id, Meeting.state, Meeting.begins_at, Meeting.ends_at)
    found = session.execute(
        select_columns(*map(col, columns), col(Meeting.held_as)).where(
            col(Meeting.state).in_(_TOLD)
        )
    )
    return [
        TimedMeeting(i, MeetingPhase(state), begins, ends, is_joined=HeldAs(held_as).is_joined)
        for i, state, begins, ends, held_as in found
    ]


def told_to_points(
    session: Session, point_ids: Iterable[str] | None, *, until: datetime
) -> dict[PointId, list[Meeting]]:
    """Return each point's scheduled and live meetings to join that begin before an instant.

    Args:
        point_ids: None for every point.
    """
    query = (
        select(MeetingParticipant.point_id, Meeting)
        .join(Meeting, col(MeetingParticipant.meeting_id) == col(Meeting.meeting_id))
        .where(col(Meeting.state).in_(_TOLD), is_joined(), Meeting.begins_at < until)
        .where(is_had())
        .order_by(col(Meeting.begins_at), col(Meeting.meeting_id))
    )
    if point_ids is not None:
        query = query.where(col(MeetingParticipant.point_id).in_(list(point_ids)))
    told: dict[PointId, list[Meeting]] = {}
    for point_id, meeting in session.exec(query):
        told.setdefault(PointId(point_id), []).append(meeting)
    return told


def told_to_relays(session: Session, *, until: datetime) -> list[Meeting]:
    """Return the meetings relays should know: those to come, and those on."""
    return _found(session, col(Meeting.state).in_(_TOLD), is_joined(), Meeting.begins_at < until)


def is_joined() -> ColumnElement[bool]:
    """Return what HeldAs.is_joined is in the database."""
    return col(Meeting.held_as).in_(_JOINED)


def is_had() -> ColumnElement[bool]:
    """Return whether a participant's room is its meeting's: nobody has (still) to agree to it."""
    return ~hold_queries.is_held_as(NOT_AGREED)


def _wanted(wanted: ListFilter) -> tuple[ColumnElement[bool], ...]:
    asked = (
        (col(Meeting.kind), wanted.kind and wanted.kind.value),
        (col(Meeting.held_as), wanted.held_as and wanted.held_as.value),
        (col(Meeting.host_unit_id), wanted.host_unit_id),
    )
    return tuple(column == value for column, value in asked if value)


def _found(session: Session, *conditions: ColumnElement[bool] | bool) -> list[Meeting]:
    query = select(Meeting).where(*conditions)
    return list(session.exec(query.order_by(col(Meeting.begins_at), col(Meeting.meeting_id))))


def set_participants(session: Session, meeting_id: str, point_ids: tuple[PointId, ...]) -> None:
    """Add the invited points in protocol order, where there are none."""
    invited = [
        {"meeting_id": meeting_id, "point_id": point_id, "position": position}
        for position, point_id in enumerate(point_ids)
    ]
    session.connection().execute(insert(MeetingParticipant), invited)
