"""What the API takes and gives of changes of the tree."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from controller.places.change_document import ChangeDocument, PointAltered, UnitAltered
from controller.places.changing import DrawnChange, document_of
from controller.places.owner import Owner
from controller.places.place_import import MAX_NAME_CHARS
from controller.places.tables import TreeChangeRow
from controller.places.tree_entered import MAX_BASIS_CHARS
from controller.web.schemas import Id, Input, Output, Text

MOST_NAMED = 400
_THING = r"^(unit|point):[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$"
Thing = Annotated[str, Field(pattern=_THING)]
"""A unit or point, as `unit:ID` or `point:ID`."""


class TreeChangeIn(Input):
    """A change of the tree: what is entered, as on its page.

    `units`, with `into` or a `name`: what merges; `owner`: whose the one unit is, of several.
    `thing`: what is split, moved, renamed or ends; `taken`: what of a unit that is split goes to
    the new one, which has the `name`; `under`: where to something moves, none for the top.
    `day`: from when on, as 2026-07-01; empty: from now on.
    """

    kind: Literal["merge", "split", "move", "rename", "end"]
    day: Annotated[Text, Field(max_length=10)] = ""
    basis: Annotated[Text, Field(max_length=MAX_BASIS_CHARS)] = ""
    name: Annotated[Text, Field(max_length=MAX_NAME_CHARS)] = ""
    thing: Thing | Literal[""] = ""
    under: Id | Literal[""] = ""
    into: Id | Literal[""] = ""
    units: Annotated[list[Id], Field(max_length=MOST_NAMED, default_factory=list)]
    taken: Annotated[list[Thing], Field(max_length=MOST_NAMED, default_factory=list)]
    owner: Owner | None = None
    seen: Annotated[str, Field(max_length=64)] = ""


class UnitPeriodOut(BaseModel):
    """How a unit stands from an instant on."""

    since: datetime
    name: str
    parent_id: str | None
    owner: str
    kind: str


class PointPeriodOut(BaseModel):
    """How a point stands from an instant on."""

    since: datetime
    name: str
    unit_id: str
    owner: str


class UnitAlteredOut(BaseModel):
    """A unit that a change alters: its life before (none: it begins) and after."""

    unit_id: str
    into: str
    before: list[UnitPeriodOut]
    after: list[UnitPeriodOut]
    ended_before: datetime | None
    ends_at: datetime | None

    @classmethod
    def of(cls, one: UnitAltered) -> "UnitAlteredOut":
        """Return it as the API shows it."""
        kept = one.before.periods if one.before else ()
        return cls(
            unit_id=one.unit_id,
            into=one.into,
            before=[UnitPeriodOut.model_validate(each, from_attributes=True) for each in kept],
            after=[
                UnitPeriodOut.model_validate(each, from_attributes=True)
                for each in one.after.periods
            ],
            ended_before=one.before.ends_at if one.before else None,
            ends_at=one.after.ends_at,
        )


class PointAlteredOut(BaseModel):
    """A point that a change alters: its life before (none: it begins) and after."""

    point_id: str
    before: list[PointPeriodOut]
    after: list[PointPeriodOut]
    ended_before: datetime | None
    ends_at: datetime | None

    @classmethod
    def of(cls, one: PointAltered) -> "PointAlteredOut":
        """Return it as the API shows it."""
        kept = one.before.periods if one.before else ()
        return cls(
            point_id=one.point_id,
            before=[PointPeriodOut.model_validate(each, from_attributes=True) for each in kept],
            after=[
                PointPeriodOut.model_validate(each, from_attributes=True)
                for each in one.after.periods
            ],
            ended_before=one.before.ends_at if one.before else None,
            ends_at=one.after.ends_at,
        )


class TreeAlteredOut(BaseModel):
    """All that a change alters."""

    units: list[UnitAlteredOut]
    points: list[PointAlteredOut]

    @classmethod
    def of(cls, document: ChangeDocument) -> "TreeAlteredOut":
        """Return it as the API shows it."""
        return cls(
            units=[UnitAlteredOut.of(one) for one in document.units],
            points=[PointAlteredOut.of(one) for one in document.points],
        )


class MeetingTouchedOut(Output):
    """A meeting of points that end."""

    meeting_id: str
    title: str
    begins_at: datetime
    point_ids: list[str]


class TreeDrawnOut(BaseModel):
    """What a change would do. `seen`: sent with it, it is refused where the tree changed since."""

    in_force_at: datetime
    seen: str
    alters: TreeAlteredOut
    meetings: list[MeetingTouchedOut]

    @classmethod
    def of(cls, drawn: DrawnChange) -> "TreeDrawnOut":
        """Return it as the API shows it."""
        return cls(
            in_force_at=drawn.change.at,
            seen=drawn.seen,
            alters=TreeAlteredOut.of(drawn.document),
            meetings=[MeetingTouchedOut.of(one) for one in drawn.meetings],
        )


class TreeChangeOut(BaseModel):
    """A change that was decided; `alters`: all it does, in the words of its day."""

    change_id: str
    kind: str
    in_force_at: datetime
    basis: str
    made_by: str
    made_at: datetime
    taken_back_by: str | None
    taken_back_at: datetime | None
    alters: TreeAlteredOut

    @classmethod
    def of(cls, row: TreeChangeRow) -> "TreeChangeOut":
        """Return it as the API shows it."""
        return cls(
            change_id=row.change_id,
            kind=row.kind,
            in_force_at=row.in_force_at,
            basis=row.basis,
            made_by=row.made_by,
            made_at=row.made_at,
            taken_back_by=row.taken_back_by,
            taken_back_at=row.taken_back_at,
            alters=TreeAlteredOut.of(document_of(row)),
        )
