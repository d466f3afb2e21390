"""Settings of the throughput tests of lines; controller/settings.py has the whole file."""

from datetime import time
from typing import Annotated

from msgspec import Meta

from monitoring.judgement.line_tests import TestRules
from runtime.settings import FieldError, Settings


class LineTestSettings(Settings, frozen=True):
    """Throughput tests of lines: when at night, how many, and how much they may take."""

    at_night: bool = True
    night: str = "21:00-05:00"
    at_once: Annotated[int, Meta(ge=0, le=64)] = 2
    together_mbps: Annotated[float, Meta(ge=1, le=100_000)] = 100.0
    duration_s: Annotated[int, Meta(ge=4, le=15)] = 6
    most_mb: Annotated[int, Meta(ge=1, le=1000)] = 40
    day_mb: Annotated[int, Meta(ge=2, le=100_000)] = 200

    def __post_init__(self) -> None:
        """Refuse a night that is none."""
        super().__post_init__()
        try:
            self.rules  # noqa: B018 - read for what it refuses
        except ValueError as exc:
            reason = f"{self.night!r} is no night; write it as 21:00-05:00"
            raise FieldError("night", reason) from exc

    @property
    def rules(self) -> TestRules:
        """The same as the planner reads it."""
        begins, _, ends = self.night.partition("-")
        times = time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())
        if times[0] == times[1] or times[0].tzinfo or times[1].tzinfo:
            raise ValueError(self.night)
        return TestRules(
            *times,
            at_once=self.at_once,
            together_bps=round(self.together_mbps * 1e6),
            duration_s=self.duration_s,
            most_bytes=self.most_mb * 1_000_000,
            day_bytes=self.day_mb * 1_000_000,
        )
