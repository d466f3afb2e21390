"""Which report an address asks for: its period, the branch of the tree, the types of meetings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from contracts.local_days import day_of, midnight
from contracts.message import EARLIEST
from controller.errors import BadEntry
from controller.health.days_asked import days_asked
from controller.meetings.kinds import MeetingKind
from controller.reports import periods
from controller.reports.periods import PeriodKind, ReportPeriod

MOST_DAYS = 2 * 366
BY_DAYS = "days"
TREE_THEN, TREE_NOW = "then", "now"
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """A report. `branch` empty: all units; `kinds` empty: all types of meetings.

    `is_tree_now`: by the units as they stand now, not as they stood at the end of the period.
    """

    period: ReportPeriod
    begins_on: int
    branch: str = ""
    kinds: tuple[MeetingKind, ...] = ()
    is_tree_now: bool = False

    @property
    def before(self) -> "ReportAsked":
        """The same of the period before."""
        return replace(self, period=periods.before(self.period, self.begins_on))

    @property
    def months(self) -> list[ReportPeriod]:
        """The months of its period."""
        return periods.months_in(self.period, self.begins_on)

    @property
    def query(self) -> str:
        """What of an address asks for it."""
        return f"{self.period.query}{self.rest}"

    @property
    def rest(self) -> str:
        """What asks for its branch and types, to go after what asks for a period."""
        named = [("unit", self.branch)] if self.branch else []
        named += [("kind", one.value) for one in self.kinds]
        named += [("tree", TREE_NOW)] if self.is_tree_now else []
        return f"&{urlencode(named)}" if named else ""

    def tree_day(self, now: datetime) -> date:
        """The day of which the tree is taken: the last of the period, or today before that."""
        return day_of(now) if self.is_tree_now else min(self.period.last_day, day_of(now))

    def tree_at(self, now: datetime) -> datetime:
        """The instant of which the tree is taken: the last of that day that has been."""
        return now if self.is_tree_now else min(self.period.period.ends_at - _MOMENT, now)


def asked(
    *,
    period: str,
    first: str,
    last: str,
    unit: str,
    kinds: Sequence[str],
    begins_on: int,
    now: datetime,
    tree: str = "",
) -> ReportAsked:
    """Return what an address asks for; without a word the quarter that is on.

    Raises:
        BadEntry: there is no such period, type or tree, or it has not begun.
    """
    if tree not in ("", TREE_THEN, TREE_NOW):
        raise BadEntry(
            "Đơn vị lấy theo cuối kỳ (then) hoặc theo hiện nay (now).",
            "Units are taken as they stood then, or as they stand now: tree=then, tree=now.",
        )
    by_days = period == BY_DAYS or (not period and (first or last))
    found = _days(first, last, now) if by_days else _named(period, begins_on, now)
    return ReportAsked(found, begins_on, unit, _kinds(kinds), is_tree_now=tree == TREE_NOW)


def _days(first: str, last: str, now: datetime) -> ReportPeriod:
    days_asked(first, last, now, most_days=MOST_DAYS)
    return periods.days(date.fromisoformat(first), date.fromisoformat(last))


def _named(key: str, begins_on: int, now: datetime) -> ReportPeriod:
    if not key:
        return periods.at(now, PeriodKind.QUARTER, begins_on)
    found = periods.named(key, begins_on)
    if found is None or not EARLIEST <= midnight(found.first_day) < now:
        raise BadEntry(
            "Chọn một tháng, quý hoặc năm đã bắt đầu, ví dụ 2026-07, 2026-Q3 hoặc 2026.",
            "Choose a month, quarter or year that has begun, e.g. 2026-07, 2026-Q3 or 2026.",
        )
    return found


def _kinds(kinds: Sequence[str]) -> tuple[MeetingKind, ...]:
    try:
        wanted = {MeetingKind(one) for one in kinds if one}
    except ValueError as exc:
        raise BadEntry("Không có loại cuộc họp này.", "There is no such type of meeting.") from exc
    every = tuple(one for one in MeetingKind if one in wanted)
    return () if len(every) == len(MeetingKind) else every
