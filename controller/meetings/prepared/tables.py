"""What is prepared for meetings to come: saved groups of points, and templates."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime
from controller.meetings.kinds import HeldAs


class PointGroup(StateTable, table=True):
    """Points that are invited together; `revision` counts its changes."""

    __tablename__ = "point_group"
    __table_args__ = (UniqueConstraint("name"),)
    group_id: str = Field(primary_key=True, max_length=40)
    name: str = Field(max_length=80)
    chair_point_id: str | None = Field(default=None, foreign_key="point.point_id")
    revision: int = Field(default=1)
    created_by: str = Field(max_length=60)
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class PointGroupMember(StateTable, table=True):
    """A point of a group, in protocol order."""

    __tablename__ = "point_group_member"
    group_id: str = Field(primary_key=True, foreign_key="point_group.group_id")
    point_id: str = Field(primary_key=True, foreign_key="point.point_id")
    position: int


class MeetingTemplate(StateTable, table=True):
    """What meetings of one sort have in common; `revision` counts its changes."""

    __tablename__ = "meeting_template"
    __table_args__ = (UniqueConstraint("name"),)
    template_id: str = Field(primary_key=True, max_length=40)
    name: str = Field(max_length=80)
    title: str = Field(max_length=120)
    kind: str = Field(max_length=20)
    level: int | None = Field(default=None)
    minutes: int
    chair_point_id: str | None = Field(default=None, foreign_key="point.point_id")
    secretary: str = Field(max_length=60)
    document_number: str = Field(max_length=60)
    owner: str = Field(max_length=20)
    mode: str = Field(max_length=20)
    held_as: str = Field(default=HeldAs.ONLINE.value, max_length=20)
    host_unit_id: str | None = Field(default=None, max_length=40)
    chair_name: str = Field(default="", max_length=60)
    revision: int = Field(default=1)
    created_by: str = Field(max_length=60)
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class MeetingTemplatePoint(StateTable, table=True):
    """A point of a template by itself, in protocol order."""

    __tablename__ = "meeting_template_point"
    template_id: str = Field(primary_key=True, foreign_key="meeting_template.template_id")
    point_id: str = Field(primary_key=True, foreign_key="point.point_id")
    position: int


class MeetingTemplateItem(StateTable, table=True):
    """An item of a template's agenda, in its order."""

    __tablename__ = "meeting_template_item"
    template_id: str = Field(primary_key=True, foreign_key="meeting_template.template_id")
    position: int = Field(primary_key=True)
    title: str = Field(max_length=200)
    minutes: int
    speaker: str = Field(max_length=80)


class MeetingTemplateGroup(StateTable, table=True):
    """A group whose points a template has, as they are when it is used."""

    __tablename__ = "meeting_template_group"
    template_id: str = Field(primary_key=True, foreign_key="meeting_template.template_id")
    group_id: str = Field(primary_key=True, foreign_key="point_group.group_id", index=True)
    position: int
