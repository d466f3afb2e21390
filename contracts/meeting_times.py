"""From when a meeting may be joined, and when it is over though nobody has ended it.

The point connects, the relay lets in, and the centre shows and ends by the same law.
"""

from datetime import datetime, timedelta

JOIN_BEFORE = timedelta(minutes=5)
OVERRUN = timedelta(hours=4)
LINE_FREE_BEFORE = timedelta(minutes=15)
"""So long before a meeting nobody fills its point's line to see what it carries."""


def opens_at(begins_at: datetime) -> datetime:
    """Return from when points and people may join."""
    return begins_at - JOIN_BEFORE


def closes_at(ends_at: datetime) -> datetime:
    """Return when a meeting that nobody has ended is over."""
    return ends_at + OVERRUN
