"""When a point had a meeting without interruption."""

from typing import Annotated

from msgspec import Meta

from runtime.settings import Settings


class UninterruptedSettings(Settings, frozen=True):
    """So many minutes of a meeting may be bad at a point that had it without interruption."""

    allowed_min: Annotated[int, Meta(ge=0, le=60)] = 1
