"""Single dates of a series, or one and all later ones, are moved, cancelled and had back.

Each act is one transaction. What is on, has ended, or whose hour has come is never touched, and
a date that is moved stays what it is by the rule.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from itertools import pairwise

from sqlmodel import Session

from contracts.floor import FloorMode
from contracts.ids import MeetingId, PointId
from contracts.local_days import ZONE
from controller.db.engine import writing
from controller.errors import BadEntry, BadRequest, Conflict
from controller.meetings import (
    agenda_queries,
    event_queries,
    floor_queries,
    meeting_queries,
    series_queries,
)
from controller.meetings.calendar import (
    MAX_AHEAD,
    MAX_DURATION,
    Calendar,
    MeetingForm,
    made,
    refuse_outside_calendar,
)
from controller.meetings.holds import hold_queries, holding
from controller.meetings.holds.asker import asker
from controller.meetings.holds.rules import BookedBefore
from controller.meetings.invited import service as invitations
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.meeting_state import MeetingPhase, Move
from controller.meetings.refusals import found, wrong_phase
from controller.meetings.series import clash_of, found_series, skipped_of, tell, written
from controller.meetings.series_queries import Taken
from controller.meetings.tables import Meeting, MeetingSeries
from controller.places.owner import Owner

_OPEN = (MeetingPhase.DRAFT.value, MeetingPhase.SCHEDULED.value)
Times = tuple[datetime, datetime]


class DatesMeant(Enum):
    """Which dates are meant."""

    ONLY = "only"
    LATER = "later"


def shifted(dates: Mapping[str, Times], chosen: str, wanted: Times) -> dict[str, Times]:
    """Return times moved with the chosen date: by as many days, to the wanted hour and length.

    A date whose hour or length is not that of most was given it by somebody, and keeps it; where
    as many have the chosen date's, that is the usual one.

    Args:
        dates: by their ids, the chosen one among them.
    """
    usual_hour = _usual([_hour(one) for one in dates.values()], _hour(dates[chosen]))
    usual_length = _usual([_length(one) for one in dates.values()], _length(dates[chosen]))
    days = wanted[0].astimezone(ZONE).date() - dates[chosen][0].astimezone(ZONE).date()
    found = {}
    for one, times in dates.items():
        is_as_usual = one == chosen or _hour(times) == usual_hour
        hour = _hour(wanted) if is_as_usual else _hour(times)
        is_as_long = one == chosen or _length(times) == usual_length
        length = _length(wanted) if is_as_long else _length(times)
        day = times[0].astimezone(ZONE).date() + days
        begins_at = datetime.combine(day, hour, ZONE).astimezone(UTC)
        found[one] = (begins_at, begins_at + length)
    return found


def _hour(times: Times) -> time:
    return times[0].astimezone(ZONE).time()


def _length(times: Times) -> timedelta:
    return times[1] - times[0]


def _usual(values: Sequence[object], own: object) -> object:
    """Return what most have; where that is several, `own` before others."""
    count = Counter(values)
    return max(count, key=lambda one: (count[one], one == own))


@dataclass(frozen=True, slots=True)
class SeriesDates:
    """Where dates of series are changed. Used from worker threads; keeps nothing itself."""

    calendar: Calendar

    def move(
        self,
        meeting_id: str,
        wanted: Times,
        scope: DatesMeant,
        *,
        actor: str,
        is_clash_accepted: bool = False,
    ) -> list[Meeting]:
        """Move a date, or it and all later ones by as many days to the same hour.

        Those with an hour or a length of their own keep it.

        Raises:
            Conflict: points are taken then, and that was not accepted.
        """
        now = self.calendar.now()
        self._check_times(wanted, now)
        with writing(self.calendar.state) as session:
            hold_queries.claim_rooms(session)
            chosen, all_dates = open_date(session, meeting_id, now, ("dời", "moved"))
            moved = meant(chosen, all_dates, scope, now)
            was = {one.meeting_id: (one.begins_at, one.ends_at) for one in moved}
            times = shifted(was, chosen.meeting_id, wanted)
            for begins_at, ends_at in times.values():
                self._check_times((begins_at, ends_at), now)
            _refuse_overlap(all_dates, times)
            if not is_clash_accepted:
                _refuse_clash(session, all_dates, _points(session, moved), times)
            booked = [(one, holding.before_change(session, one)) for one in moved]
            moved = [
                one
                for one in moved
                if series_queries.put_at(session, one.meeting_id, *times[one.meeting_id])
            ]
            for one in moved:
                event_queries.record(
                    session, one.meeting_id, "meeting_edited", now=now, actor=actor
                )
                session.refresh(one)
            self._hold(session, moved, booked, actor=actor, now=now)
            points = _points(session, moved)
            invitations.follow_all(session, moved, now)
        tell(self.calendar, moved, points)
        return moved

    def _hold(
        self,
        session: Session,
        moved: Sequence[Meeting],
        booked: Sequence[tuple[Meeting, BookedBefore | None]],
        *,
        actor: str,
        now: datetime,
    ) -> None:
        before = {one.meeting_id: was for one, was in booked}
        who = asker(session, self.calendar.settings, actor)
        for one in moved:
            holding.hold(
                *(session, one, self.calendar),
                actor=who,
                now=now,
                before=before[one.meeting_id],
                is_told=one is moved[0],
            )

    def cancel(self, meeting_id: str, scope: DatesMeant, *, actor: str) -> list[Meeting]:
        """Cancel a date, or it and all later ones."""
        now = self.calendar.now()
        with writing(self.calendar.state) as session:
            chosen, all_dates = open_date(session, meeting_id, now, ("hủy", "cancelled"))
            cancelled = [
                one
                for one in meant(chosen, all_dates, scope, now)
                if meeting_queries.claim_move(
                    session,
                    MeetingId(one.meeting_id),
                    MeetingPhase(one.state),
                    Move.CANCEL,
                    now=now,
                )
            ]
            for one in cancelled:
                kind = "meeting_cancelled"
                event_queries.record(session, one.meeting_id, kind, now=now, actor=actor)
                session.refresh(one)
            points = _points(session, cancelled)
            invitations.follow_all(session, cancelled, now)
        tell(self.calendar, cancelled, points)
        return cancelled

    def restore(self, series_id: str, series_at: datetime, *, actor: str) -> Meeting:
        """Make a meeting again of a date that was skipped or cancelled, as its neighbours are."""
        now = self.calendar.now()
        refuse_outside_calendar(series_at=series_at)
        with writing(self.calendar.state) as session:
            hold_queries.claim_rooms(session)
            series = found_series(session, series_id, is_claimed=True)
            all_dates = series_queries.dates(session, series_id)
            like = _restorable(series, all_dates, series_at, now)
            form = self._form_like(session, series, like, series_at)
            facts = self.calendar.checked(session, form, now)
            _refuse_overlap(all_dates, {"": (form.begins_at, form.ends_at)})
            meeting = made(
                session, facts, form, actor=actor, now=now, date_of=(series_id, series_at)
            )
            series.skipped = written(one for one in skipped_of(series) if one != series_at)
            session.add(series)
            holding.hold(session, meeting, self.calendar, actor=actor, now=now)
            before = next((one for one in reversed(all_dates) if one.series_at == series_at), None)
            invitations.carry_over(session, before, meeting, now)
        tell(self.calendar, [meeting], facts.point_ids)
        return meeting

    def _form_like(
        self, session: Session, series: MeetingSeries, like: Meeting, series_at: datetime
    ) -> MeetingForm:
        floor = floor_queries.current(session, like.meeting_id)
        can_record = self.calendar.settings.recording.folder is not None
        return MeetingForm(
            title=like.title,
            chair_point_id=like.chair_point_id,
            point_ids=tuple(meeting_queries.participants(session, like.meeting_id)),
            begins_at=series_at,
            ends_at=series_at + timedelta(minutes=series.minutes),
            document_number=like.document_number,
            kind=MeetingKind(like.kind),
            level=like.level,
            secretary=like.secretary,
            held_as=HeldAs(like.held_as),
            host_unit_id=like.host_unit_id,
            chair_name=like.chair_name,
            owner=Owner(like.owner),
            mode=floor.mode if floor else FloorMode.ONE_MIC,
            is_recorded=like.is_recorded and can_record,
            agenda=agenda_queries.of_meeting(session, like.meeting_id),
        )

    def _check_times(self, times: Times, now: datetime) -> None:
        refuse_outside_calendar(begins_at=times[0], ends_at=times[1])
        if times[0] <= now:
            raise BadEntry("Giờ mới đã qua. Chọn giờ khác.", "The new hour has passed.")
        if times[0] - now > MAX_AHEAD:
            raise BadEntry("Giờ mới quá xa. Xem lại năm.", "The new hour is too far. See the year.")
        if not timedelta() < times[1] - times[0] <= MAX_DURATION:
            raise BadEntry(
                "Giờ kết thúc phải sau giờ bắt đầu, không quá 24 giờ.",
                "The end has to be after the beginning, 24 hours at most.",
            )


def open_date(
    session: Session, meeting_id: str, now: datetime, done: tuple[str, str]
) -> tuple[Meeting, list[Meeting]]:
    """Return a date that can be changed, and all of its series, which is claimed.

    Args:
        done: what cannot be done with it else, in both languages.

    Raises:
        RequestError: there is none, it is of no series, or its hour has come.
    """
    chosen = found(session, meeting_id)
    if chosen.series_id is None:
        raise BadRequest(
            "not_of_a_series",
            "Cuộc họp này không thuộc chuỗi nào.",
            "The meeting is not of a series.",
        )
    found_series(session, chosen.series_id, is_claimed=True)
    session.refresh(chosen)
    if chosen.state not in _OPEN:
        raise wrong_phase(chosen, *done)
    if chosen.begins_at <= now:
        raise Conflict(
            "wrong_state",
            f"Giờ họp đã đến nên không {done[0]} được.",
            f"The meeting's hour has come: it cannot be {done[1]}.",
        )
    return chosen, series_queries.dates(session, chosen.series_id)


def meant(
    chosen: Meeting, all_dates: Sequence[Meeting], scope: DatesMeant, now: datetime
) -> list[Meeting]:
    """Return which dates are meant: of later ones those that have not begun."""
    if scope is DatesMeant.ONLY or chosen.series_at is None:
        return [chosen]
    return [
        one
        for one in all_dates
        if one.series_at is not None
        and one.series_at >= chosen.series_at
        and one.state in _OPEN
        and one.begins_at > now
    ]


def _refuse_overlap(all_dates: Sequence[Meeting], times: dict[str, Times]) -> None:
    """Refuse times at which two dates of one series would be on at once."""
    rest = [
        (one.begins_at, one.ends_at)
        for one in all_dates
        if one.meeting_id not in times
        and one.state not in (MeetingPhase.CANCELLED.value, MeetingPhase.ENDED.value)
    ]
    for (_, ends_at), (begins_at, _) in pairwise(sorted([*rest, *times.values()])):
        if begins_at < ends_at:
            raise BadEntry(
                "Hai buổi của chuỗi sẽ trùng giờ nhau. Chọn ngày hoặc giờ khác.",
                "Two dates of the series would be on at once. Choose another day or hour.",
            )


def _refuse_clash(
    session: Session,
    all_dates: Sequence[Meeting],
    points: Sequence[PointId],
    times: dict[str, Times],
) -> None:
    """Refuse times at which some of the points are in another meeting."""
    found = first_clash(session, all_dates, points, times.values())
    if found is not None:
        begins_at, other = found
        at = f"{begins_at.astimezone(ZONE):%H:%M %d/%m/%Y}"
        raise Conflict(
            "clash",
            f"Lúc {at} có điểm cầu bận họp “{other.title}”. Chọn giờ khác, hoặc đánh dấu "
            "vẫn dời dù trùng lịch.",
            f"At {at} points are taken by “{other.title}”. Choose another time, or accept it.",
        )


def first_clash(
    session: Session,
    all_dates: Sequence[Meeting],
    points: Sequence[PointId],
    times: Collection[Times],
) -> tuple[datetime, Taken] | None:
    """Return the first of some times at which a point is in a meeting of no such date."""
    begins = min(begins_at for begins_at, _ in times)
    ends = max(ends_at for _, ends_at in times)
    own = [one.meeting_id for one in all_dates]
    others = series_queries.taken(session, points, begins=begins, ends=ends, but=own)
    for begins_at, ends_at in sorted(times):
        other = clash_of(begins_at, ends_at - begins_at, others)
        if other is not None:
            return begins_at, other
    return None


def _restorable(
    series: MeetingSeries, all_dates: Sequence[Meeting], series_at: datetime, now: datetime
) -> Meeting:
    """Return the meeting that one had back is made like: its own, else the nearest."""
    own = [one for one in all_dates if one.series_at == series_at]
    is_left_out = series_at in skipped_of(series) or bool(own)
    is_free = all(one.state == MeetingPhase.CANCELLED.value for one in own)
    if not is_left_out or not is_free or series_at <= now:
        raise Conflict(
            "wrong_state",
            "Buổi này không thêm lại được: không thuộc chuỗi, vẫn còn lịch, hoặc giờ đã qua.",
            "This date cannot be had back: it is none of the series, is set, or has passed.",
        )
    if own:
        return own[-1]
    return min(all_dates, key=lambda one: abs((one.series_at or one.begins_at) - series_at))


def _points(session: Session, meetings: Sequence[Meeting]) -> tuple[PointId, ...]:
    return tuple(
        {
            point
            for one in meetings
            for point in meeting_queries.participants(session, one.meeting_id)
        }
    )
