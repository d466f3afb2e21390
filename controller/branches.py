"""What the subjects tell the door of branches (controller/web/branch_door.py)."""

from datetime import datetime

from sqlmodel import Session

from controller.meetings import service as meetings
from controller.places import service as places
from controller.web.scope import Branches


def branches() -> Branches:
    """Return what the door asks the subjects."""
    return Branches(
        scope=places.scope,
        is_seen={"point_id": _is_point, "unit_id": _is_unit, "meeting_id": _is_meeting},
        meetings=meetings.ids_lately,
        is_own_meeting=meetings.is_led_within,
    )


def _is_point(session: Session, point_id: str, now: datetime) -> bool:
    return places.point(session, point_id, at=now) is not None


def _is_unit(session: Session, unit_id: str, now: datetime) -> bool:
    return places.unit(session, unit_id, at=now) is not None


def _is_meeting(session: Session, meeting_id: str, now: datetime) -> bool:
    return meetings.get(session, meeting_id) is not None
