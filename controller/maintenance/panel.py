"""Declared maintenance as people read it: of a point or unit, as a list, one with its history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.local_days import ZONE
from controller.maintenance import service
from controller.places.service import Point
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import Language
from controller.web.page_request import PageRequest
from monitoring.judgement import maintenance
from monitoring.judgement.maintenance import Maintenance, Scope
from monitoring.judgement.periods import joined

SHOWN_BACK = timedelta(days=30)
LISTED, NEW = "/maintenance", "/maintenance/new"
Names = Mapping[tuple[Scope, str], str]


@dataclass(frozen=True, slots=True)
class MaintenanceLine:
    """One declaration in a line."""

    key: str
    href: str
    badge: Badge
    when: str
    lasts: str
    subject: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class MaintenancePanel:
    """What is declared of a point, a unit or all; `declare`: where more can be."""

    lines: tuple[MaintenanceLine, ...]
    declare: str
    joined: str


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """One revision of a declaration."""

    key: str
    time: str
    what: str


@dataclass(frozen=True, slots=True)
class MaintenanceEntered:
    """What was typed; times as a browser's field has them."""

    begins: str = ""
    ends: str = ""
    reason: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MaintenanceFormView:
    """The form that declares one, or changes one that is not over."""

    crumbs: tuple[Crumb, ...]
    title: str
    address: str
    scope: str
    subject_id: str
    consequence: str
    back: str
    form: MaintenanceEntered


@dataclass(frozen=True, slots=True)
class MaintenanceView:
    """One declaration with its history; `change` None: it is over or withdrawn."""

    crumbs: tuple[Crumb, ...]
    line: MaintenanceLine
    change: MaintenanceFormView | None
    withdraw: str
    withdraw_consequence: str
    history: tuple[RevisionLine, ...]


def of_point(asked: PageRequest, point: Point) -> MaintenancePanel:
    """Return what is declared of a point, also by way of its units."""
    return of_subject(asked, Scope.POINT, point.point_id)


def of_subject(asked: PageRequest, scope: Scope, subject_id: str) -> MaintenancePanel:
    """Return what is declared of a point, or of a unit or all by name, lately and to come."""
    declared = service.standing(asked.state, since=asked.now - SHOWN_BACK)
    if scope is Scope.POINT:
        covering = service.covering(asked.state, declared, [subject_id])
        declared = next(iter(covering.values()), [])
    elif scope is Scope.UNIT:
        declared = service.of_unit(asked.state, declared, subject_id)
    query = f"{scope.value}={subject_id}" if subject_id else "all=1"
    return panel(
        asked.words,
        asked.now,
        service.signed(asked.state, declared),
        service.subject_names(asked.state, declared),
        declare=f"{NEW}?{query}",
    )


def panel(
    words: Language, now: datetime, declared: Sequence[Maintenance], names: Names, *, declare: str
) -> MaintenancePanel:
    """Return declarations as a list, the newest first."""
    times = joined(one.period for one in declared)
    overlapping = len(times) < len(declared)
    return MaintenancePanel(
        lines=tuple(line(words, now, one, names) for one in reversed(declared)),
        declare=declare,
        joined=words.gettext("Where they overlap the time counts once.") if overlapping else "",
    )


def line(words: Language, now: datetime, one: Maintenance, names: Names) -> MaintenanceLine:
    """Return one declaration in a line."""
    begins, ends = words.moment(one.period.begins_at, now), words.moment(one.period.ends_at, now)
    return MaintenanceLine(
        key=one.maintenance_id,
        href=f"/maintenance/{one.maintenance_id}",
        badge=_badge(words, one, now),
        when=f"{begins} – {ends}",
        lasts=words.duration(one.period.length),
        subject=subject(words, one, names),
        reason=one.reason,
        by=one.made_by,
    )


def _badge(words: Language, one: Maintenance, now: datetime) -> Badge:
    if one.is_withdrawn:
        return Badge("cancelled", "state-unknown", words.gettext("Was withdrawn"))
    if now < one.period.begins_at:
        return Badge("scheduled", "state-excluded", words.gettext("To come"))
    if now < one.period.ends_at:
        return Badge("excluded", "state-excluded", words.gettext("Under maintenance"))
    return Badge("excluded", "state-unknown", words.gettext("Over"))


def subject(words: Language, one: Maintenance, names: Names) -> str:
    """Return what one is about."""
    if one.scope is Scope.ALL:
        return words.gettext("All points")
    return names.get((one.scope, one.subject_id), one.subject_id)


def place_of(scope: Scope, subject_id: str) -> str:
    """Return the page of what is maintained; of all, the list."""
    if scope is Scope.POINT:
        return f"/points/{subject_id}"
    return f"/availability?unit={subject_id}" if scope is Scope.UNIT else LISTED


def entered_of(one: Maintenance) -> MaintenanceEntered:
    """Return one as the form that changes it shows it."""
    return MaintenanceEntered(typed(one.period.begins_at), typed(one.period.ends_at), one.reason)


def typed(instant: datetime) -> str:
    """Return a time as a browser's field has it."""
    return f"{instant.astimezone(ZONE):%Y-%m-%dT%H:%M}"


def consequence(words: Language, count: int) -> str:
    """Return what declaring does, before it is done."""
    return words.ngettext(
        "For %(n)s point: while it lasts nobody is told of outages, and its time is left out of "
        "availability as excluded. What is still wrong when it ends is told then.",
        "For %(n)s points: while it lasts nobody is told of outages, and its time is left out of "
        "availability as excluded. What is still wrong when it ends is told then.",
        count,
    )


def view(
    words: Language,
    now: datetime,
    revisions: Sequence[Maintenance],
    names: Names,
    count: int,
    entered: MaintenanceEntered | None = None,
) -> MaintenanceView:
    """Return the page of one; `count`: points that it is about."""
    last = revisions[-1]
    own = line(words, now, last, names)
    may_change = not last.is_withdrawn and maintenance.may_change(last, now)
    crumbs = (
        Crumb(words.gettext("Points"), "/points"),
        Crumb(words.gettext("Maintenance"), LISTED),
        Crumb(own.subject, place_of(last.scope, last.subject_id)),
    )
    change = MaintenanceFormView(
        crumbs=crumbs,
        title=words.gettext("Change it"),
        address=f"{own.href}/change",
        scope=last.scope.value,
        subject_id=last.subject_id,
        consequence=consequence(words, count),
        back=LISTED,
        form=entered or entered_of(last),
    )
    return MaintenanceView(
        crumbs=crumbs,
        line=own,
        change=change if may_change else None,
        withdraw=f"{own.href}/withdraw",
        withdraw_consequence=words.gettext(
            "Withdrawn, all of its time counts again, also what has passed of it. "
            "To let it end early change its end instead."
        ),
        history=_history(words, now, revisions),
    )


def _history(
    words: Language, now: datetime, revisions: Iterable[Maintenance]
) -> tuple[RevisionLine, ...]:
    found = []
    for place, one in enumerate(revisions):
        begins = words.moment(one.period.begins_at, now)
        ends = words.moment(one.period.ends_at, now)
        said = f"{begins} – {ends}: {one.reason}"
        if one.is_withdrawn:
            what = words.gettext("%(who)s withdrew it.", who=one.made_by)
        elif place:
            what = words.gettext("%(who)s changed it to %(what)s", who=one.made_by, what=said)
        else:
            what = words.gettext("%(who)s declared %(what)s", who=one.made_by, what=said)
        found.append(RevisionLine(str(one.revision), words.moment(one.made_at, now), what))
    return tuple(found)
