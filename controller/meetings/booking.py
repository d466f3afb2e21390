"""Finds clashes: rooms that are asked for twice at the same time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contracts.ids import MeetingId, PointId


@dataclass(frozen=True, slots=True)
class Booking:
    """A meeting's hold on its rooms, over the half-open time [begins_at, ends_at)."""

    meeting_id: MeetingId
    title: str
    begins_at: datetime
    ends_at: datetime
    points: frozenset[PointId]


@dataclass(frozen=True, slots=True)
class Clash:
    """One other meeting that holds some of the same rooms at some of the same time."""

    meeting_id: MeetingId
    title: str
    begins_at: datetime
    ends_at: datetime
    points: tuple[PointId, ...]


def clashes(wanted: Booking, others: Iterable[Booking]) -> list[Clash]:
    """Return what stands in the way of a booking, earliest first; never itself."""
    found = [
        Clash(
            other.meeting_id,
            other.title,
            other.begins_at,
            other.ends_at,
            tuple(sorted(wanted.points & other.points)),
        )
        for other in others
        if other.meeting_id != wanted.meeting_id
        and other.begins_at < wanted.ends_at
        and wanted.begins_at < other.ends_at
        and wanted.points & other.points
    ]
    return sorted(found, key=lambda clash: (clash.begins_at, clash.meeting_id))
