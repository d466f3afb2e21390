"""Saved groups of points (nhóm điểm cầu): made, changed and removed by the office."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.floor import MAX_POINTS
from contracts.ids import PointId
from controller import entered
from controller.db.engine import writing
from controller.entered import Label
from controller.errors import BadEntry, Conflict, NotFound
from controller.meetings.prepared import group_queries, template_queries
from controller.meetings.prepared.names import changed_meanwhile, named_once, refuse_second
from controller.meetings.prepared.points import SavedGroup
from controller.places import service as places

MAX_GROUPS, MAX_NAME_CHARS = 200, 80
_NAMED = 8
_NAME = Label("Tên nhóm", "The group's name")


@dataclass(frozen=True, slots=True)
class GroupForm:
    """What a person enters of a group; `chair_point_id` empty: none is named."""

    name: str
    point_ids: tuple[str, ...]
    chair_point_id: str = ""


def name_of(typed: str) -> str:
    """Return a group's name as it is kept.

    Raises:
        BadEntry: it is none; the sentence says why.
    """
    return entered.line(_NAME, typed, most=MAX_NAME_CHARS)


def found_group(session: Session, group_id: str, *, is_claimed: bool = False) -> SavedGroup:
    """Return a group.

    Raises:
        NotFound: there is none of this id.
    """
    group = group_queries.get(session, group_id, is_claimed=is_claimed)
    if group is None:
        raise NotFound("nhóm điểm cầu", "group of points")
    return group


@dataclass(frozen=True, slots=True)
class GroupDesk:
    """Where groups are made and changed. Used from worker threads; keeps nothing itself."""

    state: Engine
    now: Callable[[], datetime]

    def make(self, form: GroupForm, *, actor: str) -> SavedGroup:
        """Save a group.

        Raises:
            BadEntry: its name or its points cannot be kept; the sentence says why.
            NotFound: there is no such point now.
            Conflict: there is a group of this name, or there are too many.
        """
        now = self.now()
        with writing(self.state) as session:
            group = self._judged(session, form, f"g{now:%y%m%d}-{secrets.token_hex(4)}", (), now)
            if group_queries.count(session) >= MAX_GROUPS:
                raise Conflict(
                    "too_many_groups",
                    f"Lưu được tối đa {MAX_GROUPS} nhóm. Xóa nhóm không còn dùng rồi lưu lại.",
                    f"At most {MAX_GROUPS} groups are kept. Delete one that is not used, and save "
                    "again.",
                )
            with named_once():
                group_queries.add(session, group, actor=actor, now=now)
        return group

    def change(self, group_id: str, form: GroupForm, *, expected: int | None = None) -> SavedGroup:
        """Replace a group's name, points and chair.

        Args:
            expected: refuse it if somebody has changed the group since it had this revision.

        Raises:
            RequestError: as `make`; Conflict also where it was changed meanwhile.
        """
        now = self.now()
        with writing(self.state) as session:
            before = found_group(session, group_id, is_claimed=True)
            group = self._judged(session, form, group_id, before.point_ids, now)
            with named_once():
                if not group_queries.replace(session, group, expected=expected, now=now):
                    raise changed_meanwhile()
        return replace(group, revision=before.revision + 1)

    def remove(self, group_id: str) -> SavedGroup:
        """Remove a group; meetings that were set by it keep their points. Return what it was.

        Raises:
            NotFound: there is none.
            Conflict: a template has its points.
        """
        with writing(self.state) as session:
            group = found_group(session, group_id, is_claimed=True)
            if using := template_queries.using_group(session, group_id):
                named = ", ".join(f"“{one}”" for one in using[:_NAMED])
                raise Conflict(
                    "group_in_use",
                    f"Nhóm này đang nằm trong mẫu {named}. Bỏ nhóm khỏi mẫu rồi xóa.",
                    f"The group is in the template {named}. Take it out there first.",
                )
            group_queries.remove(session, group_id)
        return group

    def _judged(
        self,
        session: Session,
        form: GroupForm,
        group_id: str,
        before: Sequence[PointId],
        now: datetime,
    ) -> SavedGroup:
        """Return a form as a group; points that it had before may have ended meanwhile."""
        name = name_of(form.name)
        refuse_second(group_queries.names(session), name, group_id)
        listed, chair = tuple(dict.fromkeys(form.point_ids)), form.chair_point_id
        if chair and chair not in listed:
            listed = (chair, *listed)
        if not 0 < len(listed) <= MAX_POINTS:
            raise BadEntry(
                f"Chọn từ 1 đến {MAX_POINTS} điểm cầu cho nhóm.",
                f"Choose 1 to {MAX_POINTS} points for the group.",
            )
        valid = places.as_of(session, now).point_names
        if not all(one in valid or one in before for one in listed):
            raise NotFound("điểm cầu", "point")
        return SavedGroup(group_id, name, tuple(map(PointId, listed)), form.chair_point_id)
