"""Templates of meetings as pages show them: the list, one to change, those to press in a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from controller.health.states import PointState
from controller.meetings.agenda import MAX_ITEMS
from controller.meetings.agenda_entered import AgendaTyped
from controller.meetings.prepared.points import SavedGroup
from controller.meetings.prepared.template import SavedTemplate, points_of
from controller.meetings.views import agenda, kinds
from controller.meetings.views.booking_form import Entered
from controller.meetings.views.point_choices import UnitChoice, host_choices, unit_choices
from controller.meetings.views.template_form import TemplateEntered
from controller.places.service import PlacesNow
from controller.web.elements import Choice, Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template in a list, or as a button; `kind` is the type's value, `kind_name` its name."""

    template_id: str
    name: str
    kind: str
    kind_name: str
    length: str
    count: str
    chair: str


@dataclass(frozen=True, slots=True)
class TemplatesView:
    """The page of all templates; `full` says that there is room for no more."""

    crumbs: tuple[Crumb, ...]
    templates: tuple[TemplateLine, ...]
    count: str
    full: str


@dataclass(frozen=True, slots=True)
class TemplateView:
    """The page of one template; `template_id` empty: a new one."""

    template_id: str
    heading: str
    crumbs: tuple[Crumb, ...]
    typed: TemplateEntered
    form: Entered
    errors: Mapping[str, str]
    problem: str
    kinds: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    modes: tuple[Choice, ...]
    held_as: tuple[Choice, ...]
    hosts: tuple[Choice, ...]
    agenda_rows: tuple[AgendaTyped, ...]
    agenda_most: int
    action: str
    durations: tuple[Choice, ...]
    chairs: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    units: tuple[UnitChoice, ...]
    sum_points: str


def line(
    words: Language,
    template: SavedTemplate,
    groups: Mapping[str, SavedGroup],
    names: Mapping[str, str],
) -> TemplateLine:
    """Return a template as a line of a list.

    Args:
        groups: all that there are, by their ids.
        names: of the points that may be invited now.
    """
    points = points_of(template, groups, names)
    return TemplateLine(
        template_id=template.template_id,
        name=template.name,
        kind=template.kind.value,
        kind_name=kinds.kind_name(words, template.kind.value),
        length=words.duration(timedelta(minutes=template.minutes)),
        count=words.ngettext("%(n)s point", "%(n)s points", len(points.point_ids)),
        chair=names.get(points.chair_point_id, ""),
    )


def listed(words: Language, lines: Sequence[TemplateLine], *, most: int) -> TemplatesView:
    """Return the page of all templates."""
    return TemplatesView(
        crumbs=(Crumb(words.gettext("Meetings"), "/meetings"), Crumb(words.gettext("Templates"))),
        templates=tuple(lines),
        count=words.ngettext("%(n)s template", "%(n)s templates", len(lines)),
        full=words.gettext(
            "There are %(n)s templates, and no room for more. Delete one first.", n=most
        )
        if len(lines) >= most
        else "",
    )


def view(
    words: Language,
    template: SavedTemplate | None,
    typed: TemplateEntered,
    known: PlacesNow,
    groups: Sequence[SavedGroup],
    point_states: Mapping[str, PointState],
    *,
    problem: str = "",
) -> TemplateView:
    """Return the page of one template, or of a new one."""
    form = typed.meeting
    heading = template.name if template else words.gettext("New template")
    return TemplateView(
        template_id=template.template_id if template else "",
        heading=heading,
        crumbs=(
            Crumb(words.gettext("Meetings"), "/meetings"),
            Crumb(words.gettext("Templates"), "/meetings/templates"),
            Crumb(heading),
        ),
        typed=typed,
        form=form,
        errors=dict.fromkeys(("owner", "mode", "agenda"), ""),
        problem=problem,
        kinds=kinds.kind_choices(words, form.kind),
        levels=kinds.level_choices(words, form.level),
        owners=kinds.owner_choices(words, form.owner),
        modes=kinds.mode_choices(words, form.mode),
        held_as=kinds.held_as_choices(words, form.held_as),
        hosts=host_choices(known.tree, form.host_unit_id),
        agenda_rows=agenda.form_rows(form.agenda),
        agenda_most=MAX_ITEMS,
        action=f"/meetings/templates/{template.template_id if template else 'new'}",
        durations=kinds.duration_choices(words, form.minutes),
        chairs=tuple(
            Choice(one.point_id, one.name, is_chosen=form.chair_point_id == one.point_id)
            for branch in known.tree
            for one in branch.points
        ),
        groups=tuple(
            Choice(one.group_id, one.name, is_chosen=one.group_id in typed.group_ids)
            for one in groups
        ),
        units=unit_choices(words, known.tree, point_states, frozenset(form.participants)),
        sum_points=words.ngettext("%(n)s point chosen", "%(n)s points chosen", len(form.point_ids)),
    )
