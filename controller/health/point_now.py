"""A point's state as shown, from what the centre judged."""

from dataclasses import dataclass
from datetime import datetime

from controller.health.point_queries import PointHealth
from controller.health.states import PointState
from controller.places.service import Point
from monitoring.judgement.availability import Uptime
from monitoring.judgement.maintenance import Maintenance
from monitoring.judgement.presence import PresenceState

_STATES = {
    PresenceState.UP: PointState.UP,
    PresenceState.DEGRADED: PointState.DEGRADED,
    PresenceState.DOWN: PointState.DOWN,
    PresenceState.UNKNOWN: PointState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class PointNow:
    """One point with everything pages say of it. `uptimes`: today, 7 days, 30 days.

    `is_stranger`: it comes with a certificate that the centre does not know.
    `maintenance`: what is declared of it now.
    """

    point: Point
    state: PointState
    standing: PointHealth
    uptimes: tuple[Uptime, ...]
    is_in_meeting: bool = False
    next_meeting_at: datetime | None = None
    is_stranger: bool = False
    maintenance: Maintenance | None = None

    @property
    def last_heard_at(self) -> datetime | None:
        """When its last health report was measured."""
        reported = self.standing.reported
        return reported.at if reported else None


def state_of(
    point: Point, standing: PointHealth, maintenance: Maintenance | None = None
) -> PointState:
    """Return the state to show; a point without a machine is neither up nor down.

    Under maintenance it is excluded, whatever it is besides.
    """
    if maintenance is not None:
        return PointState.EXCLUDED
    if point.enrolled_at is None and standing.judgement.since is None:
        return PointState.NOT_ENROLLED
    return _STATES[standing.judgement.state]
