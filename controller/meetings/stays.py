"""When somebody was in a meeting, as relays told it. Pure."""

from collections.abc import Iterable
from datetime import datetime

from controller.meetings.rollcall.rules import COMING, GOING, Movement
from monitoring.judgement.periods import Period


def stays(movements: Iterable[Movement], direction: str, until: datetime) -> list[Period]:
    """Return when one's session of a direction was up, the last until a moment at most.

    Args:
        movements: of one participant, in their order.
    """
    found: list[Period] = []
    came_at: datetime | None = None
    for one in movements:
        if one.direction != direction or one.happened_at >= until:
            continue
        if one.kind in COMING:
            came_at = came_at or one.happened_at
        elif one.kind in GOING and came_at is not None:
            found.append(Period(came_at, one.happened_at))
            came_at = None
    if came_at is not None:
        found.append(Period(came_at, until))
    return found
