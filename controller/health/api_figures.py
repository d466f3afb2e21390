"""Figures of a point: which there are, and each over time."""

from datetime import datetime, timedelta

from fastapi import APIRouter
from pydantic import BaseModel

from contracts.ids import PointId
from contracts.reports import HealthBody
from controller.errors import NotFound
from controller.health import figure_queries, point_queries
from controller.health.steps import Step, grid_of
from controller.places import service as places
from controller.web.deps import SeriesSession, StateSession, Viewer, WebParts
from monitoring.figures import BY_NAME, measured
from monitoring.judgement.periods import Period

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
    """A figure over one bucket; None: not kept of this figure."""

    begins_at: datetime
    samples: int
    mean: float | None
    lowest: float | None
    highest: float | None


@router.get("/points/{point_id}/figures")
def list_figures(
    web: WebParts, state: StateSession, series: SeriesSession, _: Viewer, point_id: str
) -> list[FigureOut]:
    """Return the newest of each figure of a point."""
    now = web.now()
    if places.point(state, point_id, at=now) is None:
        raise NotFound("điểm cầu", "point")
    body = point_queries.last_reports(series, PointId(point_id), ("health",)).health
    return [
        FigureOut(
            name=one.figure.name,
            unit=one.figure.unit.value,
            label_vi=one.figure.vi,
            label_en=one.figure.en,
            value=one.value,
        )
        for one in measured(body or HealthBody())
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
    found = figure_queries.series(series, PointId(point_id), [BY_NAME[name]], period, step)
    return [
        FigureBucketOut(
            begins_at=begins_at,
            samples=one.samples,
            mean=one.mean,
            lowest=one.lowest,
            highest=one.highest,
        )
        for begins_at, one in zip(grid_of(period, step), found[name], strict=True)
        if one.samples
    ]
