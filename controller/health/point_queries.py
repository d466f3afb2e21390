"""What to show of points now: what was judged of them; of one of them what it last said."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session, col, select

from contracts.devices import SnmpBody
from contracts.ids import PointId
from contracts.reports import BandwidthBody, ClockState, HealthBody, InventoryBody
from controller.health import outage_queries
from controller.health.outage_queries import OutageSaid
from controller.health.presence_queries import is_listening, open_intervals
from controller.ingest import readings
from controller.ingest.battery_table import BatteryAsked
from controller.ingest.readings import Reported, body_of
from monitoring.judgement import health
from monitoring.judgement.health import Judgement, LineWindow
from monitoring.judgement.presence import PresenceState


@dataclass(frozen=True, slots=True)
class PointHealth:
    """One point now. `line` is the last ten minutes; `reported` None: no report of health yet.

    `outage`: what is said of the outage that it is in.
    """

    point_id: PointId
    judgement: Judgement
    line: LineWindow = field(default_factory=LineWindow)
    reported: Reported | None = None
    outage: OutageSaid | None = None


@dataclass(frozen=True, slots=True)
class LastReports:
    """What a point last said; None: nothing of that kind yet, or it was not asked for.

    `clock`: how its clock stood with its last report of health.
    """

    health: HealthBody | None = None
    inventory: InventoryBody | None = None
    bandwidth: BandwidthBody | None = None
    snmp: SnmpBody | None = None
    clock: ClockState | None = None


def never_heard(point_id: PointId) -> PointHealth:
    """Return the standing of a point that `standings` does not name."""
    return PointHealth(point_id, health.standing(None, None, (), is_centre_listening=True))


def standing(session: Session, point_id: PointId, now: datetime) -> PointHealth:
    """Return one point's standing, also where it was never heard."""
    return standings(session, now, [point_id]).get(point_id) or never_heard(point_id)


def battery_asks(session: Session, point_id: PointId) -> dict[str, datetime]:
    """Return since when power supplies of a point ask for another battery, by their ids."""
    query = select(BatteryAsked).where(col(BatteryAsked.point_id) == point_id)
    return {one.device_id: one.since for one in session.exec(query)}


def last_reports(
    session: Session,
    point_id: PointId,
    kinds: Iterable[str] = ("health", "inventory", "bandwidth", "snmp"),
) -> LastReports:
    """Return what one point last said, of some kinds."""
    own = readings.latest(session, [point_id], kinds).get(point_id, {})
    reported = own.get("health")
    return LastReports(
        body_of(own.get("health"), HealthBody),
        body_of(own.get("inventory"), InventoryBody),
        body_of(own.get("bandwidth"), BandwidthBody),
        body_of(own.get("snmp"), SnmpBody),
        reported.report.clock if reported else None,
    )


def standings(
    session: Session, now: datetime, point_ids: Iterable[PointId] | None = None
) -> dict[PointId, PointHealth]:
    """Return the standing of every point that was ever heard, or of some."""
    wanted = None if point_ids is None else list(point_ids)
    reported = readings.reported(session, wanted)
    lines = readings.lines(session, now, wanted)
    return {
        point_id: replace(
            one, line=lines.get(point_id, LineWindow()), reported=reported.get(point_id)
        )
        for point_id, one in judged(session, now, wanted).items()
    }


def judged(
    session: Session, now: datetime, wanted: Collection[PointId] | None
) -> dict[PointId, PointHealth]:
    """Return how every point that was ever heard stands, or some, without its line's figures."""
    problems = readings.open_problems(session, wanted)
    listening = is_listening(session, now)
    present = open_intervals(session, wanted)
    down = [p for p, one in present.items() if one.state is PresenceState.DOWN]
    outages = readings.outages_began(session, down)
    said = outage_queries.said_of(session, outages.items())
    return {
        point_id: PointHealth(
            point_id,
            health.standing(
                interval.state,
                outages.get(point_id, interval.began_at),
                problems.get(point_id, ()),
                is_centre_listening=listening,
            ),
            outage=said.get((point_id, outages[point_id])) if point_id in outages else None,
        )
        for point_id, interval in present.items()
    }
