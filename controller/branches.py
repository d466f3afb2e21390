"""What the subjects tell the door of branches (controller/web/branch_door.py)."""

from datetime import datetime

from sqlmodel import Session

from controller.contacts import service as contacts
from controller.incidents import service as incidents
from controller.meetings import branch as meetings_of_branch
from controller.meetings import service as meetings
from controller.places import service as places
from controller.web.scope import Branches


def branches() -> Branches:
    """Return what the door asks the subjects."""
    return Branches(
        scope=places.scope,
        is_seen={
            "point_id": _is_point,
            "unit_id": _is_unit,
            "card_id": lambda session, card_id, _: contacts.is_there(session, card_id),
            "number": lambda session, number, _: incidents.is_there(session, number),
            "meeting_id": lambda session, id_, _: meetings.get(session, id_) is not None,
            "date_id": lambda session, id_, _: meetings.get(session, id_) is not None,
            "series_id": lambda session, id_, _: meetings_of_branch.is_series_seen(session, id_),
        },
        is_own={
            "number": lambda session, number, to: incidents.is_of(session, number, to.point_ids),
            "meeting_id": meetings_of_branch.is_own,
            "date_id": meetings_of_branch.is_own_date,
            "series_id": meetings_of_branch.is_own_series,
        },
        meetings=meetings.ids_lately,
    )


def _is_point(session: Session, point_id: str, now: datetime) -> bool:
    return places.point(session, point_id, at=now) is not None


def _is_unit(session: Session, unit_id: str, now: datetime) -> bool:
    return places.unit(session, unit_id, at=now) is not None
