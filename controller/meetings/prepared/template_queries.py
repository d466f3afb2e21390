"""Templates of meetings: kept and found."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, update
from sqlmodel import Session, col, select

from contracts.floor import FloorMode
from contracts.ids import PointId
from controller.meetings.agenda import AgendaItem
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.prepared.tables import (
    MeetingTemplate,
    MeetingTemplateGroup,
    MeetingTemplateItem,
    MeetingTemplatePoint,
)
from controller.meetings.prepared.template import SavedTemplate
from controller.places.owner import Owner
from controller.web.i18n.collation import vietnamese


def every(session: Session) -> list[SavedTemplate]:
    """Return all templates in the alphabet's order."""
    found = _saved(session, session.exec(select(MeetingTemplate)))
    return sorted(found, key=lambda one: vietnamese(one.name))


def get(session: Session, template_id: str, *, is_claimed: bool = False) -> SavedTemplate | None:
    """Return a template; claimed: nobody else changes it meanwhile."""
    row = session.get(MeetingTemplate, template_id, with_for_update=is_claimed or None)
    return _saved(session, [row])[0] if row else None


def names(session: Session) -> dict[str, str]:
    """Return what templates are called, by their ids."""
    found = session.exec(select(MeetingTemplate.template_id, MeetingTemplate.name))
    return {template_id: name for template_id, name in found}


def using_group(session: Session, group_id: str) -> list[str]:
    """Return the names of the templates that have the points of a group."""
    having = select(MeetingTemplateGroup.template_id).where(
        MeetingTemplateGroup.group_id == group_id
    )
    found = select(MeetingTemplate.name).where(col(MeetingTemplate.template_id).in_(having))
    return sorted(session.exec(found), key=vietnamese)


def count(session: Session) -> int:
    """Return how many templates there are."""
    return session.exec(select(func.count()).select_from(MeetingTemplate)).one()


def add(session: Session, template: SavedTemplate, *, actor: str, now: datetime) -> None:
    """Add a template."""
    row = MeetingTemplate(
        template_id=template.template_id,
        created_by=actor,
        created_at=now,
        changed_at=now,
        **_columns(template),
    )
    session.add(row)
    session.flush()
    _put_members(session, template)


def replace(
    session: Session, template: SavedTemplate, *, expected: int | None, now: datetime
) -> bool:
    """Replace a template's facts; False: somebody has changed it since it had that revision."""
    of_revision = () if expected is None else (col(MeetingTemplate.revision) == expected,)
    changed = session.exec(
        update(MeetingTemplate)
        .where(col(MeetingTemplate.template_id) == template.template_id, *of_revision)
        .values(revision=MeetingTemplate.revision + 1, changed_at=now, **_columns(template))
    )
    if changed.rowcount != 1:
        return False
    _drop_members(session, template.template_id)
    _put_members(session, template)
    return True


def remove(session: Session, template_id: str) -> None:
    """Remove a template."""
    _drop_members(session, template_id)
    session.exec(delete(MeetingTemplate).where(col(MeetingTemplate.template_id) == template_id))


def _columns(template: SavedTemplate) -> dict[str, Any]:
    return {
        "name": template.name,
        "title": template.title,
        "kind": template.kind.value,
        "level": template.level,
        "minutes": template.minutes,
        "chair_point_id": template.chair_point_id or None,
        "secretary": template.secretary,
        "document_number": template.document_number,
        "owner": template.owner.value,
        "mode": template.mode.value,
        "held_as": template.held_as.value,
        "host_unit_id": template.host_unit_id or None,
        "chair_name": template.chair_name,
    }


def _saved(session: Session, rows: Iterable[MeetingTemplate]) -> list[SavedTemplate]:
    listed = list(rows)
    ids = [one.template_id for one in listed]
    points, groups, items = _points(session, ids), _groups(session, ids), _items(session, ids)
    return [
        SavedTemplate(
            template_id=one.template_id,
            name=one.name,
            title=one.title,
            kind=MeetingKind(one.kind),
            level=one.level,
            minutes=one.minutes,
            chair_point_id=one.chair_point_id or "",
            secretary=one.secretary,
            document_number=one.document_number,
            owner=Owner(one.owner),
            mode=FloorMode(one.mode),
            held_as=HeldAs(one.held_as),
            host_unit_id=one.host_unit_id or "",
            chair_name=one.chair_name,
            agenda=tuple(items.get(one.template_id, ())),
            point_ids=tuple(points.get(one.template_id, ())),
            group_ids=tuple(groups.get(one.template_id, ())),
            revision=one.revision,
        )
        for one in listed
    ]


def _points(session: Session, template_ids: Sequence[str]) -> dict[str, list[PointId]]:
    found = session.exec(
        select(MeetingTemplatePoint.template_id, MeetingTemplatePoint.point_id)
        .where(col(MeetingTemplatePoint.template_id).in_(template_ids))
        .order_by(col(MeetingTemplatePoint.position))
    )
    points: dict[str, list[PointId]] = {}
    for template_id, point_id in found:
        points.setdefault(template_id, []).append(PointId(point_id))
    return points


def _groups(session: Session, template_ids: Sequence[str]) -> dict[str, list[str]]:
    found = session.exec(
        select(MeetingTemplateGroup.template_id, MeetingTemplateGroup.group_id)
        .where(col(MeetingTemplateGroup.template_id).in_(template_ids))
        .order_by(col(MeetingTemplateGroup.position))
    )
    groups: dict[str, list[str]] = {}
    for template_id, group_id in found:
        groups.setdefault(template_id, []).append(group_id)
    return groups


def _items(session: Session, template_ids: Sequence[str]) -> dict[str, list[AgendaItem]]:
    found = session.exec(
        select(MeetingTemplateItem)
        .where(col(MeetingTemplateItem.template_id).in_(template_ids))
        .order_by(col(MeetingTemplateItem.position))
    )
    items: dict[str, list[AgendaItem]] = {}
    for one in found:
        item = AgendaItem(one.title, one.minutes, one.speaker)
        items.setdefault(one.template_id, []).append(item)
    return items


def _drop_members(session: Session, template_id: str) -> None:
    for table in (MeetingTemplatePoint, MeetingTemplateGroup, MeetingTemplateItem):
        session.exec(delete(table).where(col(table.template_id) == template_id))


def _put_members(session: Session, template: SavedTemplate) -> None:
    for table, column, ids in (
        (MeetingTemplatePoint, "point_id", template.point_ids),
        (MeetingTemplateGroup, "group_id", template.group_ids),
    ):
        rows = [
            {"template_id": template.template_id, column: one, "position": position}
            for position, one in enumerate(ids)
        ]
        if rows:
            session.connection().execute(insert(table), rows)
    items = [
        {
            "template_id": template.template_id,
            "position": position,
            "title": one.title,
            "minutes": one.minutes,
            "speaker": one.speaker,
        }
        for position, one in enumerate(template.agenda)
    ]
    if items:
        session.connection().execute(insert(MeetingTemplateItem), items)
