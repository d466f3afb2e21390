"""Templates of meetings: listed, made of a meeting or anew, changed, deleted by the office."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import BadEntry, RequestError
from controller.health import service as health
from controller.meetings import agenda_queries, floor_queries, meeting_queries
from controller.meetings.pages.agenda import typed_agenda
from controller.meetings.pages.booking_templates import lines
from controller.meetings.prepared import group_queries
from controller.meetings.prepared.acts import PreparingActs
from controller.meetings.prepared.meeting_templates import MAX_TEMPLATES, found_template
from controller.meetings.prepared.template import SavedTemplate
from controller.meetings.refusals import found
from controller.meetings.views import booking_form, template_form
from controller.meetings.views import templates as view
from controller.meetings.views.template_form import TemplateEntered
from controller.places import service as places
from controller.web.page_request import AskedByOffice, PageRequest, Sent, text_of, texts_of
from controller.web.schemas import MOST_ROW_NUMBER

router = APIRouter(include_in_schema=False)


@router.get("/meetings/templates")
def listed(asked: AskedByOffice) -> Response:
    """Show all templates."""
    names = places.as_of(asked.state, asked.now).point_names
    shown = view.listed(asked.words, lines(asked, names), most=MAX_TEMPLATES)
    return asked.page("meetings/templates.html", "meetings", view=shown)


@router.get("/meetings/templates/new")
def empty(asked: AskedByOffice, like: str = "") -> Response:
    """Show the form of a new template: empty, or filled as the meeting that `like` names."""
    if not like:
        return _form(asked, None, TemplateEntered(booking_form.Entered()))
    meeting = found(asked.state, like)
    invited = meeting_queries.participants(asked.state, like)
    mode = floor_queries.current(asked.state, like).mode
    agenda = agenda_queries.of_meeting(asked.state, like)
    return _form(asked, None, template_form.of_meeting(meeting, invited, mode, agenda))


@router.post("/meetings/templates/new")
def make(asked: AskedByOffice, acts: PreparingActs, form: Sent) -> Response:
    """Save a template; what is wrong is said in its form."""
    typed = _entered(form)
    if text_of(form, "more_items"):
        return _form(asked, None, typed)
    try:
        acts.make_template(template_form.read(typed, ""))
    except RequestError as exc:
        return _form(asked, None, typed, exc)
    return _to_all()


@router.get("/meetings/templates/{template_id}")
def shown(asked: AskedByOffice) -> Response:
    """Show a template with the form that changes it."""
    template = found_template(asked.state, asked.named("template_id"))
    return _form(asked, template, template_form.of_template(template))


@router.post("/meetings/templates/{template_id}")
def change(asked: AskedByOffice, acts: PreparingActs, form: Sent) -> Response:
    """Change a template; what is wrong is said in its form."""
    template, typed = found_template(asked.state, asked.named("template_id")), _entered(form)
    if text_of(form, "more_items"):
        return _form(asked, template, typed)
    try:
        expected = numbers.whole(typed.revision, most=MOST_ROW_NUMBER) if typed.revision else None
        acts.change_template(template_form.read(typed, template.template_id), expected=expected)
    except RequestError as exc:
        return _form(asked, template, typed, exc)
    except MalformedNumber as exc:
        raise BadEntry("Trang gửi nội dung không đọc được. Tải lại trang.", str(exc)) from exc
    return _to_all()


@router.post("/meetings/templates/{template_id}/remove")
def remove(acts: PreparingActs, template_id: str) -> Response:
    """Delete a template."""
    acts.remove_template(template_id)
    return _to_all()


def _entered(form: FormData) -> TemplateEntered:
    def several(name: str) -> list[str]:
        return [value for value in form.getlist(name) if isinstance(value, str)]

    return template_form.entered(
        texts_of(form), several("participants"), several("groups"), typed_agenda(form)
    )


def _form(
    asked: PageRequest,
    template: SavedTemplate | None,
    typed: TemplateEntered,
    problem: RequestError | None = None,
) -> Response:
    known = places.as_of(asked.state, asked.now)
    states = health.point_states(asked.series, known.points, asked.now)
    said = problem.said_in(asked.words.code) if problem else ""
    groups = group_queries.every(asked.state)
    shown = view.view(asked.words, template, typed, known, groups, states, problem=said)
    status = problem.status if problem else 200
    return asked.page("meetings/template.html", "meetings", status=status, view=shown)


def _to_all() -> Response:
    return RedirectResponse("/meetings/templates", status_code=303)
