"""What people do with an incident: somebody takes care of it, somebody notes something."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from contracts import numbers
from contracts.errors import MalformedNumber
from contracts.ids import PointId
from controller import entered
from controller.db.engine import writing
from controller.entered import Label
from controller.errors import Conflict, NotFound
from controller.incidents import channel_queries, incident_queries
from controller.incidents.duty import duty_queries
from controller.incidents.tables import IncidentRow
from controller.people import accounts
from monitoring.judgement.coincidence import Reach

MAX_NOTE_CHARS = 500
MOST_NUMBER = 2**31 - 1
ACKNOWLEDGED, NOTED = "acknowledged", "noted"
_NOTE = Label("Ghi chú", "The note")


@dataclass(frozen=True, slots=True)
class Incidents:
    """Used from worker threads."""

    engine: Engine
    now: Callable[[], datetime]

    def acknowledge(self, number: int, *, actor: str) -> None:
        """Write that somebody takes care of it; once.

        Raises:
            NotFound: there is no such incident.
            Conflict: somebody does already.
        """
        now = self.now()
        with writing(self.engine) as session:
            _found(session, number)
            if not incident_queries.acknowledge(session, number, actor, now):
                raise Conflict(
                    "acknowledged",
                    "Sự cố này đã có người nhận xử lý.",
                    "Somebody takes care of this incident already.",
                )
            incident_queries.note(session, number, ACKNOWLEDGED, now, who=actor)

    def note(self, number: int, typed: str, *, actor: str) -> None:
        """Add a note to its story.

        Raises:
            BadEntry: there is no text, or one that cannot be shown.
            NotFound: there is no such incident.
        """
        text = entered.line(_NOTE, " ".join(typed.split()), most=MAX_NOTE_CHARS)
        with writing(self.engine) as session:
            _found(session, number)
            incident_queries.note(session, number, NOTED, self.now(), who=actor, text=text)


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """One that is not over: how far it goes, and which points have not recovered from it.

    `acknowledged_by`: who takes care of it, as people are called.
    """

    number: int
    reach: Reach
    unit_id: str
    points: frozenset[str]
    acknowledged_by: str


def is_there(session: Session, number: str) -> bool:
    """Return whether there is an incident of a number, as an address says it."""
    known = _number_of(number)
    return known is not None and incident_queries.row(session, known) is not None


def is_of(session: Session, number: str, point_ids: Collection[str]) -> bool:
    """Return whether an incident is of some points alone."""
    known = _number_of(number)
    hit = incident_queries.points_of(session, known) if known is not None else []
    return bool(hit) and all(one.point_id in point_ids for one in hit)


def _number_of(text: str) -> int | None:
    try:
        return numbers.whole(text, least=1, most=MOST_NUMBER)
    except MalformedNumber:
        return None


def open_now(session: Session) -> list[OpenIncident]:
    """Return those that are not over, the newest first."""
    takers = {row.number: row.acknowledged_by for row in incident_queries.open_rows(session)}
    names = accounts.display_names(session, takers.values())
    return [
        OpenIncident(
            number=one.number or 0,
            reach=one.reach,
            unit_id=one.unit_id,
            points=frozenset(hit.point_id for hit in one.hits if hit.calm_since is None),
            acknowledged_by=names.get(takers[one.number], takers[one.number])
            if one.number in takers
            else "",
        )
        for one in incident_queries.open_incidents(session)
    ]


def forget(session: Session, limit: datetime, *, count: int) -> int:
    """Remove some incidents that were over before an instant; return how many."""
    numbers = incident_queries.over_before(session, limit, count=count)
    channel_queries.forget_of(session, numbers)
    duty_queries.forget_steps(session, numbers)
    incident_queries.forget(session, numbers)
    return len(numbers)


def _found(session: Session, number: int) -> IncidentRow:
    row = incident_queries.row(session, number)
    if row is None:
        raise NotFound("sự cố", "incident")
    return row


def went_out_together(
    session: Session, point_ids: Collection[str] | None = None, *, since: datetime
) -> dict[PointId, set[str]]:
    """Return which points were in one incident of a unit: they have some line in common.

    Args:
        point_ids: of which it is asked; None: of all.
    """
    found: dict[PointId, set[str]] = {}
    for point_id, unit_id in incident_queries.of_units(session, since, point_ids):
        found.setdefault(PointId(point_id), set()).add(f"outage:{unit_id}")
    return found
