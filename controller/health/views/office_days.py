"""When offices are open, as the settings have it, and which days of a year are no ordinary ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.local_days import midnight
from controller.public_holidays import of_year
from controller.settings import OfficeSettings
from controller.web.i18n.language import N_, Language

_DAYS = {
    "mon": N_("Mon"),
    "tue": N_("Tue"),
    "wed": N_("Wed"),
    "thu": N_("Thu"),
    "fri": N_("Fri"),
    "sat": N_("Sat"),
    "sun": N_("Sun"),
}


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """A day that is off or worked other than its week says, and by whose word."""

    key: str
    day: str
    name: str
    is_open: bool
    kind: str


@dataclass(frozen=True, slots=True)
class OfficeHoursView:
    """The hours in a sentence, and the days of two years."""

    text: str
    title: str
    days: tuple[OfficeDay, ...]
    how: str


def view(words: Language, office: OfficeSettings, year: int) -> OfficeHoursView:
    """Return what is shown of a year and the one that follows."""
    listed = tuple(day for one in (year, year + 1) for day in _of_year(words, office, one))
    days = ", ".join(words.gettext(_DAYS[one]) for one in office.days)
    text = words.gettext(
        "Office hours: %(days)s, %(hours)s.", days=days, hours=", ".join(office.hours)
    )
    none = words.gettext("No holiday is set, so holidays count as working days.")
    return OfficeHoursView(
        text=text if listed else f"{text} {none}",
        title=words.gettext("Holidays and moved days of %(year)s and %(next)s",
                            year=year, next=year + 1),
        days=listed,
        how=words.gettext(
            "Days off are left out of office hours. What the Government moves later, or what only "
            "this office has, is added in the settings (%(file)s, %(off)s and %(worked)s).",
            file="controller.toml [office]", off="holidays", worked="working_days",
        ),
    )  # fmt: skip


def _of_year(words: Language, office: OfficeSettings, year: int) -> Iterator[OfficeDay]:
    rule = office.as_rule()
    names = of_year(year, words.code).off if office.public_holidays else {}
    country = rule.public(year)
    own = rule.holidays | rule.working_days
    day = date(year, 1, 1)
    while day.year == year:
        if day in own or day in country.off or day in country.worked:
            is_open, is_own = rule.is_open_on(day), day in own
            yield OfficeDay(
                key=day.isoformat(),
                day=words.day(midnight(day)),
                name=names.get(day, ""),
                is_open=is_open,
                kind=_kind(words, is_open=is_open, is_own=is_own),
            )
        day += timedelta(days=1)


def _kind(words: Language, *, is_open: bool, is_own: bool) -> str:
    if is_own and is_open:
        return words.gettext("Worked, by the settings")
    if is_own:
        return words.gettext("Day off, by the settings")
    return words.gettext("Worked in place of a day off") if is_open else words.gettext("Day off")
