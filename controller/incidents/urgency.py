"""How pressing an incident is now, by the meetings of its points."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.ids import PointId
from controller.incidents.duty import duty_queries
from controller.incidents.tables import IncidentPoint, IncidentRow
from controller.meetings import service as meetings
from monitoring.judgement.coincidence import Reach
from monitoring.judgement.priority import Priority, priority


@dataclass(frozen=True, slots=True)
class Urgency:
    """How pressing it is; `meets_at`: when the next meeting begins that makes it so, or began."""

    priority: Priority
    meets_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NextMeeting:
    """A point's next meeting, or the one that is on."""

    meeting_id: str
    begins_at: datetime


def next_meetings(
    session: Session, point_ids: Iterable[str] | None, *, until: datetime
) -> dict[PointId, NextMeeting]:
    """Return of points those that begin before an instant, or are on. None: of all points."""
    told = meetings.told_to_points(session, point_ids, until=until)
    return {
        point_id: NextMeeting(found[0].meeting_id, found[0].begins_at)
        for point_id, found in told.items()
    }


def urgency(
    session: Session, row: IncidentRow, points: Iterable[IncidentPoint], now: datetime
) -> Urgency:
    """Return how pressing an incident is, by those of its points that are not well."""
    if Reach(row.reach) is Reach.CENTRE:
        return Urgency(Priority.HIGH)
    ahead = timedelta(minutes=duty_queries.policy(session).ahead_min)
    ailing = [one.point_id for one in points if one.calm_since is None]
    coming = next_meetings(session, ailing, until=now + ahead) if ailing else {}
    meets_at = min((one.begins_at for one in coming.values()), default=None)
    judged = priority(row.key, Reach(row.reach), meets_at, now=now, ahead=ahead)
    return Urgency(judged, meets_at)
