"""The form of a new meeting as shown: choices, errors where they arose, clashes, a summary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.local_days import ZONE, day_of
from controller.health.states import PointState
from controller.meetings import classification
from controller.meetings.agenda import MAX_ITEMS
from controller.meetings.agenda_entered import AgendaTyped
from controller.meetings.booking import Clash
from controller.meetings.classification import Classification
from controller.meetings.views import agenda, kinds
from controller.meetings.views.booking_form import Entered, span
from controller.meetings.views.booking_rooms import RoomsNote
from controller.meetings.views.groups import GroupButton
from controller.meetings.views.meetings import hours
from controller.meetings.views.point_choices import UnitChoice, host_choices, unit_choices
from controller.meetings.views.templates import TemplateLine
from controller.places.service import Unit
from controller.places.tree import Branch
from controller.web.elements import Choice, Crumb
from controller.web.i18n.language import N_, Language

_NAMES = {
    Classification.NORMAL: N_("Normal"),
    Classification.CONFIDENTIAL: N_("Confidential (Mật)"),
    Classification.SECRET: N_("Secret (Tối mật)"),
    Classification.TOP_SECRET: N_("Top secret (Tuyệt mật)"),
}
_FIELDS = (
    *("title", "document_number", "kind", "level", "secretary", "chair_name"),
    *("held_as", "host_unit_id", "owner", "mode"),
    *("date", "begins", "chair_point_id", "participants", "repeat", "agenda"),
)


@dataclass(frozen=True, slots=True)
class ClashLine:
    """Another meeting in the way."""

    title: str
    hours: str
    points: str


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time that would do."""

    value: str
    date: str
    begins: str
    name: str


@dataclass(frozen=True, slots=True)
class ClashView:
    """What stands in the way, and the way out."""

    clashes: tuple[ClashLine, ...] = ()
    clash_title: str = ""
    free_times: tuple[FreeTime, ...] = ()
    is_clear: bool = False


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One line of the summary; `field` is where it arose."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class BookingView:
    """All the page shows.

    `is_whole`: also how it is held and whose it is are entered; `action`: where it is sent.
    """

    form: Entered
    errors: Mapping[str, str]
    problems: tuple[FormProblem, ...]
    crumbs: tuple[Crumb, ...]
    classifications: tuple[Choice, ...]
    refusal: str
    is_refused: bool
    kinds: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    held_as: tuple[Choice, ...]
    hosts: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    modes: tuple[Choice, ...]
    durations: tuple[Choice, ...]
    chairs: tuple[Choice, ...]
    units: tuple[UnitChoice, ...]
    templates: tuple[TemplateLine, ...]
    template_note: str
    groups: tuple[GroupButton, ...]
    group_note: str
    group_problem: str
    group_name: str
    clash: ClashView
    must_accept: bool
    sum_when: str
    sum_chair: str
    sum_points: str
    agenda_rows: tuple[AgendaTyped, ...]
    agenda_most: int
    rooms: RoomsNote
    is_new: bool = True
    is_whole: bool = True
    action: str = "/meetings/new"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the form says of templates and groups: those there are, what was done with one."""

    groups: tuple[GroupButton, ...] = ()
    note: str = ""
    problem: str = ""
    name: str = ""
    templates: tuple[TemplateLine, ...] = ()
    template_note: str = ""


@dataclass(frozen=True, slots=True)
class BookingOutcome:
    """What came of the form, where it was sent."""

    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    is_refused: bool = False
    clash: ClashView = field(default_factory=ClashView)
    must_accept: bool = False


def view(
    words: Language,
    form: Entered,
    tree: Sequence[Branch],
    point_states: Mapping[str, PointState],
    outcome: BookingOutcome,
    units: Sequence[Unit],
    prepared: Prepared,
    rooms: RoomsNote,
) -> BookingView:
    """Return the page's view.

    Args:
        tree: as it stands at the hour that was entered.
        units: those of the date that was entered; where it is not today, some may be no more.
    """
    points = [point for branch in tree for point in branch.points]
    names = {point.point_id: point.name for point in points}
    return BookingView(
        form=form,
        errors={name: outcome.errors.get(name, "") for name in _FIELDS},
        problems=_problems(words, outcome),
        crumbs=(Crumb(words.gettext("Meetings"), "/meetings"), Crumb(words.gettext("New meeting"))),
        classifications=_classifications(words, form),
        refusal=classification.REFUSAL_VI if words.code == "vi" else classification.REFUSAL_EN,
        is_refused=outcome.is_refused,
        kinds=kinds.kind_choices(words, form.kind),
        levels=kinds.level_choices(words, form.level),
        held_as=kinds.held_as_choices(words, form.held_as),
        hosts=host_choices(tree, form.host_unit_id, units),
        owners=kinds.owner_choices(words, form.owner),
        modes=kinds.mode_choices(words, form.mode),
        durations=kinds.duration_choices(words, form.minutes),
        chairs=tuple(
            Choice(one.point_id, one.name, is_chosen=form.chair_point_id == one.point_id)
            for one in points
        ),
        units=unit_choices(
            words, tree, point_states, frozenset(form.participants), notes=rooms.notes
        ),
        templates=prepared.templates,
        template_note=prepared.template_note,
        groups=prepared.groups,
        group_note=prepared.note,
        group_problem=prepared.problem,
        group_name=prepared.name,
        clash=outcome.clash,
        must_accept=outcome.must_accept,
        sum_when=_when(words, form),
        sum_chair=names.get(form.chair_point_id, words.gettext("not chosen")),
        sum_points=words.ngettext("%(n)s point chosen", "%(n)s points chosen", len(form.point_ids)),
        agenda_rows=agenda.form_rows(form.agenda),
        agenda_most=MAX_ITEMS,
        rooms=rooms,
    )


def _classifications(words: Language, form: Entered) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            one.value,
            words.gettext(_NAMES[one]),
            is_chosen=form.classification == one.value,
            is_allowed=classification.is_allowed(one.value),
        )
        for one in Classification
    )


def _problems(words: Language, outcome: BookingOutcome) -> tuple[FormProblem, ...]:
    found = [FormProblem(_anchor(name), text) for name, text in outcome.errors.items()]
    if outcome.problem:
        found.append(FormProblem("classification", outcome.problem))
    if outcome.must_accept:
        found.append(
            FormProblem(
                "clashes",
                words.gettext(
                    "Some points are taken then: choose another time, or set it all the same."
                ),
            )
        )
    return tuple(found)


def _anchor(name: str) -> str:
    return name if name != "classification" else "classification-title"


def _when(words: Language, form: Entered) -> str:
    times = span(form)
    if times is None:
        return words.gettext("not chosen")
    return f"{words.day(times[0])}, {hours(words, *times)}"


def clash_view(
    words: Language,
    found: Sequence[Clash],
    free: Sequence[datetime],
    names: Mapping[str, str],
    wanted_at: datetime,
) -> ClashView:
    """Return the warning, or that there is nothing to warn of."""
    if not found:
        return ClashView(is_clear=True)
    points = {point for clash in found for point in clash.points}
    return ClashView(
        clashes=tuple(
            ClashLine(
                title=clash.title,
                hours=hours(words, clash.begins_at, clash.ends_at),
                points=", ".join(names.get(point, point) for point in clash.points[:8])
                + (" …" if len(clash.points) > 8 else ""),
            )
            for clash in found
        ),
        clash_title=words.ngettext(
            "%(n)s point already has a meeting then",
            "%(n)s points already have a meeting then",
            len(points),
        ),
        free_times=tuple(_free(words, start, wanted_at) for start in free),
    )


def _free(words: Language, start: datetime, wanted_at: datetime) -> FreeTime:
    local = start.astimezone(ZONE)
    is_same_day = local.date() == day_of(wanted_at)
    day = words.gettext("the same day") if is_same_day else words.day_short(start)
    return FreeTime(
        value=f"{local:%Y-%m-%dT%H:%M}",
        date=f"{local:%Y-%m-%d}",
        begins=f"{local:%H:%M}",
        name=f"{words.time(start)}, {day}",
    )
