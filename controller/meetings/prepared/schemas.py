"""What the API takes and gives of saved groups, templates and emergency meetings."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.floor import MAX_POINTS, FloorMode
from controller.meetings.agenda import MAX_ITEMS
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.prepared.emergency import USUAL_MIN
from controller.meetings.prepared.groups import MAX_GROUPS
from controller.meetings.prepared.meeting_templates import LONGEST_MIN
from controller.meetings.prepared.template import USUAL_MIN as TEMPLATE_MIN
from controller.meetings.schemas import AgendaItemIn
from controller.places.owner import Owner
from controller.web.schemas import Id, Input, Output


class GroupIn(Input):
    """A group to be saved. With `revision` only if nobody has changed it since."""

    name: str
    point_ids: Annotated[list[Id], Field(max_length=MAX_POINTS)]
    chair_point_id: Id | None = None
    revision: Annotated[int, Field(ge=1)] | None = None


class GroupOut(Output):
    """A saved group, its points in protocol order; `chair_point_id` empty: none is named."""

    group_id: str
    name: str
    point_ids: list[str]
    chair_point_id: str
    revision: int


class TemplateIn(Input):
    """A template to be saved. With `revision` only if nobody has changed it since.

    `point_ids` are its own, before those that its groups have when it is used.
    """

    name: str
    title: str = ""
    kind: MeetingKind = MeetingKind.OTHER
    level: Literal[2, 3, 4] | None = None
    minutes: Annotated[int, Field(ge=1, le=LONGEST_MIN)] = TEMPLATE_MIN
    chair_point_id: Id | None = None
    secretary: str = ""
    document_number: str = ""
    owner: Owner = Owner.PEOPLE_COMMITTEE
    mode: FloorMode = FloorMode.ONE_MIC
    held_as: HeldAs = HeldAs.ONLINE
    host_unit_id: Id | None = None
    chair_name: str = ""
    agenda: Annotated[tuple[AgendaItemIn, ...], Field(max_length=MAX_ITEMS)] = ()
    point_ids: Annotated[tuple[Id, ...], Field(max_length=MAX_POINTS)] = ()
    group_ids: Annotated[tuple[str, ...], Field(max_length=MAX_GROUPS)] = ()
    revision: Annotated[int, Field(ge=1)] | None = None


class TemplateItemOut(Output):
    """An item of a template's agenda."""

    title: str
    minutes: int
    speaker: str


class TemplateOut(Output):
    """A template of meetings; `chair_point_id`, `host_unit_id` empty: none is named."""

    template_id: str
    name: str
    title: str
    kind: MeetingKind
    level: int | None
    minutes: int
    chair_point_id: str
    secretary: str
    document_number: str
    owner: Owner
    mode: FloorMode
    held_as: HeldAs
    host_unit_id: str
    chair_name: str
    agenda: list[TemplateItemOut]
    point_ids: list[str]
    group_ids: list[str]
    revision: int


class EmergencyIn(Input):
    """A meeting that begins at once. `classification` was judged before this is read.

    `accepted_meeting_ids`: the meetings whose points it may take; one that is in the way and
    not among them refuses it.
    """

    classification: Literal["normal"]
    group_id: str
    title: str = ""
    minutes: Annotated[int, Field(ge=15, le=480)] = USUAL_MIN
    accepted_meeting_ids: Annotated[tuple[str, ...], Field(max_length=1000)] = ()
