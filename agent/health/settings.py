"""The health agent's settings: configs/agent.toml."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta, field

from runtime.logging import LogSettings
from runtime.settings import Host, Settings

Megabytes = Annotated[int, Meta(ge=8, le=1_000_000)]
Days = Annotated[int, Meta(ge=1, le=3650)]


class OutboxSettings(Settings, frozen=True, kw_only=True):
    """How much of the past stays on the point."""

    keep_days: Days = 30
    max_mb: Megabytes = 400


class TimeSettings(Settings, frozen=True, kw_only=True):
    """How often the centre is asked for the time where no NTP client keeps it."""

    check_interval_s: Annotated[int, Meta(ge=60, le=86_400)] = 3600
    start_limit_s: Annotated[float, Meta(ge=0, le=60)] = 5.0


class UpsSettings(Settings, frozen=True, kw_only=True):
    """A power supply on USB, by NUT's upsd on this machine; 0: there is none."""

    upsd_port: Annotated[int, Meta(ge=0, le=65535)] = 0


SectionSeconds = Annotated[float, Meta(ge=0, le=86_400)]


class AgentSettings(Settings, frozen=True, kw_only=True):
    """Everything `diemcau-agent run` is told; who it is stands in the data folder.

    `broker_host` and `broker_port` replace what enrolment said, for a broker behind
    another address. `section_interval_s`: how often a section is due, by its name; 0: with each
    report; where nothing is said its collector's own interval counts.
    """

    data_dir: Path
    broker_host: Host | None = None
    broker_port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    controller_url: str | None = None
    proc_root: Path = Path("/proc")
    sys_root: Path = Path("/sys")
    hardware_dir: Path = Path("/run/diemcau-hardware")
    disk_path: Path = Path("/")
    section_interval_s: dict[str, SectionSeconds] = field(default_factory=dict)
    log: LogSettings = LogSettings()
    outbox: OutboxSettings = OutboxSettings()
    time: TimeSettings = TimeSettings()
    ups: UpsSettings = UpsSettings()
