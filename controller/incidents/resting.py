"""Which points are only switched off, so that nobody is told that they are not heard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from contracts.ids import PointId
from controller.health import service as health
from controller.health.service import Ailing, Began
from controller.incidents.duty import duty_queries
from controller.incidents.urgency import NextMeeting, next_meetings
from monitoring.judgement.incidents import DOWN, Ailment, Incident
from monitoring.judgement.office_hours import OfficeHours
from monitoring.judgement.rest import rests

_IS_WRITTEN_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Needed:
    """Which points have a meeting that is near: so long before it they have to be there."""

    wakes: timedelta = timedelta()
    meetings: Mapping[PointId, NextMeeting] = field(default_factory=dict)


def needed(session: Session, now: datetime) -> Needed:
    """Return it as it is set, and as meetings are planned."""
    policy = duty_queries.policy(session)
    wakes = timedelta(minutes=policy.wakes_min)
    coming = next_meetings(session, None, until=now + wakes)
    return Needed(wakes, coming)


@dataclass(slots=True)
class RestingPoints:
    """Remembers of each outage that lasts whether it began with a goodbye."""

    _goodbyes: dict[Began, datetime | None] = field(default_factory=dict)

    def awake(
        self,
        series: Session,
        heard: Ailing,
        told: Iterable[Incident],
        what: Needed,
        hours: OfficeHours,
        now: datetime,
    ) -> Ailing:
        """Return what is heard without the points that rest: of them nothing is known.

        Of what people were told the end is awaited. Who has to be there for one meeting and is
        not is one incident.
        """
        out = [(one.point_id, one.began_at) for one in heard.ailments if one.key == DOWN]
        self._learn(series, out, now)
        known = {hit.point_id for one in told for hit in one.hits if one.key == DOWN}
        is_off = partial(rests, now=now, hours=hours, wakes=what.wakes)
        resting, bonds = set(), {}
        for point_id, began_at in out:
            goodbye_at, meeting = self._goodbyes[point_id, began_at], what.meetings.get(point_id)
            meets_at = meeting.begins_at if meeting else None
            if point_id in known:
                continue
            if is_off(began_at, goodbye_at, meets_at):
                resting.add(point_id)
            elif meeting and is_off(began_at, goodbye_at, None):
                bonds[point_id] = meeting.meeting_id
        ailments = tuple(
            _bound(one, bonds) for one in heard.ailments if one.point_id not in resting
        )
        return replace(heard, points=heard.points - resting, ailments=ailments)

    def _learn(self, series: Session, out: list[Began], now: datetime) -> None:
        """Ask once for each outage; again where its goodbye may not be written yet."""
        kept = {one: self._goodbyes[one] for one in out if one in self._goodbyes}
        asked = [
            one
            for one in out
            if one not in kept or (kept[one] is None and now - one[1] < _IS_WRITTEN_AFTER)
        ]
        said = health.goodbyes(series, [point_id for point_id, _ in asked])
        self._goodbyes = kept | {one: said.get(one[0]) for one in asked}


def _bound(one: Ailment, bonds: Mapping[PointId, str]) -> Ailment:
    return replace(one, bond=bonds[one.point_id]) if one.point_id in bonds else one
