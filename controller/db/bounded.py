"""Sessions that give only the rows of some units and points, whatever is asked of them.

A row belongs to whom its table names: a meeting (one in which a point takes part), an incident
(one that a point is in), a point, else a unit. Groups and templates are given where all of
their points are within. Tables that name none of these are not bounded
here; what reads those is not open to people of a branch (controller/web/branch_routes.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Connection,
    Executable,
    Table,
    and_,
    column,
    event,
    or_,
    select,
    table,
)
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption
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
    """Have a session, and its connection, give only what lies within bounds.

    Args:
        bounds: asked for at each query. None: all of it is given.
    """

    @event.listens_for(session, "do_orm_execute")
    def _within(asked: ORMExecuteState) -> None:
        limits = bounds()
        if limits is not None and isinstance(asked.statement, Executable):
            asked.statement = _limited(asked.statement, limits, asked.execution_options)

    @event.listens_for(session, "after_begin")
    def _begun(_: object, transaction: object, connection: Connection) -> None:
        # What is asked of the connection itself, past the ORM, is another way to the same rows.
        @event.listens_for(connection, "before_execute", retval=True)
        def _asked(
            _: object,
            statement: object,
            several: object,
            parameters: object,
            how: Mapping[str, object],
        ) -> tuple[object, object, object]:
            limits = bounds()
            if limits is not None and isinstance(statement, Executable):
                statement = _limited(statement, limits, how)
            return statement, several, parameters


def _limited(statement: Executable, limits: Bounds, how: Mapping[str, object]) -> Executable:
    """Return a query for what lies within limits alone; any other statement, as it is.

    Raises:
        TypeError: it reads a bounded table in a way that limits cannot be put on.
    """
    if not statement.is_select or not isinstance(statement, ClauseElement):
        return statement
    if limits.names_others and how.get("is_by_name"):
        return statement
    if any(isinstance(one, LoaderCriteriaOption) for one in statement._with_options):
        return statement
    known = _classes()
    read = {str(one) for one in map(_table_name, visitors.iterate(statement)) if one}
    names = sorted(read & known.keys())
    if names and "compile_state_plugin" not in statement._propagate_attrs:
        raise TypeError(f"asked by columns of a table and not of its class: {', '.join(names)}")
    options = [
        with_loader_criteria(known[name], _criteria(known[name], limits), include_aliases=True)
        for name in names
    ]
    return statement.options(*options)


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
