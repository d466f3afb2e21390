"""What to show of points now: what was judged of them, and their last reports."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from contracts.devices import SnmpBody
from contracts.ids import PointId
from contracts.reports import BandwidthBody, HealthBody, InventoryBody, MediaBody
from controller.health.presence_queries import is_listening, open_intervals
from controller.ingest import readings
from controller.ingest.readings import LastReport, body_of
from monitoring.judgement import health
from monitoring.judgement.health import Judgement, LineWindow
from monitoring.judgement.presence import PresenceState


@dataclass(frozen=True, slots=True)
class PointHealth:
    """One point now. `line` is the last ten minutes; reports None: none of that kind yet."""

    point_id: PointId
    judgement: Judgement
    line: LineWindow = field(default_factory=LineWindow)
    health: LastReport | None = None
    inventory: LastReport | None = None
    bandwidth: LastReport | None = None
    media: LastReport | None = None
    snmp: LastReport | None = None
    traps: LastReport | None = None

    @property
    def health_body(self) -> HealthBody | None:
        """The last health report's body."""
        return body_of(self.health, HealthBody)

    @property
    def inventory_body(self) -> InventoryBody | None:
        """The last inventory."""
        return body_of(self.inventory, InventoryBody)

    @property
    def bandwidth_body(self) -> BandwidthBody | None:
        """What the last packet train said."""
        return body_of(self.bandwidth, BandwidthBody)

    @property
    def media_body(self) -> MediaBody | None:
        """The last report of a meeting."""
        return body_of(self.media, MediaBody)

    @property
    def snmp_body(self) -> SnmpBody | None:
        """What its switches and power supplies last said."""
        return body_of(self.snmp, SnmpBody)


def never_heard(point_id: PointId) -> PointHealth:
    """Return the standing of a point that `standings` does not name."""
    return PointHealth(point_id, health.standing(None, None, (), is_centre_listening=True))


def standing(session: Session, point_id: PointId, now: datetime) -> PointHealth:
    """Return one point's standing, also where it was never heard."""
    return standings(session, now, [point_id]).get(point_id) or never_heard(point_id)


def standings(
    session: Session, now: datetime, point_ids: Iterable[PointId] | None = None
) -> dict[PointId, PointHealth]:
    """Return the standing of every point that was ever heard, or of some."""
    wanted = None if point_ids is None else list(point_ids)
    reports = readings.latest(session, wanted)
    lines = readings.lines(session, now, wanted)
    problems = readings.open_problems(session, wanted)
    listening = is_listening(session, now)
    present = open_intervals(session, wanted)
    down = [p for p, one in present.items() if one.state is PresenceState.DOWN]
    outages = readings.outages_began(session, down)
    return {
        point_id: PointHealth(
            point_id,
            health.standing(
                interval.state,
                outages.get(point_id, interval.began_at),
                problems.get(point_id, ()),
                is_centre_listening=listening,
            ),
            lines.get(point_id, LineWindow()),
            **reports.get(point_id, {}),
        )
        for point_id, interval in present.items()
    }
