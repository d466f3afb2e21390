"""Availability of points over a period, three ways: always, in office hours, in meetings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId
from controller.enrolment import revocation
from controller.health import presence_queries
from controller.maintenance import service as maintenance
from controller.meetings import service as meetings
from controller.settings import OfficeSettings
from monitoring.judgement.availability import Interval, Uptime, in_parts, uptime
from monitoring.judgement.periods import Period, clipped, common, in_utc, joined


@dataclass(frozen=True, slots=True)
class ThreeWays:
    """The parts of a period, of its office hours, and of the point's meetings in it."""

    always: Uptime
    office: Uptime
    meetings: Uptime

    def __add__(self, other: "ThreeWays") -> "ThreeWays":
        """Return those of two points taken together."""
        return ThreeWays(
            self.always + other.always,
            self.office + other.office,
            self.meetings + other.meetings,
        )


NOTHING = ThreeWays(Uptime(), Uptime(), Uptime())


@dataclass(frozen=True, slots=True)
class PointTimes:
    """What a point's availability over a period is made of."""

    intervals: Sequence[Interval]
    shut_out: Sequence[Period]
    excluded: Sequence[Period]
    meetings: Sequence[Period]


def times_of(
    state: Session,
    series: Session,
    point_ids: Iterable[PointId],
    period: Period,
    *,
    now: datetime,
    as_of: datetime | None = None,
    has_meetings: bool = True,
) -> dict[PointId, PointTimes]:
    """Return of each point what its availability is made of.

    Args:
        as_of: with maintenance as it had been declared by then.
        has_meetings: False where nobody asks when they had meetings, of a year the longest read.
    """
    wanted = list(point_ids)
    shut_out = revocation.shut_out(state, now=now)
    excluded = maintenance.excluded(state, wanted, since=period.begins_at, as_of=as_of)
    held = meetings.times_of_points(state, now, period, wanted) if has_meetings else {}
    seen = presence_queries.intervals_of(series, wanted, period)
    asked = [in_utc(period)]
    return {
        one: PointTimes(
            seen.get(one, ()),
            shut_out.get(one, ()),
            common(excluded.get(one, ()), asked),
            held.get(one, ()),
        )
        for one in wanted
    }


def three_ways(
    series: Session,
    times: Mapping[PointId, PointTimes],
    period: Period,
    office: OfficeSettings,
    *,
    now: datetime,
) -> dict[PointId, ThreeWays]:
    """Return the availability of points."""
    known_until = presence_queries.known_until(series, now)
    opened = [in_utc(one) for one in office.as_rule().open_in(clipped(period, now))]
    period = in_utc(period)

    def over(one: PointTimes, agreed: Sequence[Period] | None) -> Uptime:
        return uptime(
            one.intervals,
            period,
            now=now,
            listened_until=known_until,
            shut_out=one.shut_out,
            excluded=one.excluded,
            agreed=agreed,
        )

    return {
        point_id: ThreeWays(over(one, None), over(one, opened), over(one, joined(one.meetings)))
        for point_id, one in times.items()
    }


def by_parts(
    series: Session,
    times: Mapping[PointId, PointTimes],
    parts: Sequence[Period],
    *,
    now: datetime,
) -> dict[PointId, list[Uptime]]:
    """Return how points were in each part of the period that the times are of."""
    known_until = presence_queries.known_until(series, now)
    asked = [in_utc(one) for one in parts]
    return {
        point_id: in_parts(
            one.intervals,
            asked,
            now=now,
            listened_until=known_until,
            shut_out=one.shut_out,
            excluded=one.excluded,
        )
        for point_id, one in times.items()
    }
