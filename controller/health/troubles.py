"""What troubles points now, in short: for who asks whether a room can be in a meeting."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from contracts.devices import SnmpBody
from contracts.ids import PointId
from controller.health import point_queries
from controller.ingest import readings
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import ProblemKey

_SILENT = frozenset((ProblemKey.SILENT, ProblemKey.REPORTS_SILENT, ProblemKey.CENTRE_UNREACHED))
_HEARD = (PresenceState.UP, PresenceState.DEGRADED)


@dataclass(frozen=True, slots=True)
class Troubles:
    """One point now. `battery_s` None: it is on the mains, or nobody knows how long it lasts."""

    is_heard: bool = False
    problems: frozenset[ProblemKey] = frozenset()
    battery_s: int | None = None


def troubles(
    series: Session, now: datetime, point_ids: Collection[PointId]
) -> dict[PointId, Troubles]:
    """Return what is wrong with points; nothing of those that were never heard."""
    judged = point_queries.judged(series, now, point_ids)
    problems = {
        one: frozenset(problem.key for problem in standing.judgement.problems)
        for one, standing in judged.items()
    }
    on_battery = [one for one, keys in problems.items() if ProblemKey.ON_BATTERY in keys]
    left = _battery_left(series, on_battery)
    return {
        one: Troubles(
            judged[one].judgement.state in _HEARD and not keys & _SILENT, keys, left.get(one)
        )
        for one, keys in problems.items()
    }


def _battery_left(series: Session, point_ids: Collection[PointId]) -> dict[PointId, int]:
    """Return how long batteries last, the shortest of each point, as its supplies say."""
    if not point_ids:
        return {}
    found: dict[PointId, int] = {}
    for point_id, own in readings.latest(series, point_ids, ("snmp",)).items():
        body = readings.body_of(own.get("snmp"), SnmpBody)
        left = [
            one.ups.runtime_s
            for one in (body.devices if body else ())
            if one.ups is not None and one.ups.on_battery and one.ups.runtime_s is not None
        ]
        if left:
            found[point_id] = min(left)
    return found
