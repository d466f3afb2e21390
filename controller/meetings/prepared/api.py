"""Saved groups and templates for programs, and the emergency meeting that begins at once."""

from fastapi import APIRouter

from contracts.ids import PointId
from controller.meetings.agenda import AgendaItem
from controller.meetings.api_meetings import Judged
from controller.meetings.prepared import group_queries, template_queries
from controller.meetings.prepared.acts import PreparingActs
from controller.meetings.prepared.emergency import EmergencyForm
from controller.meetings.prepared.groups import GroupForm, found_group
from controller.meetings.prepared.meeting_templates import found_template
from controller.meetings.prepared.schemas import (
    EmergencyIn,
    GroupIn,
    GroupOut,
    TemplateIn,
    TemplateOut,
)
from controller.meetings.prepared.template import SavedTemplate
from controller.meetings.schemas import MeetingOut
from controller.web.deps import StateSession, Viewer

router = APIRouter(prefix="/api/v1")


@router.get("/point-groups", tags=["point groups"])
def list_groups(session: StateSession, _: Viewer) -> list[GroupOut]:
    """Return all saved groups."""
    return [GroupOut.of(one) for one in group_queries.every(session)]


@router.post("/point-groups", status_code=201, tags=["point groups"])
def make_group(acts: PreparingActs, form: GroupIn) -> GroupOut:
    """Save a group."""
    return GroupOut.of(acts.make_group(_form_of(form)))


@router.get("/point-groups/{group_id}", tags=["point groups"])
def one_group(session: StateSession, _: Viewer, group_id: str) -> GroupOut:
    """Return a group."""
    return GroupOut.of(found_group(session, group_id))


@router.put("/point-groups/{group_id}", tags=["point groups"])
def change_group(acts: PreparingActs, group_id: str, form: GroupIn) -> GroupOut:
    """Replace a group's name, points and chair."""
    return GroupOut.of(acts.change_group(group_id, _form_of(form), expected=form.revision))


@router.delete("/point-groups/{group_id}", status_code=204, tags=["point groups"])
def remove_group(acts: PreparingActs, group_id: str) -> None:
    """Remove a group; meetings that were set by it keep their points."""
    acts.remove_group(group_id)


@router.get("/meeting-templates", tags=["meeting templates"])
def list_templates(session: StateSession, _: Viewer) -> list[TemplateOut]:
    """Return all templates."""
    return [TemplateOut.of(one) for one in template_queries.every(session)]


@router.post("/meeting-templates", status_code=201, tags=["meeting templates"])
def make_template(acts: PreparingActs, form: TemplateIn) -> TemplateOut:
    """Save a template."""
    return TemplateOut.of(acts.make_template(_template_of(form, "")))


@router.get("/meeting-templates/{template_id}", tags=["meeting templates"])
def one_template(session: StateSession, _: Viewer, template_id: str) -> TemplateOut:
    """Return a template."""
    return TemplateOut.of(found_template(session, template_id))


@router.put("/meeting-templates/{template_id}", tags=["meeting templates"])
def change_template(acts: PreparingActs, template_id: str, form: TemplateIn) -> TemplateOut:
    """Replace all of a template."""
    wanted = _template_of(form, template_id)
    return TemplateOut.of(acts.change_template(wanted, expected=form.revision))


@router.delete("/meeting-templates/{template_id}", status_code=204, tags=["meeting templates"])
def remove_template(acts: PreparingActs, template_id: str) -> None:
    """Remove a template; meetings that were set by it stay as they are."""
    acts.remove_template(template_id)


@router.post("/emergency-meetings", status_code=201, tags=["meetings"])
def begin_emergency(acts: PreparingActs, _: Judged, form: EmergencyIn) -> MeetingOut:
    """Begin an emergency meeting of a group at once; 409 where its points are taken."""
    asked = EmergencyForm(
        group_id=form.group_id,
        title=form.title,
        minutes=form.minutes,
        accepted=frozenset(form.accepted_meeting_ids),
    )
    return MeetingOut.of(acts.begin_emergency(asked))


def _form_of(form: GroupIn) -> GroupForm:
    return GroupForm(form.name, tuple(form.point_ids), form.chair_point_id or "")


def _template_of(form: TemplateIn, template_id: str) -> SavedTemplate:
    own = {"revision", "chair_point_id", "point_ids", "host_unit_id", "agenda"}
    fields = form.model_dump(exclude=own)
    return SavedTemplate(
        template_id=template_id,
        chair_point_id=form.chair_point_id or "",
        host_unit_id=form.host_unit_id or "",
        agenda=tuple(AgendaItem(one.title, one.minutes, one.speaker) for one in form.agenda),
        point_ids=tuple(map(PointId, form.point_ids)),
        **fields,
    )
