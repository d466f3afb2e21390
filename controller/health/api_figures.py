"""Open figures of a point: which there are, and each over time."""

from datetime import datetime, timedelta

from fastapi import APIRouter
from pydantic import BaseModel

from contracts.ids import PointId
from controller.errors import NotFound
from controller.health import figure_queries, point_queries
from controller.health.chart_queries import Step
from controller.places import service as places
from controller.web.deps import SeriesSession, StateSession, Viewer, WebParts
from monitoring.figures import BY_NAME, known
from monitoring.judgement.availability import Period

router = APIRouter(prefix="/api/v1", tags=["status"])

HOURLY_FROM = timedelta(days=2)
LONGEST = timedelta(days=366)


class FigureOut(BaseModel):
    """A figure with its last value."""

    name: str
    unit: str
    label_vi: str
    label_en: str
    value: float


class FigureBucketOut(BaseModel):
    """A figure over one bucket."""

    begins_at: datetime
    samples: int
    mean: float
    lowest: float
    highest: float


@router.get("/points/{point_id}/figures")
def list_figures(
    web: WebParts, state: StateSession, series: SeriesSession, _: Viewer, point_id: str
) -> list[FigureOut]:
    """Return the figures of a point's last report."""
    now = web.now()
    if places.point(state, point_id, at=now) is None:
        raise NotFound("điểm cầu", "point")
    body = point_queries.standing(series, PointId(point_id), now).health_body
    return [
        FigureOut(
            name=figure.name,
            unit=figure.unit.value,
            label_vi=figure.vi,
            label_en=figure.en,
            value=value,
        )
        for figure, value in known(body.figures if body else {})
    ]


@router.get("/points/{point_id}/figures/{name}")
def one_figure(
    web: WebParts,
    state: StateSession,
    series: SeriesSession,
    _: Viewer,
    point_id: str,
    name: str,
    hours: int = 24,
) -> list[FigureBucketOut]:
    """Return a figure over the last hours: by five minutes, above two days by hours."""
    now = web.now()
    if name not in BY_NAME or places.point(state, point_id, at=now) is None:
        raise NotFound("chỉ số", "figure")
    span = min(LONGEST, timedelta(hours=max(1, min(hours, 10_000))))
    step = Step.HOUR if span > HOURLY_FROM else Step.FIVE_MINUTES
    period = Period(now - span, now)
    found = figure_queries.series(series, PointId(point_id), name, period, step)
    return [
        FigureBucketOut(
            begins_at=one.begins_at,
            samples=one.samples,
            mean=one.mean,
            lowest=one.lowest,
            highest=one.highest,
        )
        for one in found
    ]
