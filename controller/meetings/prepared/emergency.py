"""An emergency meeting (họp khẩn) of a saved group: it begins at once, and points join at once.

That it begins is a person's word and no clock's decision, so that it needs no clock that is
believed. Whose rooms are taken is looked at in the transaction that makes it: of two who call
the same group together at once the second is told of the first.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.ids import MeetingId, PointId
from contracts.local_days import ZONE
from controller.db.engine import writing
from controller.errors import BadEntry, Conflict
from controller.meetings import booking, booking_queries, event_queries, meeting_queries
from controller.meetings.booking import Booking, Clash
from controller.meetings.calendar import Calendar, MeetingForm
from controller.meetings.holds import hold_queries, holding
from controller.meetings.kinds import MeetingKind
from controller.meetings.meeting_state import MeetingPhase, Move
from controller.meetings.prepared import group_queries
from controller.meetings.prepared.groups import found_group
from controller.meetings.prepared.points import ReadyPoints, SavedGroup, ready
from controller.meetings.tables import Meeting
from controller.places import service as places

USUAL_MIN = 120
FEWEST_POINTS = 2
_NAMED = 8


@dataclass(frozen=True, slots=True)
class EmergencyForm:
    """What a person says of an emergency meeting; the classification was accepted before.

    `title` empty: as it is proposed. `accepted`: the meetings whose rooms it may take.
    """

    group_id: str
    title: str = ""
    minutes: int = USUAL_MIN
    accepted: frozenset[str] = frozenset()


class EmergencyClash(Conflict):
    """Points are in other meetings; an emergency goes ahead of them only by a person's word."""

    def __init__(self, clashes: Collection[Clash]) -> None:
        self.clashes = tuple(clashes)
        titles = "; ".join(f"“{one.title}”" for one in self.clashes[:_NAMED])
        super().__init__(
            "points_taken",
            f"Có điểm cầu đang thuộc cuộc họp khác: {titles}. Xác nhận thì mới bắt đầu.",
            f"Some points are in another meeting: {titles}. It begins only if that is accepted.",
        )


def proposed_title(group_name: str, now: datetime) -> str:
    """Return what an emergency meeting is called where nobody says otherwise."""
    return f"Họp khẩn {now.astimezone(ZONE):%H:%M}, {group_name}"


@dataclass(frozen=True, slots=True)
class EmergencyPlan:
    """What would begin: the group, the points it brings, and whose rooms are taken."""

    group: SavedGroup
    points: ReadyPoints
    clashes: tuple[Clash, ...]
    title: str


@dataclass(frozen=True, slots=True)
class EmergencyDesk:
    """Where emergency meetings begin. Used from worker threads; keeps nothing itself."""

    calendar: Calendar

    def plan(
        self,
        session: Session,
        group_id: str,
        *,
        now: datetime,
        minutes: int = USUAL_MIN,
    ) -> EmergencyPlan:
        """Return what would begin now.

        Raises:
            NotFound: there is no such group.
        """
        group = found_group(session, group_id)
        points = ready([group], places.as_of(session, now).point_names)
        ends_at = now + timedelta(minutes=minutes)
        wanted = Booking(MeetingId(""), "", now, ends_at, frozenset(points.point_ids))
        clashes = booking.clashes(wanted, booking_queries.holding(session, now, ends_at))
        return EmergencyPlan(group, points, tuple(clashes), proposed_title(group.name, now))

    def begin(self, form: EmergencyForm, *, actor: str) -> Meeting:
        """Make the meeting and begin it: points and relays are told at once.

        Raises:
            NotFound: there is no such group.
            BadEntry: too few of its points are left, or the title cannot be kept.
            EmergencyClash: points are taken by meetings that were not accepted.
        """
        now = self.calendar.now()
        meeting_id = MeetingId(f"m{now:%y%m%d}-{secrets.token_hex(4)}")
        with writing(self.calendar.state) as session:
            hold_queries.claim_rooms(session)
            # Groups share points: of two that are called at once the second sees the first.
            group_queries.claim_all(session)
            plan = self.plan(session, form.group_id, now=now, minutes=form.minutes)
            _refuse_too_few(plan.points.point_ids)
            if any(one.meeting_id not in form.accepted for one in plan.clashes):
                raise EmergencyClash(plan.clashes)
            asked = MeetingForm(
                title=form.title or plan.title,
                chair_point_id=plan.points.chair_point_id,
                point_ids=plan.points.chair_first,
                begins_at=now,
                ends_at=now + timedelta(minutes=form.minutes),
                kind=MeetingKind.EMERGENCY,
            )
            facts = self.calendar.checked(session, asked, now)
            meeting = meeting_queries.create(
                session,
                meeting_id,
                facts,
                phase=MeetingPhase.SCHEDULED,
                mode=asked.mode,
                actor=actor,
                now=now,
            )
            event_queries.record(session, meeting_id, "meeting_scheduled", now=now, actor=actor)
            holding.take(session, meeting, self.calendar, actor=actor, now=now)
            meeting_queries.claim_move(
                session, meeting_id, MeetingPhase.SCHEDULED, Move.BEGIN, now=now
            )
            event_queries.record(session, meeting_id, "meeting_began", now=now, actor=actor)
            session.refresh(meeting)
        self.calendar.changes.note_meeting(meeting_id, meeting.state, facts.point_ids)
        return meeting


def _refuse_too_few(point_ids: Collection[PointId]) -> None:
    if len(point_ids) < FEWEST_POINTS:
        raise BadEntry(
            "Nhóm này còn chưa đủ hai điểm cầu dùng được. Sửa nhóm rồi bắt đầu lại.",
            "Fewer than two points of this group can be used. Change the group, then begin.",
        )
