"""The settings of the process that devices speak to unasked: configs/traps.toml."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from runtime.logging import LogSettings
from runtime.settings import Address, Settings


class TrapSettings(Settings, frozen=True, kw_only=True):
    """Everything `diemcau-traps run` is told; which devices it hears stands in the data folder."""

    data_dir: Path
    bind: Address = "0.0.0.0"  # noqa: S104 - devices are on any of the room's networks
    port: Annotated[int, Meta(ge=0, le=65535)] = 162
    log: LogSettings = LogSettings()
