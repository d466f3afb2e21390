"""The connectors for screens, and what hangs on them. The kernel's files only (drm-kms)."""

import re
from pathlib import Path

from contracts.machine import MAX_SCREENS, ScreensSection, ScreenState
from monitoring.collectors import edid
from monitoring.collectors.edid import Edid
from monitoring.collectors.sysfs import line
from monitoring.errors import MalformedEdid

_CONNECTOR = re.compile(r"card\d+-(.+)")
_NO_PLUG = "Writeback"


class ScreensCollector:
    """A screen that is off, or on another source, is connected all the same."""

    name = "screens"
    timeout_s = 5.0
    interval_s = 30.0

    def __init__(self, sys: Path) -> None:
        self._sys = sys

    async def collect(self) -> ScreensSection:
        """Return every connector."""
        found = sorted((self._sys / "class/drm").glob("card*-*"))
        states = (_state(path) for path in found if _NO_PLUG not in path.name)
        return ScreensSection(screens=tuple(one for one in states if one)[:MAX_SCREENS])


def _state(connector: Path) -> ScreenState | None:
    named, status = _CONNECTOR.fullmatch(connector.name), line(connector / "status")
    if named is None or status not in ("connected", "disconnected"):
        return None  # "unknown": nobody can tell, as with analogue outputs
    about = _described(connector) if status == "connected" else None
    if about is None:
        return ScreenState(connector=named[1][:60], is_connected=status == "connected")
    return ScreenState(
        connector=named[1][:60],
        is_connected=True,
        maker=about.maker,
        model=about.model,
        serial=about.serial,
        made_year=about.made_year,
    )


def _described(connector: Path) -> Edid | None:
    """Return what the screen says of itself; None: nothing, or nothing that can be read."""
    try:
        return edid.parsed((connector / "edid").read_bytes())
    except (OSError, MalformedEdid):
        return None
