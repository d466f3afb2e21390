"""The roster and the ladder as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.incidents.channel_view import lets
from controller.incidents.duty.duty_entered import (
    MemberEntered,
    RungEntered,
    ShiftEntered,
    SwapEntered,
)
from controller.incidents.duty.ladder import CHANNELS, ON_DUTY, LadderRung
from controller.incidents.duty.roster import DutySpan, RosterGap
from controller.incidents.duty.service import PolicyEntered
from controller.incidents.duty.tables import DutyPerson, DutyPolicy, DutyShift, DutySwap
from controller.incidents.quiet_entered import as_clock, as_typed
from controller.web.elements import Crumb
from controller.web.i18n.language import N_, Language
from monitoring.judgement.priority import Priority

DUTY = "/incidents/duty"
LADDER = f"{DUTY}/ladder"
WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
    N_("Sunday"),
)  # fmt: skip

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SpanRow:
    """Somebody on duty, in the list of the next week."""

    day: str
    time: str
    who: str
    note: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One shift of each week."""

    shift_id: int
    day: str
    time: str
    who: str


@dataclass(frozen=True, slots=True)
class SwapRow:
    """A swap that is to come."""

    day: str
    said: str
    action: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody of the roster, for those who administer it."""

    name: str
    href: str
    by: str
    is_reached: bool
    answers_for: str
    quiet: str


@dataclass(frozen=True, slots=True)
class DutyView:
    """The page of the roster. A problem is of what was typed last, which its form shows again."""

    crumbs: tuple[Crumb, ...]
    now: tuple[str, ...]
    next: str
    gaps: tuple[str, ...]
    week: tuple[SpanRow, ...]
    shifts: tuple[ShiftRow, ...]
    swaps: tuple[SwapRow, ...]
    people: tuple[MemberRow, ...]
    choices: tuple[Choice, ...]
    weekdays: tuple[Choice, ...]
    has_channels: bool
    shift: ShiftEntered
    swap: SwapEntered
    shift_problem: str
    swap_problem: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything of the roster that is shown."""

    people: Sequence[DutyPerson]
    shifts: Sequence[DutyShift]
    swaps: Sequence[DutySwap]
    spans: Sequence[DutySpan]
    gaps: Sequence[RosterGap]
    channels: Mapping[str, str]
    units: Mapping[str, str]


def crumbs(words: Language, *more: Crumb) -> tuple[Crumb, ...]:
    """Return the way to the page, or to one behind it."""
    return (
        Crumb(words.gettext("Incidents"), "/incidents"),
        Crumb(words.gettext("Duty roster"), DUTY if more else ""),
        *more,
    )


def duty_view(
    words: Language,
    now: datetime,
    what: Roster,
    problem: str,
    typed: ShiftEntered | SwapEntered | None,
) -> DutyView:
    """Return the page."""
    names = {one.person_id: one.name for one in what.people}
    on = [one for one in what.spans if one.begins_at <= now < one.ends_at]
    return DutyView(
        crumbs=crumbs(words),
        now=tuple(
            words.gettext(
                "%(name)s, until %(time)s",
                name=names.get(one.person_id, one.person_id),
                time=words.moment(one.ends_at, now),
            )
            for one in on
        ),
        next=_next(words, now, what.spans, names),
        gaps=tuple(_gap(words, one, what.units) for one in what.gaps),
        week=tuple(_span(words, now, one, names) for one in what.spans),
        shifts=tuple(
            ShiftRow(
                one.shift_id or 0,
                words.gettext(WEEKDAYS[one.weekday]),
                _times(one.from_min, one.until_min),
                names[one.person_id],
            )
            for one in what.shifts
        ),
        swaps=tuple(_swap(words, one, names) for one in what.swaps),
        people=tuple(_person(words, one, what) for one in what.people),
        choices=tuple(names.items()),
        weekdays=weekdays(words),
        has_channels=bool(what.channels),
        shift=typed if isinstance(typed, ShiftEntered) else ShiftEntered(),
        swap=typed if isinstance(typed, SwapEntered) else SwapEntered(),
        shift_problem=problem if isinstance(typed, ShiftEntered) else "",
        swap_problem=problem if isinstance(typed, SwapEntered) else "",
    )


def weekdays(words: Language) -> tuple[Choice, ...]:
    """Return the days of the week, as they are sent and as they are called."""
    return tuple((str(day), words.gettext(name)) for day, name in enumerate(WEEKDAYS))


def _next(
    words: Language, now: datetime, spans: Iterable[DutySpan], names: Mapping[str, str]
) -> str:
    coming = [one for one in spans if one.begins_at > now]
    if not coming:
        return ""
    first = coming[0].begins_at
    who = [names.get(one.person_id, "") for one in coming if one.begins_at == first]
    return words.gettext(
        "%(names)s, from %(time)s", names=", ".join(who), time=_moment(words, first)
    )


def _moment(words: Language, at: datetime) -> str:
    return f"{words.day_short(at)} {words.time(at)}"


def _gap(words: Language, one: RosterGap, units: Mapping[str, str]) -> str:
    begins, ends = _moment(words, one.period.begins_at), _moment(words, one.period.ends_at)
    if one.unit_id:
        name = units.get(one.unit_id, one.unit_id)
        return words.gettext(
            "Nobody for %(unit)s from %(begins)s to %(ends)s.", unit=name, begins=begins, ends=ends
        )
    return words.gettext(
        "Nobody for the whole from %(begins)s to %(ends)s.", begins=begins, ends=ends
    )


def _span(words: Language, now: datetime, one: DutySpan, names: Mapping[str, str]) -> SpanRow:
    note = ""
    if one.instead_of:
        note = words.gettext("in place of %(name)s", name=names.get(one.instead_of, ""))
    return SpanRow(
        day=words.day_short(one.begins_at),
        time=f"{words.time(one.begins_at)}–{words.time(one.ends_at)}",
        who=names.get(one.person_id, one.person_id),
        note=note,
        is_now=one.begins_at <= now < one.ends_at,
    )


def _swap(words: Language, one: DutySwap, names: Mapping[str, str]) -> SwapRow:
    return SwapRow(
        day=f"{one.on_date:%d/%m/%Y}",
        said=words.gettext(
            "%(taker)s in place of %(name)s",
            taker=names.get(one.in_id, ""),
            name=names.get(one.out_id, ""),
        ),
        action=f"{DUTY}/swaps/{one.on_date.isoformat()}/{one.out_id}/remove",
    )


def _person(words: Language, one: DutyPerson, what: Roster) -> MemberRow:
    channel = what.channels.get(one.channel_id, "")
    return MemberRow(
        name=one.name,
        href=f"{DUTY}/people/{one.person_id}",
        by=f"{channel} · {one.address}" if channel and one.address else channel,
        is_reached=bool(channel),
        answers_for=what.units.get(one.unit_id, one.unit_id) or words.gettext("all units"),
        quiet="–".join(hour for hour in as_typed(one) if hour),
    )


def _times(from_min: int, until_min: int) -> str:
    return f"{as_clock(from_min)}–{as_clock(until_min)}"


@dataclass(frozen=True, slots=True)
class MemberForm:
    """The form of somebody."""

    crumbs: tuple[Crumb, ...]
    title: str
    action: str
    person_id: str
    form: MemberEntered
    channels: tuple[Choice, ...]
    units: tuple[Choice, ...]
    lets: tuple[Choice, ...]


PRIORITIES = {
    Priority.HIGH: N_("Urgent"),
    Priority.NORMAL: N_("Ordinary"),
    Priority.LOW: N_("Minor"),
}


def person_form(
    words: Language,
    row: DutyPerson | None,
    typed: MemberEntered,
    channels: Mapping[str, str],
    units: Mapping[str, str],
) -> MemberForm:
    """Return the form of somebody new, or who is there."""
    title = row.name if row else words.gettext("Add someone on duty")
    return MemberForm(
        crumbs=crumbs(words, Crumb(title)),
        title=title,
        action=f"{DUTY}/people/{row.person_id}" if row else f"{DUTY}/people",
        person_id=row.person_id if row else "",
        form=typed,
        channels=tuple(channels.items()),
        units=tuple(units.items()),
        lets=lets(words),
    )


def kept_of(row: DutyPerson) -> MemberEntered:
    """Return somebody as the form begins."""
    begins, ends = as_typed(row)
    return MemberEntered(
        name=row.name,
        channel_id=row.channel_id,
        address=row.address,
        unit_id=row.unit_id,
        quiet_from=begins,
        quiet_until=ends,
        quiet_lets=row.quiet_lets,
    )


@dataclass(frozen=True, slots=True)
class LadderForm:
    """The form of the ladder, and of what counts for all."""

    crumbs: tuple[Crumb, ...]
    rungs: tuple[tuple[int, RungEntered], ...]
    targets: tuple[Choice, ...]
    priorities: tuple[Choice, ...]
    policy: PolicyEntered
    seen: str
    problem: str


def ladder_form(
    words: Language,
    rungs: Sequence[RungEntered],
    policy: PolicyEntered,
    targets: Mapping[str, str],
    count: int,
    seen: str,
    problem: str,
) -> LadderForm:
    """Return the form. `seen`: the mark of the ladder as it is now."""
    shown = [*rungs, *[RungEntered()] * count][:count]
    return LadderForm(
        crumbs=crumbs(words, Crumb(words.gettext("Who is told next"))),
        rungs=tuple(enumerate(shown, start=1)),
        targets=(
            ("", words.gettext("nobody")),
            (ON_DUTY, words.gettext("who is on duty")),
            (CHANNELS, words.gettext("every channel")),
            *targets.items(),
        ),
        priorities=tuple((one.value, words.gettext(name)) for one, name in PRIORITIES.items()),
        policy=policy,
        seen=seen,
        problem=problem,
    )


def rungs_kept(ladder: Iterable[LadderRung]) -> list[RungEntered]:
    """Return the ladder that counts as its form begins."""
    return [RungEntered(one.target, _waits(one)) for one in ladder]


def _waits(rung: LadderRung) -> tuple[str, str, str]:
    high, normal, low = (_minutes(rung.waits.get(one)) for one in Priority)
    return high, normal, low


def _minutes(wait: timedelta | None) -> str:
    return "" if wait is None else str(wait // timedelta(minutes=1))


def policy_kept(row: DutyPolicy) -> PolicyEntered:
    """Return what counts for all as its form begins."""
    return PolicyEntered(str(row.ahead_min), str(row.wakes_min))
