"""A cancelled meeting is had back: itself where nobody was told by e-mail, else another like it.

Whoever was told by a letter that a meeting is off has a calendar that says so for ever (decision
264): they are invited to a meeting of its own, as of a date of a series that is had back.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from contracts.floor import FloorMode
from contracts.ids import MeetingId
from controller.db.engine import writing
from controller.errors import Conflict
from controller.meetings import (
    booking,
    booking_queries,
    change_queries,
    event_queries,
    floor_queries,
    meeting_queries,
    series_queries,
)
from controller.meetings.booking import Booking
from controller.meetings.calendar import Calendar, MeetingForm, made
from controller.meetings.holds import hold_queries, holding
from controller.meetings.invited import service as invitations
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.meeting_queries import MeetingFacts
from controller.meetings.meeting_state import MeetingPhase, may_be_restored
from controller.meetings.refusals import found, wrong_phase
from controller.meetings.series import found_series
from controller.meetings.tables import Meeting
from controller.places.owner import Owner

RESTORED = "meeting_restored"
"""In the log of the cancelled meeting; its detail names the one that was made in its place."""


@dataclass(frozen=True, slots=True)
class Restoring:
    """Where cancelled meetings are had back. Used from worker threads; keeps nothing itself."""

    calendar: Calendar

    def restore(self, meeting_id: str, *, actor: str, is_clash_accepted: bool = False) -> Meeting:
        """Have a cancelled meeting back; return it, or the one that was made in its place.

        Raises:
            NotFound: there is no such meeting, or a point of it is no more.
            Conflict: it is not cancelled, its hour has come, it was had back already, or its
                points are taken and that was not accepted.
        """
        now = self.calendar.now()
        with writing(self.calendar.state) as session:
            hold_queries.claim_rooms(session)
            series_id = found(session, meeting_id).series_id
            if series_id is not None:
                found_series(session, series_id, is_claimed=True)
            meeting = meeting_queries.claim(session, meeting_id)
            _refuse_unless_open(session, meeting, now)
            form = form_kept(session, meeting)
            facts = self.calendar.checked(session, form, now)
            if not is_clash_accepted:
                _refuse_clash(session, meeting, facts)
            if invitations.is_invited(session, meeting_id):
                back = self._another(session, meeting, facts, form, actor=actor, now=now)
            else:
                back = self._itself(session, meeting, actor=actor, now=now)
        self.calendar.changes.note_meeting(MeetingId(back.meeting_id), back.state, facts.point_ids)
        return back

    def _itself(self, session: Session, meeting: Meeting, *, actor: str, now: datetime) -> Meeting:
        session.exec(
            update(Meeting)
            .where(
                col(Meeting.meeting_id) == meeting.meeting_id,
                col(Meeting.state) == MeetingPhase.CANCELLED.value,
            )
            .values(state=MeetingPhase.SCHEDULED.value, ended_at=None)
        )
        event_queries.record(session, meeting.meeting_id, RESTORED, now=now, actor=actor)
        session.refresh(meeting)
        holding.hold(session, meeting, self.calendar, actor=actor, now=now, is_anew=True)
        return meeting

    def _another(
        self,
        session: Session,
        before: Meeting,
        facts: MeetingFacts,
        form: MeetingForm,
        *,
        actor: str,
        now: datetime,
    ) -> Meeting:
        is_date = before.series_id is not None and before.series_at is not None
        date_of = (before.series_id or "", before.series_at or now) if is_date else None
        meeting = made(session, facts, form, actor=actor, now=now, date_of=date_of)
        event_queries.record(
            *(session, before.meeting_id, RESTORED), now=now, actor=actor, detail=meeting.meeting_id
        )
        session.flush()
        holding.hold(session, meeting, self.calendar, actor=actor, now=now)
        invitations.carry_over(session, before, meeting, now)
        return meeting


def form_kept(session: Session, meeting: Meeting) -> MeetingForm:
    """Return a meeting as somebody would enter it."""
    facts = change_queries.facts_of(session, meeting)
    floor = floor_queries.current(session, meeting.meeting_id)
    return MeetingForm(
        title=facts.title,
        chair_point_id=facts.chair_point_id,
        point_ids=facts.point_ids,
        begins_at=facts.begins_at,
        ends_at=facts.ends_at,
        document_number=facts.document_number,
        kind=MeetingKind(facts.kind),
        level=facts.level,
        secretary=facts.secretary,
        held_as=HeldAs(facts.held_as),
        host_unit_id=facts.host_unit_id,
        chair_name=facts.chair_name,
        owner=Owner(facts.owner),
        mode=floor.mode if floor else FloorMode.ONE_MIC,
        is_recorded=facts.is_recorded,
        agenda=facts.agenda,
    )


def _refuse_unless_open(session: Session, meeting: Meeting, now: datetime) -> None:
    phase = MeetingPhase(meeting.state)
    if phase is not MeetingPhase.CANCELLED:
        raise wrong_phase(meeting, "khôi phục", "had back")
    if not may_be_restored(phase, meeting.begins_at, now=now):
        raise Conflict(
            "wrong_state",
            "Giờ họp đã đến nên không khôi phục được. Đặt cuộc họp tương tự vào giờ khác.",
            "The meeting's hour has come: it cannot be had back. Set one like it at another time.",
        )
    again = event_queries.newest_move(session, meeting.meeting_id, frozenset((RESTORED,)))
    is_replaced = any(one.detail for one in again)
    if is_replaced or _is_date_taken(session, meeting):
        raise Conflict(
            "wrong_state",
            "Cuộc họp này đã được khôi phục rồi.",
            "The meeting was had back already.",
        )


def _is_date_taken(session: Session, meeting: Meeting) -> bool:
    """Return whether a series has another meeting on the date that was cancelled."""
    if meeting.series_id is None:
        return False
    return any(
        one.series_at == meeting.series_at and one.state != MeetingPhase.CANCELLED.value
        for one in series_queries.dates(session, meeting.series_id)
    )


def _refuse_clash(session: Session, meeting: Meeting, facts: MeetingFacts) -> None:
    begins_at, ends_at = meeting.begins_at, meeting.ends_at
    points = frozenset(facts.point_ids)
    wanted = Booking(MeetingId(meeting.meeting_id), "", begins_at, ends_at, points)
    others = booking_queries.bookings(session, begins=begins_at, ends=ends_at)
    for other in booking.clashes(wanted, others)[:1]:
        raise Conflict(
            "clash",
            f"Từ khi hủy, có điểm cầu đã nhận họp “{other.title}” vào giờ này. Đánh dấu vẫn khôi "
            "phục dù trùng lịch, hoặc đặt cuộc họp tương tự vào giờ khác.",
            f"Points were taken by “{other.title}” meanwhile. Accept it, or set one like it.",
        )
