"""The least rate of a line: of the time in which pictures were due on it, and none of its edges.

A meeting begins with next to nothing, and so does whoever joins it or turns a camera on; who turns
it off sends for a moment what no line is to blame for. So a rate counts once pictures were due for
a while before it, and still were for a while after.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.relay import Attendee

RISES_FOR = timedelta(seconds=10)  # an encoder begins low
ENDS_FOR = timedelta(seconds=3)  # a relay calls a picture gone 1.5 s after it, once a second
UNHEARD_AFTER = timedelta(seconds=15)  # a relay tells every five
PEOPLE = ("stage", "speaker")  # what is shared may stand still


def is_picture_due(line: Attendee, counted: Mapping[str, int]) -> bool:
    """Return whether pictures of people were to go over a line, which alone decides how much.

    Args:
        counted: what was added of its streams since it was last said, by a minute's names.
    """
    if line.is_shed:
        return False
    if line.direction == "publish":
        return line.sends is not None and "video" in line.sends
    shown = {one.stream for one in line.streams if one.bitrate_bps is not None}
    return any(slot in shown or counted.get(f"{slot}_empty_ms") for slot in PEOPLE)


@dataclass(slots=True)
class DueRates:
    """What was said of one line since pictures are due on it, as far as it is not counted yet."""

    since: datetime | None = None
    _heard_at: datetime | None = None
    _waiting: list[tuple[datetime, int]] = field(default_factory=list)

    def counted(self, bps: int | None, *, is_due: bool, now: datetime) -> int | None:
        """Take in a rate; return the least of those that count from now on, None: there is none."""
        if self._heard_at is not None and now - self._heard_at > UNHEARD_AFTER:
            self.since = None
        self._heard_at = now
        if not is_due or self.since is None:
            self.since = now if is_due else None
            self._waiting.clear()
            return None
        ripe = [bps for at, bps in self._waiting if now - at >= ENDS_FOR]
        self._waiting = [(at, bps) for at, bps in self._waiting if now - at < ENDS_FOR]
        if bps is not None and now - self.since >= RISES_FOR:
            self._waiting.append((now, bps))
        return min(ripe, default=None)
