"""Templates of meetings (mẫu cuộc họp): made, changed and removed by the office."""

import secrets
from collections.abc import Callable
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
from controller.meetings import agenda_entered
from controller.meetings.calendar import (
    chair_name_of,
    document_number_of,
    secretary_of,
    title_of,
)
from controller.meetings.prepared import group_queries, template_queries
from controller.meetings.prepared.names import changed_meanwhile, named_once, refuse_second
from controller.meetings.prepared.template import SavedTemplate
from controller.places import service as places

MAX_TEMPLATES, MAX_NAME_CHARS = 100, 80
LONGEST_MIN = 24 * 60
_NAME = Label("Tên mẫu", "The template's name")


def found_template(
    session: Session, template_id: str, *, is_claimed: bool = False
) -> SavedTemplate:
    """Return a template.

    Raises:
        NotFound: there is none of this id.
    """
    template = template_queries.get(session, template_id, is_claimed=is_claimed)
    if template is None:
        raise NotFound("mẫu cuộc họp", "template of meetings")
    return template


@dataclass(frozen=True, slots=True)
class TemplateDesk:
    """Where templates are made and changed. Used from worker threads; keeps nothing itself."""

    state: Engine
    now: Callable[[], datetime]

    def make(self, wanted: SavedTemplate, *, actor: str) -> SavedTemplate:
        """Save a template; its id and revision are given here.

        Raises:
            BadEntry: something of it cannot be kept; the sentence says why.
            NotFound: there is no such point or group now.
            Conflict: there is a template of this name, or there are too many.
        """
        now = self.now()
        template_id = f"t{now:%y%m%d}-{secrets.token_hex(4)}"
        with writing(self.state) as session:
            made = self._judged(session, replace(wanted, template_id=template_id, revision=1), now)
            if template_queries.count(session) >= MAX_TEMPLATES:
                raise Conflict(
                    "too_many_templates",
                    f"Lưu được tối đa {MAX_TEMPLATES} mẫu. Xóa mẫu không còn dùng rồi lưu lại.",
                    f"At most {MAX_TEMPLATES} templates are kept. Delete one that is not used.",
                )
            with named_once():
                template_queries.add(session, made, actor=actor, now=now)
        return made

    def change(self, wanted: SavedTemplate, *, expected: int | None = None) -> SavedTemplate:
        """Replace all of the template of this id.

        Args:
            expected: refuse it if somebody has changed it since it had this revision.

        Raises:
            RequestError: as `make`; Conflict also where it was changed meanwhile.
        """
        now = self.now()
        with writing(self.state) as session:
            before = found_template(session, wanted.template_id, is_claimed=True)
            kept = frozenset((*before.point_ids, before.chair_point_id, before.host_unit_id))
            judged = self._judged(session, wanted, now, kept=kept)
            with named_once():
                if not template_queries.replace(session, judged, expected=expected, now=now):
                    raise changed_meanwhile()
        return replace(judged, revision=before.revision + 1)

    def remove(self, template_id: str) -> SavedTemplate:
        """Remove a template; meetings that were set by it stay as they are. Return what it was.

        Raises:
            NotFound: there is none.
        """
        with writing(self.state) as session:
            template = found_template(session, template_id, is_claimed=True)
            template_queries.remove(session, template_id)
        return template

    def _judged(
        self,
        session: Session,
        wanted: SavedTemplate,
        now: datetime,
        kept: frozenset[str] = frozenset(),
    ) -> SavedTemplate:
        """Return a template as it is kept; points and host of before may have ended meanwhile."""
        name = entered.line(_NAME, wanted.name, most=MAX_NAME_CHARS)
        refuse_second(template_queries.names(session), name, wanted.template_id)
        if not 0 < wanted.minutes <= LONGEST_MIN:
            raise BadEntry("Cuộc họp kéo dài tối đa 24 giờ.", "A meeting lasts 24 hours at most.")
        chair = wanted.chair_point_id
        listed = tuple(dict.fromkeys(wanted.point_ids))
        if chair and chair not in listed:
            listed = (PointId(chair), *listed)
        if len(listed) > MAX_POINTS:
            raise BadEntry(
                f"Mỗi cuộc họp có tối đa {MAX_POINTS} điểm cầu.",
                f"A meeting has {MAX_POINTS} points at most.",
            )
        valid = places.as_of(session, now).point_names
        if not all(one in valid or one in kept for one in listed):
            raise NotFound("điểm cầu", "point")
        host = wanted.host_unit_id
        if host and host not in kept and places.unit(session, host, at=now) is None:
            raise NotFound("đơn vị", "unit")
        group_ids = tuple(dict.fromkeys(wanted.group_ids))
        known = group_queries.names(session)
        if not all(one in known for one in group_ids):
            raise NotFound("nhóm điểm cầu", "group of points")
        return replace(
            wanted,
            name=name,
            title=title_of(wanted.title) if wanted.title else "",
            secretary=secretary_of(wanted.secretary),
            chair_name=chair_name_of(wanted.chair_name),
            agenda=agenda_entered.judged(wanted.agenda),
            document_number=document_number_of(wanted.document_number),
            point_ids=listed,
            group_ids=group_ids,
        )
