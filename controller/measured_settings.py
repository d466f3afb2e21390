"""How long what points measure is kept."""

from typing import Annotated

from msgspec import Meta

from runtime.settings import Settings


class MeasuredSettings(Settings, frozen=True):
    """How long ingest keeps what points measure: as reported, over five minutes, over hours.

    Pages draw by the shortest that is allowed here (controller/health/spans.py).
    """

    reports_days: Annotated[int, Meta(ge=14, le=366)] = 14
    five_minutes_days: Annotated[int, Meta(ge=30, le=3660)] = 90
    interfaces_days: Annotated[int, Meta(ge=30, le=3660)] = 30
    hours_days: Annotated[int, Meta(ge=366, le=36_500)] = 1830
    heard_days: Annotated[int, Meta(ge=31, le=36_500)] = 1830
