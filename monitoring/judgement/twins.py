"""Two machines under one name: a cloned disk, or the old box still on beside the new one. Pure.

Each start of an agent has a name of its own (`run_id`), which its births tell. A start is
over for good when another comes after it; one that is back after another was there lives
beside it.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.ids import PointId
from runtime.limits import BoundedMap

LOOK_BACK = timedelta(hours=1)
"""Longer than two machines wait for each other (runtime/session_retry.py)."""
SHOWN_FOR = timedelta(minutes=30)
"""How long two machines are taken to be two after they were last seen to be."""
MAX_BIRTHS = 16
MAX_POINTS = 4096


@dataclass(slots=True)
class Births:
    """The last births of each point."""

    _by_point: BoundedMap[PointId, deque[tuple[str, datetime]]] = field(
        default_factory=lambda: BoundedMap(MAX_POINTS)
    )

    def are_twins(self, point_id: PointId, run_id: str, now: datetime) -> bool:
        """Note a birth; return whether it shows that two machines are there."""
        births = self._by_point.get(point_id)
        if births is None:
            births = self._by_point[point_id] = deque(maxlen=MAX_BIRTHS)
        recent = [run for run, at in births if abs(now - at) <= LOOK_BACK]
        births.append((run_id, now))
        return bool(recent) and recent[-1] != run_id and run_id in recent
