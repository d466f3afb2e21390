"""Settings of diemcau-recorder. Every key is explained in configs/recorder.toml."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from contracts.ids import RecorderIdField, RelayIdField
from runtime.bus import BusSettings
from runtime.logging import LogSettings
from runtime.settings import Address, HttpsOrigin, Settings

Megabytes = Annotated[int, Meta(ge=1, le=1_000_000_000)]


class RelayPlace(Settings, frozen=True, kw_only=True):
    """A relay that this recorder plays from."""

    relay_id: RelayIdField
    url: HttpsOrigin


class DiskSettings(Settings, frozen=True, kw_only=True):
    """What has to stay free on the disk of the recordings."""

    warn_free_mb: Megabytes = 10_000
    stop_free_mb: Megabytes = 2_000
    blocked_after_s: Annotated[float, Meta(ge=0.5, le=60)] = 4.0


class HandoutSettings(Settings, frozen=True, kw_only=True):
    """The file that is made of a recording to hand it out."""

    height: Annotated[int, Meta(ge=180, le=1080)] = 720
    fps: Annotated[int, Meta(ge=5, le=30)] = 25
    crf: Annotated[int, Meta(ge=15, le=40)] = 27


class RecorderSettings(Settings, frozen=True, kw_only=True):
    """All of recorder.toml."""

    recorder_id: RecorderIdField
    data_dir: Path
    status_file: Path
    ca_file: Path
    cert_file: Path
    key_file: Path
    relays: Annotated[tuple[RelayPlace, ...], Meta(min_length=1, max_length=64)]
    bind_hosts: Annotated[tuple[Address, ...], Meta(min_length=1, max_length=4)] = (
        "0.0.0.0",  # noqa: S104 - the kernel chooses the way
    )
    keep_days: Annotated[int, Meta(ge=1, le=36_500)] = 365
    disk: DiskSettings = DiskSettings()
    handout: HandoutSettings = HandoutSettings()
    log: LogSettings = LogSettings()
    broker: BusSettings

    @property
    def urls(self) -> dict[str, str]:
        """Return where each relay is."""
        return {one.relay_id: one.url for one in self.relays}
