"""Settings of diemcau-relay. Every key is explained in configs/relay.toml."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta, field

from contracts.ids import RelayIdField
from runtime.bus import BusSettings
from runtime.logging import LogSettings
from runtime.settings import Address, Host, Settings

PortNumber = Annotated[int, Meta(ge=0, le=65535)]
Rate = Annotated[int, Meta(ge=10_000, le=100_000_000)]


class HttpsSettings(Settings, frozen=True, kw_only=True):
    """Where WHIP and WHEP are served."""

    host: Host = "0.0.0.0"  # noqa: S104 - a relay is there to be reached
    port: PortNumber = 8444
    cert_file: Path
    key_file: Path
    allowed_origins: list[str] = field(default_factory=list)
    requests_per_s: Annotated[float, Meta(gt=0)] = 50.0
    requests_burst: Annotated[int, Meta(ge=1)] = 1000


class MediaSettings(Settings, frozen=True, kw_only=True):
    """Where media are received, and what publishers are told."""

    host: Host = "0.0.0.0"  # noqa: S104 - a relay is there to be reached
    port: PortNumber = 10000
    candidates: Annotated[list[Address], Meta(min_length=1, max_length=8)]
    video_start_bps: Rate = 1_500_000
    video_max_bps: Rate = 2_500_000
    sound_max_bps: Rate = 24_000
    lag_limit_ms: Annotated[int, Meta(ge=10, le=10_000)] = 100


class RelaySettings(Settings, frozen=True, kw_only=True):
    """All of relay.toml."""

    relay_id: RelayIdField
    data_dir: Path
    ca_file: Path
    token_key_file: Path
    log: LogSettings = LogSettings()
    https: HttpsSettings
    media: MediaSettings
    broker: BusSettings
