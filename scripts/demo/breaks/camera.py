"""A room's camera that is spoilt: `python -m … BREAK FOLDER NUMBER NAME`."""

import sys
import time

from scripts.demo.camera import __main__ as entry
from scripts.demo.camera import film
from scripts.demo.camera.devices import Devices
from scripts.demo.camera.film import Film

# After it was opened: when its meeting is on.
DIES_AFTER_S = 14.0

_take = Film.take
_tick = Devices.tick


def _frozen(self: Film, wall_ms: int, *, is_read: bool) -> None:
    """The first picture stays."""
    if not is_read:
        _take(self, wall_ms, is_read=is_read)


def _dying(self: Devices) -> None:
    """Pull the camera out for ever, a while after it was opened."""
    global _opened_s
    _tick(self)
    if self._due_s is not None:
        _opened_s = _opened_s or time.monotonic()
    if _opened_s is not None and time.monotonic() > _opened_s + DIES_AFTER_S:
        self.unplug()


_opened_s: float | None = None


def apply(breakage: str) -> None:
    """Replace what the breakage names."""
    if breakage == "frozen-camera":
        vars(film)["Film"].take = _frozen
    elif breakage == "dead-camera":
        vars(sys.modules[Devices.__module__])["Devices"].tick = _dying
    elif breakage == "wrong-size":
        vars(film)["PART"] = 2


if __name__ == "__main__":
    apply(sys.argv.pop(1))
    entry.main()
