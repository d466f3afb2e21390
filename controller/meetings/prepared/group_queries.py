"""Saved groups of points: kept and found."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, update
from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.meetings.prepared.points import GroupSize, SavedGroup
from controller.meetings.prepared.tables import PointGroup, PointGroupMember
from controller.web.i18n.collation import vietnamese


def every(session: Session) -> list[SavedGroup]:
    """Return all groups in the alphabet's order."""
    found = _saved(session, session.exec(select(PointGroup)))
    return sorted(found, key=lambda one: vietnamese(one.name))


def some(session: Session, group_ids: Iterable[str]) -> dict[str, SavedGroup]:
    """Return those groups that there are, by their ids."""
    wanted = list(group_ids)
    found = session.exec(select(PointGroup).where(col(PointGroup.group_id).in_(wanted)))
    return {one.group_id: one for one in _saved(session, found)}


def sizes(session: Session, valid: Iterable[str]) -> list[GroupSize]:
    """Return all groups in the alphabet's order with how many of their points are among these.

    Args:
        valid: the points that may be invited now.
    """
    counted = (
        select(PointGroupMember.group_id, func.count())
        .where(col(PointGroupMember.point_id).in_(list(valid)))
        .group_by(col(PointGroupMember.group_id))
    )
    counts = dict(session.exec(counted).all())
    found = (GroupSize(*one, counts.get(one[0], 0)) for one in names(session).items())
    return sorted(found, key=lambda one: vietnamese(one.name))


def get(session: Session, group_id: str, *, is_claimed: bool = False) -> SavedGroup | None:
    """Return a group; claimed: nobody else changes or begins a meeting by it meanwhile."""
    row = session.get(PointGroup, group_id, with_for_update=is_claimed or None)
    return _saved(session, [row])[0] if row else None


def claim_all(session: Session) -> None:
    """Let nobody else change a group or begin a meeting by one until this transaction ends."""
    session.exec(select(PointGroup.group_id).order_by(PointGroup.group_id).with_for_update()).all()


def names(session: Session) -> dict[str, str]:
    """Return what groups are called, by their ids."""
    found = session.exec(select(PointGroup.group_id, PointGroup.name))
    return {group_id: name for group_id, name in found}


def count(session: Session) -> int:
    """Return how many groups there are."""
    return session.exec(select(func.count()).select_from(PointGroup)).one()


def add(session: Session, group: SavedGroup, *, actor: str, now: datetime) -> None:
    """Add a group."""
    row = PointGroup(
        group_id=group.group_id,
        name=group.name,
        chair_point_id=group.chair_point_id or None,
        created_by=actor,
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    _put_members(session, group.group_id, group.point_ids)


def replace(session: Session, group: SavedGroup, *, expected: int | None, now: datetime) -> bool:
    """Replace a group's facts; False: somebody has changed it since it had that revision."""
    of_revision = () if expected is None else (col(PointGroup.revision) == expected,)
    changed = session.exec(
        update(PointGroup)
        .where(col(PointGroup.group_id) == group.group_id, *of_revision)
        .values(
            name=group.name,
            chair_point_id=group.chair_point_id or None,
            revision=PointGroup.revision + 1,
            changed_at=now,
        )
    )
    if changed.rowcount != 1:
        return False
    _drop_members(session, group.group_id)
    _put_members(session, group.group_id, group.point_ids)
    return True


def remove(session: Session, group_id: str) -> bool:
    """Remove a group; False: there is none."""
    _drop_members(session, group_id)
    gone = session.exec(delete(PointGroup).where(col(PointGroup.group_id) == group_id))
    return gone.rowcount == 1


def _saved(session: Session, rows: Iterable[PointGroup]) -> list[SavedGroup]:
    listed = list(rows)
    members = _members(session, [one.group_id for one in listed])
    return [
        SavedGroup(
            group_id=one.group_id,
            name=one.name,
            point_ids=tuple(members.get(one.group_id, ())),
            chair_point_id=one.chair_point_id or "",
            revision=one.revision,
        )
        for one in listed
    ]


def _members(session: Session, group_ids: Sequence[str]) -> dict[str, list[PointId]]:
    found = session.exec(
        select(PointGroupMember.group_id, PointGroupMember.point_id)
        .where(col(PointGroupMember.group_id).in_(group_ids))
        .order_by(col(PointGroupMember.position))
    )
    members: dict[str, list[PointId]] = {}
    for group_id, point_id in found:
        members.setdefault(group_id, []).append(PointId(point_id))
    return members


def _drop_members(session: Session, group_id: str) -> None:
    session.exec(delete(PointGroupMember).where(col(PointGroupMember.group_id) == group_id))


def _put_members(session: Session, group_id: str, point_ids: Sequence[PointId]) -> None:
    rows = [
        {"group_id": group_id, "point_id": point_id, "position": position}
        for position, point_id in enumerate(point_ids)
    ]
    session.connection().execute(insert(PointGroupMember), rows)
