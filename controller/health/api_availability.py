"""Availability for programs: of a point or of many, three ways, also as of a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel
from sqlmodel import Session

from contracts.ids import PointId
from contracts.message import EARLIEST, LATEST
from controller.errors import BadEntry, NotFound
from controller.health import availability_queries
from controller.places import service as places
from controller.web.deps import SeriesSession, StateSession, Viewer, Web, WebParts
from monitoring.judgement.availability import Uptime
from monitoring.judgement.periods import Period

router = APIRouter(prefix="/api/v1", tags=["status"])

USUALLY, LONGEST = timedelta(days=30), timedelta(days=732)


class PartsOut(BaseModel):
    """Seconds; up + down + excluded + unknown = agreed. `ratio` is up of up and down."""

    agreed_s: float
    up_s: float
    degraded_s: float
    down_s: float
    excluded_s: float
    unknown_s: float
    ratio: float | None

    @classmethod
    def of(cls, one: Uptime) -> "PartsOut":
        """Return the parts as the API shows them."""
        return cls(
            agreed_s=one.agreed.total_seconds(),
            up_s=one.up.total_seconds(),
            degraded_s=one.degraded.total_seconds(),
            down_s=one.down.total_seconds(),
            excluded_s=one.excluded.total_seconds(),
            unknown_s=one.unknown.total_seconds(),
            ratio=one.ratio,
        )


class AvailabilityOut(BaseModel):
    """A point's availability from `begins_at` on: always, in office hours, in its meetings.

    `before_s`: the time of it in which the point was not known yet.
    """

    point_id: str
    begins_at: datetime
    ends_at: datetime
    before_s: float
    always: PartsOut
    office: PartsOut
    meetings: PartsOut


@router.get("/points/{point_id}/availability")
def one_availability(
    web: WebParts,
    state: StateSession,
    series: SeriesSession,
    _: Viewer,
    point_id: str,
    begins_at: AwareDatetime | None = None,
    ends_at: AwareDatetime | None = None,
    as_of: AwareDatetime | None = None,
) -> AvailabilityOut:
    """Return a point's availability; `as_of`: with maintenance as it was declared by then."""
    if places.point(state, point_id, at=web.now()) is None:
        raise NotFound("điểm cầu", "point")
    period = _period(begins_at, ends_at, web.now())
    return _found(web, state, series, [PointId(point_id)], period, as_of)[0]


@router.get("/availability")
def list_availability(
    web: WebParts,
    state: StateSession,
    series: SeriesSession,
    _: Viewer,
    unit_id: str = "",
    begins_at: AwareDatetime | None = None,
    ends_at: AwareDatetime | None = None,
    as_of: AwareDatetime | None = None,
) -> list[AvailabilityOut]:
    """Return the availability of all points, or of those of a unit and of the units below it."""
    if unit_id and not places.unit_names(state, [unit_id]):
        raise NotFound("đơn vị", "unit")
    ids = [places.identifier(one) for one in places.points(state, at=web.now())]
    if unit_id:
        above = places.units_above(state, ids)
        ids = [one for one in ids if unit_id in above.get(one, ())]
    return _found(web, state, series, ids, _period(begins_at, ends_at, web.now()), as_of)


def _found(
    web: Web,
    state: Session,
    series: Session,
    ids: Sequence[PointId],
    period: Period,
    as_of: datetime | None,
) -> list[AvailabilityOut]:
    now = web.now()
    times = availability_queries.times_of(state, series, ids, period, now=now, as_of=as_of)
    ways = availability_queries.three_ways(series, times, period, web.settings.office, now=now)
    return [
        AvailabilityOut(
            point_id=point_id,
            begins_at=period.begins_at,
            ends_at=period.ends_at,
            before_s=one.always.before.total_seconds(),
            always=PartsOut.of(one.always),
            office=PartsOut.of(one.office),
            meetings=PartsOut.of(one.meetings),
        )
        for point_id, one in ways.items()
    ]


def _period(begins_at: datetime | None, ends_at: datetime | None, now: datetime) -> Period:
    ends = ends_at or now
    if not EARLIEST <= ends < LATEST or (begins_at and not EARLIEST <= begins_at < LATEST):
        raise _no_period()
    period = Period(begins_at or ends - USUALLY, ends)
    if not timedelta() < period.ends_at - period.begins_at <= LONGEST:
        raise _no_period()
    return period


def _no_period() -> BadEntry:
    return BadEntry(
        f"Chọn một khoảng thời gian tối đa {LONGEST.days} ngày, kết thúc sau khi bắt đầu.",
        f"Choose a time of {LONGEST.days} days at most that ends after it begins.",
    )
