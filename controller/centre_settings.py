"""From where on something is wrong with the centre itself."""

from typing import Annotated

from msgspec import Meta, structs

from monitoring.judgement.centre import CentreLimits
from runtime.settings import Settings

Days = Annotated[int, Meta(ge=0, le=3650)]
MostMilliseconds = Annotated[float, Meta(gt=0, le=600_000)]


class CentreSettings(Settings, frozen=True):
    """From where on something is wrong with the centre itself; `serious_`: somebody is told."""

    disk_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.85
    serious_disk_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.95
    full_within_days: Days = 30
    serious_full_within_days: Days = 7
    certificate_days: Days = 60
    serious_certificate_days: Days = 14
    authority_days: Days = 365
    backup_days: Days = 7
    serious_backup_days: Days = 28
    broker_ms: MostMilliseconds = 2_000.0
    broker_silent_s: Annotated[float, Meta(ge=5, le=3600)] = 20.0
    broker_store_mb: Annotated[int, Meta(ge=1, le=1_000_000)] = 1_024
    ingest_lag_ms: MostMilliseconds = 5_000.0
    ingest_waiting: Annotated[int, Meta(ge=1, le=1_000_000)] = 2_500
    ingest_silent_s: Annotated[float, Meta(ge=10, le=3600)] = 30.0
    clock_error_ms: MostMilliseconds = 1_000.0
    memory_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.92
    load: Annotated[float, Meta(gt=0, le=1000)] = 3.0
    temperature_c: Annotated[float, Meta(gt=0, le=150)] = 90.0
    connections_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.85

    @property
    def limits(self) -> CentreLimits:
        """The same as the judgement reads it."""
        return CentreLimits(**structs.asdict(self))
