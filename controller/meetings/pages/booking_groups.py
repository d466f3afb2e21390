"""Templates and groups in the form of a new meeting: one taken, or the chosen points saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.datastructures import FormData

from controller.errors import RequestError
from controller.meetings.pages import booking_templates
from controller.meetings.pages.booking_rooms import names_then
from controller.meetings.prepared import group_queries
from controller.meetings.prepared.acts import Preparing
from controller.meetings.prepared.groups import GroupForm, found_group
from controller.meetings.prepared.points import ready
from controller.meetings.views import booking_form
from controller.meetings.views import groups as group_view
from controller.meetings.views.booking import Prepared
from controller.meetings.views.booking_form import Entered
from controller.places import service as places
from controller.web.page_request import PageRequest, text_of


@dataclass(frozen=True, slots=True)
class GroupAct:
    """What was done with a group or template, or why not; the name that was typed for a group."""

    note: str = ""
    problem: str = ""
    name: str = ""
    template_note: str = ""


NOTHING_DONE = GroupAct()


def is_asked(form: FormData) -> bool:
    """Return whether a form was sent by the button of a template or group."""
    return any(text_of(form, one) for one in ("use_template", "use_group", "save_group"))


def done(
    asked: PageRequest, acts: Preparing, form: FormData, entered: Entered
) -> tuple[Entered, GroupAct]:
    """Take the template or group that was pressed, or save the chosen points as a group."""
    try:
        if template_id := text_of(form, "use_template"):
            entered, note = booking_templates.filled(asked, entered, template_id)
            return entered, GroupAct(name=text_of(form, "group_name"), template_note=note)
        if group_id := text_of(form, "use_group"):
            entered, said = joined(asked, entered, group_id)
            return entered, replace(said, name=text_of(form, "group_name"))
        name = text_of(form, "group_name")
        saved = acts.make_group(GroupForm(name, entered.point_ids, entered.chair_point_id))
    except RequestError as exc:
        problem = exc.said_in(asked.words.code)
        return entered, GroupAct(problem=problem, name=text_of(form, "group_name"))
    note = asked.words.ngettext(
        "“%(name)s” is saved with %(n)s point.",
        "“%(name)s” is saved with %(n)s points.",
        len(saved.point_ids),
        name=saved.name,
    )
    return entered, GroupAct(note=note)


def joined(asked: PageRequest, entered: Entered, group_id: str) -> tuple[Entered, GroupAct]:
    """Return the form with a group's points, and what is said of it.

    Raises:
        NotFound: there is no such group.
    """
    group = found_group(asked.state, group_id)
    points = ready([group], names_then(asked, entered))
    gone = places.points_by_id(asked.state, points.left_out)
    called = {str(point_id): one.name for point_id, one in gone.items()}
    note = group_view.said_of_joining(asked.words, group.name, points, called)
    return booking_form.joined(entered, points), GroupAct(note=note)


def shown(asked: PageRequest, act: GroupAct, kind: str, names: Mapping[str, str]) -> Prepared:
    """Return what the form says of templates and groups.

    Args:
        kind: the type that is chosen, whose templates come first.
        names: of the points that may be invited.
    """
    sizes = group_queries.sizes(asked.state, names)
    groups = (group_view.button(asked.words, one) for one in sizes)
    return Prepared(
        groups=tuple(groups),
        note=act.note,
        problem=act.problem,
        name=act.name,
        templates=booking_templates.lines(asked, names, kind=kind),
        template_note=act.template_note,
    )
