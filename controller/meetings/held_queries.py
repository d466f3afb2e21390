"""Meetings that were held in a time, and who was invited to them: as few columns as are counted."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, col

from contracts.ids import PointId
from controller.meetings.held import HeldMeeting
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.meeting_queries import is_had
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting, MeetingParticipant
from controller.places.owner import Owner
from monitoring.judgement.periods import Period


def ended_in(period: Period) -> ColumnElement[bool]:
    """Return what is true of a meeting that has ended and was set for a time."""
    return and_(_set_for(period), col(Meeting.state) == MeetingPhase.ENDED.value)


def held_in(session: Session, period: Period) -> list[HeldMeeting]:
    """Return the meetings that have ended and were set for a time, the earliest first."""
    columns = (
        Meeting.meeting_id, Meeting.title, Meeting.document_number, Meeting.begins_at,
        Meeting.ends_at, Meeting.live_at, Meeting.ended_at, Meeting.kind, Meeting.level,
        Meeting.owner, Meeting.held_as, Meeting.host_unit_id, Meeting.chair_point_id,
    )  # fmt: skip
    query = (
        select(*map(col, columns))
        .where(ended_in(period))
        .order_by(col(Meeting.begins_at), col(Meeting.meeting_id))
    )
    return [
        HeldMeeting(
            meeting_id=row.meeting_id,
            title=row.title,
            document_number=row.document_number,
            begins_at=row.begins_at,
            held=max((row.ended_at or row.ends_at) - (row.live_at or row.begins_at), timedelta()),
            kind=MeetingKind(row.kind),
            level=row.level,
            owner=Owner(row.owner),
            held_as=HeldAs(row.held_as),
            host_unit_id=row.host_unit_id,
            chair_point_id=row.chair_point_id,
        )
        for row in session.execute(query)
    ]


def times_of_points(
    session: Session, now: datetime, period: Period, point_ids: Iterable[PointId]
) -> dict[PointId, list[Period]]:
    """Return when points had meetings that touch a period, as they were held, in any order.

    Each meeting's times are read once: a year of a province has 80,000 invited points.
    """
    was_on = (
        col(Meeting.state).in_((MeetingPhase.LIVE.value, MeetingPhase.ENDED.value)),
        col(Meeting.held_as).in_([one.value for one in HeldAs if one.is_joined]),
        func.coalesce(Meeting.live_at, Meeting.begins_at) < period.ends_at,
        or_(col(Meeting.ended_at).is_(None), col(Meeting.ended_at) > period.begins_at),
    )
    columns = (
        Meeting.meeting_id, Meeting.live_at, Meeting.begins_at, Meeting.ended_at, Meeting.ends_at
    )  # fmt: skip
    times = {
        row.meeting_id: Period(row.live_at or row.begins_at, row.ended_at or max(row.ends_at, now))
        for row in session.execute(select(*map(col, columns)).where(*was_on))
    }
    invited = (
        select(col(MeetingParticipant.point_id), col(MeetingParticipant.meeting_id))
        .join(Meeting, col(MeetingParticipant.meeting_id) == col(Meeting.meeting_id))
        .where(col(MeetingParticipant.point_id).in_(list(point_ids)), is_had(), *was_on)
    )
    found: dict[PointId, list[Period]] = {}
    for point_id, meeting_id in session.execute(invited):
        if meeting_id in times:  # it may have begun meanwhile
            found.setdefault(PointId(point_id), []).append(times[meeting_id])
    return found


def ended_since(session: Session, since: datetime) -> list[Meeting]:
    """Return the meetings that were joined and have ended since a time, in any order."""
    query = select(Meeting).where(
        col(Meeting.state) == MeetingPhase.ENDED.value, col(Meeting.ended_at) >= since
    )
    return [one for one in session.scalars(query) if one.is_joined]


def invited_in(session: Session, period: Period, *, most: int) -> list[tuple[str, str]]:
    """Return the meetings of `held_in` with each point that was invited, in protocol order.

    One whose room nobody had agreed to was not.

    Args:
        most: so many of them; what is longer is cut.
    """
    query = (
        select(col(MeetingParticipant.meeting_id), col(MeetingParticipant.point_id))
        .join(Meeting, col(Meeting.meeting_id) == col(MeetingParticipant.meeting_id))
        .where(ended_in(period), is_had())
        .order_by(
            col(MeetingParticipant.meeting_id),
            col(MeetingParticipant.position),
            col(MeetingParticipant.point_id),
        )
        .limit(most)
    )
    return [(meeting_id, point_id) for meeting_id, point_id in session.connection().execute(query)]


def counted_otherwise(session: Session, period: Period) -> dict[MeetingPhase, int]:
    """Return how many meetings that were set for a time are in each other phase than ended."""
    query = (
        select(col(Meeting.state), func.count())
        .where(_set_for(period), col(Meeting.state) != MeetingPhase.ENDED.value)
        .group_by(col(Meeting.state))
    )
    return {MeetingPhase(state): count for state, count in session.execute(query)}


def _set_for(period: Period) -> ColumnElement[bool]:
    return and_(col(Meeting.begins_at) >= period.begins_at, col(Meeting.begins_at) < period.ends_at)
