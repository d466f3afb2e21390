"""What a report can be asked for on the page: usual periods, others, the branch, the types."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.meetings.kinds import MeetingKind
from controller.places.tree import Branch
from controller.reports import names, periods
from controller.reports.asked import TREE_NOW, TREE_THEN, ReportAsked
from controller.reports.periods import PeriodKind, ReportPeriod
from controller.web.elements import Choice
from controller.web.i18n.language import Language

MONTHS, QUARTERS, YEARS = 24, 8, 5


@dataclass(frozen=True, slots=True)
class PeriodLink:
    """One of the usual periods."""

    name: str
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PeriodGroup:
    """Periods of one kind that can be chosen, the newest first."""

    name: str
    options: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskedForm:
    """The form. `first_day` and `last_day` are those of the period that is shown."""

    usual: tuple[PeriodLink, ...]
    groups: tuple[PeriodGroup, ...]
    is_by_days: bool
    first_day: str
    last_day: str
    units: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    trees: tuple[Choice, ...]


def form(words: Language, asked: ReportAsked, tree: Sequence[Branch], now: datetime) -> AskedForm:
    """Return what can be chosen."""
    begins_on = asked.begins_on
    quarter = periods.at(now, PeriodKind.QUARTER, begins_on)
    usual = [
        periods.before(quarter, begins_on),
        quarter,
        periods.at(now, PeriodKind.MONTH, begins_on),
        periods.at(now, PeriodKind.YEAR, begins_on),
    ]
    is_by_days = asked.period.kind is PeriodKind.DAYS
    return AskedForm(
        usual=tuple(
            PeriodLink(
                names.period_short(words, one), f"{one.query}{asked.rest}", one == asked.period
            )
            for one in usual
        ),
        groups=(
            _group(words, asked, words.gettext("Quarters"), _back(quarter, QUARTERS, begins_on)),
            _group(words, asked, words.gettext("Months"), _back(usual[2], MONTHS, begins_on)),
            _group(words, asked, words.gettext("Years"), _back(usual[3], YEARS, begins_on)),
        ),
        is_by_days=is_by_days,
        first_day=asked.period.first_day.isoformat(),
        last_day=asked.period.last_day.isoformat(),
        units=tuple(_units(words, asked, tree)),
        kinds=tuple(
            Choice(one.value, names.kind(words, one), is_chosen=one in asked.kinds)
            for one in MeetingKind
        ),
        trees=(
            Choice(
                TREE_THEN,
                words.gettext("as they stood at the end of the period"),
                is_chosen=not asked.is_tree_now,
            ),
            Choice(TREE_NOW, words.gettext("as they stand now"), is_chosen=asked.is_tree_now),
        ),
    )


def _group(
    words: Language, asked: ReportAsked, name: str, found: Iterable[ReportPeriod]
) -> PeriodGroup:
    options = [
        Choice(one.key, names.period(words, one), is_chosen=one == asked.period) for one in found
    ]
    return PeriodGroup(name, tuple(options))


def _back(newest: ReportPeriod, count: int, begins_on: int) -> list[ReportPeriod]:
    found = [newest]
    while len(found) < count:
        found.append(periods.before(found[-1], begins_on))
    return found


def _units(words: Language, asked: ReportAsked, tree: Sequence[Branch]) -> Iterable[Choice]:
    yield Choice("", words.gettext("All units"), is_chosen=not asked.branch)
    for one in tree:
        indented = "\u00a0\u00a0" * one.depth + one.unit.name
        yield Choice(one.unit.unit_id, indented, is_chosen=one.unit.unit_id == asked.branch)
