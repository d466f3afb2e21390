"""What the office does with what is prepared for meetings: done, and in the audit log."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.meetings.calendar import Calendar
from controller.meetings.prepared.emergency import EmergencyDesk, EmergencyForm
from controller.meetings.prepared.groups import GroupDesk, GroupForm
from controller.meetings.prepared.meeting_templates import TemplateDesk
from controller.meetings.prepared.points import SavedGroup
from controller.meetings.prepared.template import SavedTemplate
from controller.meetings.tables import Meeting
from controller.web.branch_door import refuse_bounded
from controller.web.deps import Office, WebParts
from controller.web.scope import bounds_of


@dataclass(frozen=True, slots=True)
class Preparing:
    """What whoever asks may do, being of the office."""

    web: WebParts
    person: Office
    request: Request

    def make_group(self, form: GroupForm) -> SavedGroup:
        """Save a group of points, which is the whole province's."""
        refuse_bounded(bounds_of(self.request))
        made = self.web.part(GroupDesk).make(form, actor=self.person.user_name)
        self._note(Action.ADD_GROUP, made.group_id, made.name)
        return made

    def change_group(
        self, group_id: str, form: GroupForm, *, expected: int | None = None
    ) -> SavedGroup:
        """Replace a group's name, points and chair."""
        changed = self.web.part(GroupDesk).change(group_id, form, expected=expected)
        self._note(Action.CHANGE_GROUP, group_id, changed.name)
        return changed

    def remove_group(self, group_id: str) -> SavedGroup:
        """Remove a group."""
        gone = self.web.part(GroupDesk).remove(group_id)
        self._note(Action.REMOVE_GROUP, group_id, gone.name)
        return gone

    def make_template(self, wanted: SavedTemplate) -> SavedTemplate:
        """Save a template of meetings."""
        made = self.web.part(TemplateDesk).make(wanted, actor=self.person.user_name)
        self._note(Action.ADD_TEMPLATE, made.template_id, made.name)
        return made

    def change_template(
        self, wanted: SavedTemplate, *, expected: int | None = None
    ) -> SavedTemplate:
        """Replace all of a template."""
        changed = self.web.part(TemplateDesk).change(wanted, expected=expected)
        self._note(Action.CHANGE_TEMPLATE, changed.template_id, changed.name)
        return changed

    def remove_template(self, template_id: str) -> SavedTemplate:
        """Remove a template."""
        gone = self.web.part(TemplateDesk).remove(template_id)
        self._note(Action.REMOVE_TEMPLATE, template_id, gone.name)
        return gone

    def begin_emergency(self, form: EmergencyForm) -> Meeting:
        """Make an emergency meeting of a group and begin it."""
        desk = EmergencyDesk(self.web.part(Calendar))
        meeting = desk.begin(form, actor=self.person.user_name)
        self._note(Action.SET_MEETING, meeting.meeting_id)
        return meeting

    def _note(self, action: Action, subject: str, detail: str = "") -> None:
        actor = self.person.user_name
        noted(self.web, self.request, action, actor=actor, subject=subject, detail=detail)


PreparingActs = Annotated[Preparing, Depends(Preparing)]
