"""Templates in the form of a new meeting: those there are, and the form filled by one."""

from collections.abc import Mapping

from controller.meetings.pages.booking_rooms import names_then
from controller.meetings.prepared import group_queries, template_queries
from controller.meetings.prepared.meeting_templates import found_template
from controller.meetings.prepared.template import of_kind_first, points_of
from controller.meetings.views import booking_form, template_form
from controller.meetings.views import groups as group_view
from controller.meetings.views import templates as view
from controller.meetings.views.booking_form import Entered
from controller.meetings.views.templates import TemplateLine
from controller.places import service as places
from controller.web.page_request import PageRequest


def filled(asked: PageRequest, entered: Entered, template_id: str) -> tuple[Entered, str]:
    """Return the form filled by a template, and what is said of that.

    Raises:
        NotFound: there is no such template.
    """
    template = found_template(asked.state, template_id)
    groups = group_queries.some(asked.state, template.group_ids)
    points = points_of(template, groups, names_then(asked, entered))
    recording = asked.web.settings.recording
    form = template_form.filled(
        entered,
        template,
        points,
        template_queries.every(asked.state),
        recorded_owners=recording.owners if recording.folder else (),
    )
    gone = places.points_by_id(asked.state, points.left_out)
    called = {str(point_id): one.name for point_id, one in gone.items()}
    said = asked.words.gettext("Filled as “%(name)s” says.", name=template.name)
    left_out = group_view.said_of_gone(asked.words, points, called)
    return form, f"{said} {left_out}".strip()


def lines(
    asked: PageRequest, names: Mapping[str, str], *, kind: str = ""
) -> tuple[TemplateLine, ...]:
    """Return all templates, those of a type first.

    Args:
        names: of the points that may be invited.
        kind: a type's value; empty: of none.
    """
    first = booking_form.kind_of(kind) if kind else None
    found = of_kind_first(template_queries.every(asked.state), first)
    wanted = {group_id for one in found for group_id in one.group_ids}
    groups = group_queries.some(asked.state, wanted)
    return tuple(view.line(asked.words, one, groups, names) for one in found)
