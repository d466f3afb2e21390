"""Settings of the reflector process."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from monitoring.reflector.reflection import Limits
from runtime.logging import LogSettings
from runtime.settings import Address, Settings

Rate = Annotated[float, Meta(gt=0, le=1_000_000)]


class LimitSettings(Settings, frozen=True):
    """How fast one address, and one point, may ask; whether anybody may, unauthenticated."""

    source_per_s: Rate = 200.0
    source_burst: Rate = 400.0
    point_per_s: Rate = 20.0
    point_burst: Rate = 40.0
    unauthenticated: bool = False

    def limits(self) -> Limits:
        """Return them as the core takes them."""
        return Limits(
            self.source_per_s,
            self.source_burst,
            self.point_per_s,
            self.point_burst,
            is_open=self.unauthenticated,
        )


class ThroughputSettings(Settings, frozen=True):
    """Throughput tests over TCP: how many at once, and how fast all together."""

    at_once: Annotated[int, Meta(ge=0, le=64)] = 4
    most_mbps: Annotated[float, Meta(ge=1, le=100_000)] = 200.0


class ReflectorSettings(Settings, frozen=True):
    """The whole file. `seen_file`: where it tells ingest from which addresses points come."""

    key_file: Path
    bind: Address = "0.0.0.0"  # noqa: S104 - points everywhere ask it
    port: Annotated[int, Meta(ge=0, le=65535)] = 8862
    totals_interval_s: Annotated[int, Meta(ge=1, le=86400)] = 60
    limits: LimitSettings = LimitSettings()
    line_tests: ThroughputSettings = ThroughputSettings()
    seen_file: Path | None = None
    log: LogSettings = LogSettings()
