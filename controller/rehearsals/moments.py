"""When the points of a meeting are rehearsed: a day, an hour and a quarter before it. Pure.

A meeting that was booked late gets those moments that were still ahead then. One that the centre
slept through is made up for within a while, and left out after that: the next one is better.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from contracts.meeting_times import opens_at


class RehearsalMoment(Enum):
    """Why there is a rehearsal; values are kept."""

    DAY = "day"
    HOUR = "hour"
    QUARTER = "quarter"
    ASKED = "asked"


BEFORE = {
    RehearsalMoment.DAY: timedelta(hours=24),
    RehearsalMoment.HOUR: timedelta(minutes=60),
    RehearsalMoment.QUARTER: timedelta(minutes=15),
}
MADE_UP_FOR = {
    RehearsalMoment.DAY: timedelta(hours=2),
    RehearsalMoment.HOUR: timedelta(minutes=15),
    RehearsalMoment.QUARTER: timedelta(minutes=3),
}
FREE_OF_CHARGE = (RehearsalMoment.DAY, RehearsalMoment.QUARTER)
"""At these no line that is charged by volume is rehearsed."""

Made = tuple[RehearsalMoment, datetime]


@dataclass(frozen=True, slots=True)
class ToRehearse:
    """A meeting, as far as it matters here. `is_waited_for`: it is scheduled and not begun."""

    begins_at: datetime
    booked_at: datetime
    is_joined: bool = True
    is_waited_for: bool = True


def ahead(meeting: ToRehearse, wanted: Collection[RehearsalMoment]) -> list[Made]:
    """Return the moments that a meeting has, the earliest first, whether they are over or not."""
    if not (meeting.is_joined and meeting.is_waited_for):
        return []
    moments = [
        (moment, meeting.begins_at - before)
        for moment, before in BEFORE.items()
        if moment in wanted
    ]
    return [one for one in moments if one[1] >= meeting.booked_at]


def due(
    meeting: ToRehearse,
    made: Collection[Made],
    wanted: Collection[RehearsalMoment],
    *,
    now: datetime,
) -> Made | None:
    """Return which moment has come and was not made use of yet; None: none has.

    Args:
        made: of this meeting; a meeting that was moved has other moments.
    """
    for moment, due_at in reversed(ahead(meeting, wanted)):
        if due_at <= now < due_at + MADE_UP_FOR[moment]:
            return None if (moment, due_at) in made else (moment, due_at)
    return None


def over_by(meeting: ToRehearse) -> datetime:
    """Return by when every turn of a rehearsal has to be over: its points join from then on."""
    return opens_at(meeting.begins_at)
