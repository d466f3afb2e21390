"""What the API takes and gives of saved groups and emergency meetings."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.floor import MAX_POINTS
from controller.meetings.prepared.emergency import USUAL_MIN
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
