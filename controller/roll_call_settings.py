"""How a roll call is proposed."""

from typing import Annotated

from msgspec import Meta

from runtime.settings import Settings


class RollCallSettings(Settings, frozen=True):
    """Nobody is late within so many minutes after the beginning."""

    late_after_min: Annotated[int, Meta(ge=0, le=120)] = 5
