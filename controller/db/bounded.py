"""Sessions that give only the rows of some units and points, whatever is asked of them.

A row belongs to whom its table names: a meeting (one in which a point takes part), an incident
(one that a point is in), a point, else a unit. Groups and templates are given where all of
their points are within. Tables that name none of these are not bounded
here; what reads those is not open to people of a branch (controller/web/branch_routes.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ClauseElement, ColumnElement, Table, and_, column, event, or_, select, table
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlmodel import Session, SQLModel

from controller.db.base import SERIES, STATE

BY_NAME: Mapping[str, bool] = {"is_by_name": True}
"""Execution options of a query that only tells what those are called whom other rows name."""

_SEATS = table("meeting_participant", column("meeting_id"), column("point_id"))
_HIT = table("incident_point", column("number"), column("point_id"))
_MEMBERS = table("point_group_member", column("group_id"), column("point_id"))
_PREPARED = table("meeting_template_point", column("template_id"), column("point_id"))
_JOINED = table("meeting_template_group", column("template_id"))
_OF_INCIDENTS = frozenset({"incident", "incident_entry", "incident_step", "alert_message"})
_OTHERS = _OF_INCIDENTS | {"point_group", "meeting_template"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of which units and points rows are given; `names_others`: what others are called as well."""

    unit_ids: frozenset[str]
    point_ids: frozenset[str]
    names_others: bool = False


def bind(session: Session, bounds: Callable[[], Bounds | None]) -> None:
    """Have a session give only what lies within bounds, which are asked for at each query.

    Args:
        bounds: None: all of it is given.
    """

    @event.listens_for(session, "do_orm_execute")
    def _within(asked: ORMExecuteState) -> None:
        limits, statement = bounds(), asked.statement
        if limits is None or not asked.is_select or not isinstance(statement, ClauseElement):
            return
        if limits.names_others and asked.execution_options.get("is_by_name"):
            return
        known = _classes()
        read = {str(one) for one in map(_table_name, visitors.iterate(statement)) if one}
        options = [
            with_loader_criteria(known[name], _criteria(known[name], limits), include_aliases=True)
            for name in sorted(read & known.keys())
        ]
        asked.statement = asked.statement.options(*options)


def _table_name(part: object) -> str:
    return part.name if isinstance(part, Table) else ""


@lru_cache(maxsize=1)
def _classes() -> dict[str, type[SQLModel]]:
    """Return the classes whose rows are bounded, by table; all subjects are loaded by then."""
    found: dict[str, type[SQLModel]] = {}
    for registry in (STATE, SERIES):
        named = {"point_id"} if registry is SERIES else {"meeting_id", "point_id", "unit_id"}
        for mapper in registry.mappers:
            of = mapper.local_table
            if isinstance(of, Table) and (named & set(of.c.keys()) or of.name in _OTHERS):
                found[of.name] = mapper.class_
    return found


def _criteria(cls: type[SQLModel], limits: Bounds) -> ColumnElement[bool]:
    of: Table = cls.__table__  # type: ignore[attr-defined]
    ours, units = sorted(limits.point_ids), sorted(limits.unit_ids)
    if of.name in _OF_INCIDENTS:
        return of.c.number.in_(select(_HIT.c.number).where(_HIT.c.point_id.in_(ours)))
    if of.name == "point_group":
        return of.c.group_id.not_in(
            select(_MEMBERS.c.group_id).where(_MEMBERS.c.point_id.not_in(ours))
        )
    if of.name == "meeting_template":
        return and_(
            or_(of.c.chair_point_id.is_(None), of.c.chair_point_id.in_(ours)),
            or_(of.c.host_unit_id.is_(None), of.c.host_unit_id.in_(units)),
            of.c.template_id.not_in(select(_JOINED.c.template_id)),
            of.c.template_id.not_in(
                select(_PREPARED.c.template_id).where(_PREPARED.c.point_id.not_in(ours))
            ),
        )
    if "meeting_id" in of.c and of.metadata is STATE.metadata:
        sits = select(_SEATS.c.meeting_id).where(_SEATS.c.point_id.in_(ours))
        return of.c.meeting_id.in_(sits)
    if "point_id" not in of.c:
        return of.c.unit_id.in_(units)
    if of.name == "contact_card":  # of a point or of a unit
        return or_(of.c.point_id.in_(ours), of.c.unit_id.in_(units))
    return of.c.point_id.in_(ours)
