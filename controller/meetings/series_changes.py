"""What a date of a series is about and who is invited is changed: of one, or of all later ones.

One transaction, as with their times; what is on, over, or whose hour has come is never touched.
Times, the way of being held and whether it is recorded stay each date's own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId
from contracts.local_days import ZONE
from controller.db.engine import writing
from controller.errors import Conflict
from controller.meetings import change_queries, event_queries, floor_queries, meeting_queries
from controller.meetings.calendar import Calendar, MeetingForm
from controller.meetings.floor import record_moves, refit_floor
from controller.meetings.holds import hold_queries, holding
from controller.meetings.holds.asker import Asker, asker
from controller.meetings.invited import service as invitations
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.meeting_queries import MeetingFacts
from controller.meetings.refusals import wrong_phase
from controller.meetings.removal import refuse_chair_put_out
from controller.meetings.series import tell
from controller.meetings.series_dates import DatesMeant, first_clash, meant, open_date
from controller.meetings.tables import Meeting
from controller.places.owner import Owner


@dataclass(frozen=True, slots=True)
class DateFacts:
    """What a person enters; the classification was accepted before this is made."""

    title: str
    chair_point_id: str
    point_ids: tuple[str, ...]
    document_number: str = ""
    kind: MeetingKind = MeetingKind.OTHER
    level: int | None = None
    secretary: str = ""
    host_unit_id: str | None = None
    chair_name: str = ""


@dataclass(frozen=True, slots=True)
class _Changed:
    meeting: Meeting
    before: Sequence[PointId]
    floors: tuple[FloorState, FloorState]


@dataclass(frozen=True, slots=True)
class SeriesChanges:
    """Where dates of series are changed. Used from worker threads; keeps nothing itself."""

    calendar: Calendar

    def change(
        self,
        meeting_id: str,
        wanted: DateFacts,
        scope: DatesMeant,
        *,
        actor: str,
        is_clash_accepted: bool = False,
    ) -> list[Meeting]:
        """Change a date, or it and all later ones; return what was changed.

        Raises:
            Conflict: points that are new to it are taken then, and that was not accepted.
        """
        now = self.calendar.now()
        with writing(self.calendar.state) as session:
            hold_queries.claim_rooms(session)
            chosen, all_dates = open_date(session, meeting_id, now, ("sửa", "changed"))
            dates = meant(chosen, all_dates, scope, now)
            # What is judged by the date is judged by the first and the last of them.
            facts = self._checked(session, dates[0], wanted, now)
            self._checked(session, dates[-1], wanted, now)
            before = {
                one.meeting_id: meeting_queries.participants(session, one.meeting_id)
                for one in dates
            }
            if not is_clash_accepted:
                _refuse_clash(session, all_dates, dates, facts.point_ids, before)
            who, changed = asker(session, self.calendar.settings, actor), list[_Changed]()
            for one in dates:
                floors = self._edited(session, one, facts, who, now, is_told=not changed)
                if floors is not None:
                    changed.append(_Changed(one, before[one.meeting_id], floors))
            if not changed:
                session.refresh(chosen)
                raise wrong_phase(chosen, "sửa", "changed")
        self._tell(changed, facts.point_ids)
        return [one.meeting for one in changed]

    def _checked(
        self, session: Session, one: Meeting, wanted: DateFacts, now: datetime
    ) -> MeetingFacts:
        form = MeetingForm(
            title=wanted.title,
            chair_point_id=wanted.chair_point_id,
            point_ids=wanted.point_ids,
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            document_number=wanted.document_number,
            kind=wanted.kind,
            level=wanted.level,
            secretary=wanted.secretary,
            held_as=HeldAs(one.held_as),
            host_unit_id=wanted.host_unit_id,
            chair_name=wanted.chair_name,
            owner=Owner(one.owner),
            is_recorded=False,
        )
        return self.calendar.checked(session, form, now)

    def _tell(self, changed: Sequence[_Changed], points: Sequence[PointId]) -> None:
        for one in changed:
            tell(self.calendar, [one.meeting], tuple({*one.before, *points}))
            old, new = one.floors
            if new != old:
                self.calendar.changes.note_floor(MeetingId(one.meeting.meeting_id), new)

    def _edited(
        self,
        session: Session,
        one: Meeting,
        facts: MeetingFacts,
        who: Asker,
        now: datetime,
        *,
        is_told: bool,
    ) -> tuple[FloorState, FloorState] | None:
        """Change one date; return its floor before and after. None: it has begun meanwhile.

        Args:
            is_told: whoever agrees to rooms that are asked for gets a letter, one for all dates.
        """
        own = replace(
            facts,
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            owner=one.owner,
            relay_id=one.relay_id,
            held_as=one.held_as,
            is_recorded=one.is_recorded,
        )
        meeting_id = MeetingId(one.meeting_id)
        booked = holding.before_change(session, one)
        if not change_queries.edit(session, meeting_id, own):
            return None
        event_queries.record(session, meeting_id, "meeting_edited", now=now, actor=who.name)
        session.refresh(one)
        refuse_chair_put_out(session, one)
        mode = floor_queries.current(session, meeting_id).mode
        old, new = refit_floor(session, one, mode)
        record_moves(session, meeting_id, old, new, actor=who.name, now=now)
        holding.hold(
            *(session, one, self.calendar), actor=who, now=now, before=booked, is_told=is_told
        )
        invitations.follow(session, one, now)
        return old, new


def _refuse_clash(
    session: Session,
    all_dates: Sequence[Meeting],
    dates: Sequence[Meeting],
    points: Collection[PointId],
    before: dict[str, list[PointId]],
) -> None:
    """Refuse points that a date has not had and that are in another meeting then."""
    for one in dates:
        new = [point for point in points if point not in before[one.meeting_id]]
        times = [(one.begins_at, one.ends_at)]
        found = first_clash(session, all_dates, new, times) if new else None
        if found is not None:
            begins_at, other = found
            at = f"{begins_at.astimezone(ZONE):%H:%M %d/%m/%Y}"
            raise Conflict(
                "clash",
                f"Lúc {at} có điểm cầu mới mời đang bận họp “{other.title}”. Bỏ điểm cầu đó, hoặc "
                "đánh dấu vẫn mời dù trùng lịch.",
                f"At {at} points that are new are taken by “{other.title}”. Leave them out, or "
                "accept it.",
            )
