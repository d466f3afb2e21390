"""Which events a page of a branch hears: those of its points, and of meetings that they sit in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from controller.db import bounded
from controller.db.engine import reading
from controller.web.live import LiveEvent
from controller.web.scope import Branches

_FOR_ALL = ("reload", "incident")
"""Of an incident its number is told, and pages look for themselves."""


@dataclass(slots=True)
class BranchEvents:
    """What concerns a branch, looked up anew as long as its stream is open."""

    state: Engine
    branches: Branches
    unit_ids: Sequence[str]
    now: Callable[[], datetime]
    points: frozenset[str] = frozenset()
    meetings: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    def look(self) -> None:
        """Look up which points and meetings are the branch's now."""
        now = self.now()
        with reading(self.state) as session:
            bounds = self.branches.scope(session, self.unit_ids, now).bounds
            known = self.branches.meetings(session, now)
        with reading(self.state) as session:
            bounded.bind(session, lambda: bounds)
            meetings = self.branches.meetings(session, now)
        self.points, self.meetings, self.others = bounds.point_ids, meetings, known - meetings

    def concern(self, event: LiveEvent) -> bool:
        """Return whether an event is for the branch; of a meeting not known yet, that it changed."""
        if event.kind in _FOR_ALL:
            return True
        if "meeting_id" in event.data:
            meeting_id = event.data["meeting_id"]
            is_new = meeting_id not in self.others and event.kind == "meeting"
            return meeting_id in self.meetings or is_new
        return event.kind == "point" and event.data.get("point_id") in self.points
