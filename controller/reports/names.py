"""What things of reports are called: periods, types, owners, causes, how turns stand. Pure."""

from datetime import date
from fractions import Fraction

from controller.meetings.kind_names import HELD_AS, KINDS
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.rollcall.rules import RollState
from controller.places.owner import OWNER_NAMES, Owner
from controller.reports.periods import PeriodKind, ReportPeriod
from controller.reports.turns import TurnHeard
from controller.web.i18n.language import N_, Language

_ROMAN = ("I", "II", "III", "IV")
_HEARD = {
    TurnHeard.UNINTERRUPTED: N_("Uninterrupted"),
    TurnHeard.INTERRUPTED: N_("Interrupted"),
    TurnHeard.EXCLUDED: N_("Not counted"),
    TurnHeard.UNKNOWN: N_("Not known"),
    TurnHeard.IN_PERSON: N_("In person"),
}
_ROLL = {
    RollState.PRESENT: N_("Present"),
    RollState.LATE: N_("Late"),
    RollState.SUBSTITUTE: N_("Substitute"),
    RollState.ABSENT: N_("Absent"),
    RollState.UNCALLED: N_("Not called"),
}
_NO_CAUSE = N_("Cause not known")
_CAUSES = {
    "line": N_("Line"),
    "power": N_("Power cut"),
    "device": N_("Device"),
    "lan": N_("Local network"),
    "dns": N_("Name server"),
    "centre": N_("Centre"),
    "planned": N_("Maintenance declared ahead"),
    "absent": N_("Absent with a reason"),
}


def cause(words: Language, one: str) -> str:
    """Return what a cause is called."""
    return words.gettext(_CAUSES.get(one, _NO_CAUSE))


def kind(words: Language, one: MeetingKind) -> str:
    """Return what a type of meeting is called."""
    return words.gettext(KINDS[one])


def owner(words: Language, one: Owner) -> str:
    """Return whose a meeting is."""
    return words.gettext(OWNER_NAMES[one])


def level(words: Language, one: int | None) -> str:
    """Return how many levels a meeting joins."""
    if one is None:
        return words.gettext("Levels not said")
    return words.gettext("%(n)s levels", n=one)


def held_as(words: Language, one: HeldAs) -> str:
    """Return how a meeting was held."""
    return words.gettext(HELD_AS[one])


def heard(words: Language, one: TurnHeard) -> str:
    """Return whether sound got through."""
    return words.gettext(_HEARD[one])


def roll(words: Language, one: RollState | None) -> str:
    """Return what the roll call says."""
    return words.gettext("No roll call") if one is None else words.gettext(_ROLL[one])


def period(words: Language, one: ReportPeriod) -> str:
    """Return e.g. quý III/2026."""
    match one.kind:
        case PeriodKind.MONTH:
            return words.gettext("month %(month)s/%(year)s", month=one.number, year=one.year)
        case PeriodKind.QUARTER:
            numeral = _ROMAN[one.number - 1]
            return words.gettext("quarter %(quarter)s/%(year)s", quarter=numeral, year=one.year)
        case PeriodKind.YEAR:
            return words.gettext("year %(year)s", year=one.year)
        case PeriodKind.DAYS:
            return span(one)


def period_short(words: Language, one: ReportPeriod) -> str:
    """Return e.g. Quý III, without its year where it has a number of its own."""
    match one.kind:
        case PeriodKind.MONTH:
            return words.gettext("Month %(month)s", month=one.number)
        case PeriodKind.QUARTER:
            return words.gettext("Quarter %(quarter)s", quarter=_ROMAN[one.number - 1])
        case PeriodKind.YEAR:
            return words.gettext("Year %(year)s", year=one.year)
        case PeriodKind.DAYS:
            return words.gettext("Before")


def period_number(one: ReportPeriod) -> str:
    """Return what is left of a period's name where there is little room: 7, III, 2026."""
    if one.kind is PeriodKind.QUARTER:
        return _ROMAN[one.number - 1]
    return str(one.number or one.year or "")


def aim(words: Language, target: float) -> str:
    """Return a target in per cent, with decimals only where it has some."""
    return words.percent(target, 0 if float(100 * target).is_integer() else 1)


def span(one: ReportPeriod) -> str:
    """Return its days, e.g. 01/07/2026–30/09/2026."""
    return f"{day(one.first_day)}–{day(one.last_day)}"


def tree(words: Language, of: date, *, is_now: bool) -> str:
    """Return of which day the units are that a report is told by."""
    if is_now:
        return words.gettext("units as they stand now, %(day)s", day=day(of))
    return words.gettext("units as of %(day)s", day=day(of))


def day(one: date) -> str:
    """Return e.g. 30/09/2026."""
    return f"{one:%d/%m/%Y}"


def share(words: Language, one: Fraction | None) -> str:
    """Return a share to a tenth of a per cent, never more than it is."""
    if one is None:
        return "–"
    return words.percent(one * 1000 // 1 / 1000)


def points_apart(words: Language, now: Fraction | None, before: Fraction | None) -> str:
    """Return by how much a share has changed, in points of per cent; "–" where there is none."""
    if now is None or before is None:
        return "–"
    apart = (now * 1000 // 1 - before * 1000 // 1) / 10
    sign = "+" if apart > 0 else "−" if apart < 0 else "±"
    return words.gettext("%(sign)s%(n)s points", sign=sign, n=words.number(abs(apart), 1))
