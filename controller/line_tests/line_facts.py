"""What is known of points' lines before one is tested: gathered from the other subjects."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.ids import PointId
from controller.carriers import service as carriers
from controller.health import service as health
from controller.incidents import service as incidents
from controller.meetings import service as meetings
from controller.meetings.service import Meeting
from controller.places import service as places
from monitoring.judgement.line_tests import TestedLine
from monitoring.judgement.periods import Period

AHEAD = timedelta(hours=12)
LEARNED_FOR = timedelta(days=365)
ON_FOR = timedelta(hours=4)
"""How long a meeting that is on is taken to go on, from now."""


def lines(
    state: Session,
    series: Session,
    now: datetime,
    used_bytes: Mapping[str, int],
    *,
    only: str | None = None,
) -> list[TestedLine]:
    """Return the lines of all points that are enrolled, or of one point.

    Args:
        used_bytes: what was allowed today, by point.
    """
    points = [one for one in places.points(state, at=now) if only in (None, one.point_id)]
    ids = [PointId(one.point_id) for one in points]
    up = health.reporting(series, now, ids)
    asked = ids if only else None
    contracts = carriers.held_now(state, now, asked)
    learned = incidents.went_out_together(state, asked, since=now - LEARNED_FOR)
    coming = meetings.told_to_points(state, asked, until=now + AHEAD)
    found = []
    for one in points:
        point_id = PointId(one.point_id)
        held = contracts.get(point_id)
        contract = held.terms if held else None
        shared = {f"unit:{one.unit_id}", *learned.get(point_id, ())}
        if contract is not None and contract.number:
            shared.add(f"contract:{contract.carrier_id}/{''.join(contract.number.split())}")
        found.append(
            TestedLine(
                point_id,
                shared=frozenset(shared),
                is_metered=one.is_metered,
                is_well=point_id in up,
                contract_bps=max(contract.down_bps, contract.up_bps)
                if contract
                else one.contract_rate_bps,
                meetings=tuple(_when(meeting, now) for meeting in coming.get(point_id, ())),
                used_bytes=used_bytes.get(point_id, 0),
            )
        )
    return found


def _when(meeting: Meeting, now: datetime) -> Period:
    """Return when a meeting is; of one that is on nobody knows the end."""
    if meetings.is_live(meeting):
        return Period(min(meeting.begins_at, now), max(meeting.ends_at, now + ON_FOR))
    return Period(meeting.begins_at, max(meeting.ends_at, meeting.begins_at))
