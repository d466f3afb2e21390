"""Series of meetings are made, and their dates moved, cancelled and had back.

Each act is one transaction. What is on, has ended or has begun is never touched.
"""

import secrets
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from contracts.ids import MeetingId, PointId
from controller.db.engine import writing
from controller.errors import BadEntry, NotFound
from controller.meetings import series_queries
from controller.meetings.calendar import (
    MAX_AHEAD,
    Calendar,
    MeetingForm,
    made,
    refuse_outside_calendar,
)
from controller.meetings.holds import hold_queries, holding
from controller.meetings.holds.asker import asker
from controller.meetings.recurrence import (
    MAX_DATES,
    BadRule,
    HolidayChoice,
    PlannedDate,
    Recurrence,
    RuleFault,
    planned,
)
from controller.meetings.series_queries import Taken
from controller.meetings.tables import Meeting, MeetingSeries

_AT = "%Y%m%dT%H%M%SZ"  # RFC 5545, section 3.3.5
_LONGEST = timedelta(hours=24)
_FAULTS = {
    RuleFault.UNREADABLE: (
        "Không đọc được cách lặp. Chọn lại: ngày, tuần hoặc tháng, và cách nhau 1 đến 52.",
        "The rule cannot be read. It is daily, weekly or monthly, 1 to 52 of them apart.",
    ),
    RuleFault.NO_WEEKDAY: (
        "Chọn ít nhất một ngày trong tuần để lặp.",
        "Choose at least one weekday to repeat on.",
    ),
    RuleFault.NO_END: (
        "Cho biết lặp bao nhiêu buổi, hoặc đến hết ngày nào.",
        "Say how many times to repeat, or until which day.",
    ),
    RuleFault.TOO_MANY: (
        f"Một chuỗi có tối đa {MAX_DATES} buổi. Giảm số buổi hoặc chọn ngày cuối gần hơn.",
        f"A series has {MAX_DATES} dates at most. Choose fewer, or an earlier last day.",
    ),
    RuleFault.TOO_FAR: (
        "Buổi cuối quá xa: chỉ đặt trước được ba năm. Giảm số buổi hoặc chọn ngày cuối gần hơn.",
        "The last date is more than three years ahead. Choose fewer, or an earlier last day.",
    ),
    RuleFault.NO_DATE: (
        "Cách lặp này không có buổi nào. Xem lại ngày cuối và cách xử lý ngày nghỉ.",
        "This rule has no date left. Look at the last day, and what becomes of closed days.",
    ),
}


def refused(exc: BadRule) -> BadEntry:
    """Return what is said of a rule that cannot be used."""
    return BadEntry(*_FAULTS[exc.fault])


@dataclass(frozen=True, slots=True)
class SeriesForm:
    """What a person enters: a meeting, whose times are those of the first date, and the rule."""

    meeting: MeetingForm
    rule: Recurrence
    holidays: HolidayChoice = HolidayChoice.SKIP


def clash_of(begins_at: datetime, length: timedelta, others: Sequence[Taken]) -> Taken | None:
    """Return the first of others (in order) that is at the same time."""
    place = bisect_left(others, begins_at - _LONGEST, key=lambda one: one.begins_at)
    for other in others[place:]:
        if other.begins_at >= begins_at + length:
            return None
        if other.ends_at > begins_at:
            return other
    return None


@dataclass(frozen=True, slots=True)
class SeriesDesk:
    """Where series are made and changed. Used from worker threads; keeps nothing itself."""

    calendar: Calendar

    @property
    def _now(self) -> Callable[[], datetime]:
        return self.calendar.now

    def planned(
        self, rule: Recurrence, first: datetime, holidays: HolidayChoice
    ) -> list[PlannedDate]:
        """Return the dates that a series would have.

        Raises:
            BadEntry: the rule cannot be used.
        """
        refuse_outside_calendar(begins_at=first)
        try:
            return planned(
                rule,
                first,
                horizon=self._now() + MAX_AHEAD,
                holidays=holidays,
                is_open=self.calendar.settings.office.as_rule().is_open_on,
            )
        except BadRule as exc:
            raise refused(exc) from exc

    def create(self, form: SeriesForm, *, actor: str) -> list[Meeting]:
        """Make a series with a meeting for each of its dates, all or none; return these."""
        now, meeting = self._now(), form.meeting
        length = meeting.ends_at - meeting.begins_at
        dates = self.planned(form.rule, meeting.begins_at, form.holidays)
        held = [(one.series_at, one.begins_at) for one in dates if one.begins_at]
        series = MeetingSeries(
            series_id=f"s{now:%y%m%d}-{secrets.token_hex(4)}",
            rule=form.rule.text(),
            first_at=meeting.begins_at,
            minutes=length // timedelta(minutes=1),
            holidays=form.holidays.value,
            skipped=written(one.series_at for one in dates if not one.begins_at),
            created_by=actor,
            created_at=now,
        )
        meetings: list[Meeting] = []
        with writing(self.calendar.state) as session:
            hold_queries.claim_rooms(session)
            begins_at = held[0][1]
            first = replace(meeting, begins_at=begins_at, ends_at=begins_at + length)
            facts = self.calendar.checked(session, first, now)
            ends_at = held[-1][1] + length
            self.calendar.checked(
                session, replace(meeting, begins_at=held[-1][1], ends_at=ends_at), now
            )
            session.add(series)
            for series_at, begins_at in held:
                on_date = replace(facts, begins_at=begins_at, ends_at=begins_at + length)
                date_of = (series.series_id, series_at)
                meetings.append(
                    made(session, on_date, form.meeting, actor=actor, now=now, date_of=date_of)
                )
            who = asker(session, self.calendar.settings, actor)
            for one in meetings:
                is_told = one is meetings[0]
                holding.hold(session, one, self.calendar, actor=who, now=now, is_told=is_told)
        tell(self.calendar, meetings, facts.point_ids)
        return meetings


def tell(calendar: Calendar, meetings: Iterable[Meeting], points: Sequence[PointId]) -> None:
    """Note for points, relays and pages that meetings changed."""
    for one in meetings:
        calendar.changes.note_meeting(MeetingId(one.meeting_id), one.state, points)


def written(instants: Iterable[datetime]) -> str:
    """Return dates as a series keeps those that it has no meeting for."""
    return ",".join(f"{one.astimezone(UTC):{_AT}}" for one in instants)


def skipped_of(series: MeetingSeries) -> list[datetime]:
    """Return the dates of the rule that no meeting was made for."""
    written = series.skipped.split(",") if series.skipped else []
    return [datetime.strptime(one, _AT).replace(tzinfo=UTC) for one in written]


def found_series(session: Session, series_id: str, *, is_claimed: bool = False) -> MeetingSeries:
    """Return a series; claimed: nobody else changes it until this transaction ends.

    Raises:
        NotFound: there is none of this id.
    """
    series = series_queries.get(session, series_id, is_claimed=is_claimed)
    if series is None:
        raise NotFound("chuỗi cuộc họp", "series of meetings")
    return series
