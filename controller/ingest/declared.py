"""Maintenance that people declared, read from the state database for the causes of outages."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import Engine

from contracts.ids import PointId
from controller.db.engine import reading
from controller.errors import StorageError
from controller.ingest.cause_rows import KNOWN_FOR, Touched
from controller.maintenance import service as maintenance
from controller.places import service as places
from monitoring.judgement.outage_evidence import EARLY
from monitoring.judgement.periods import Period

_log = structlog.get_logger()

REFRESH_S = 10.0
Declared = Mapping[PointId, list[Period]]


class DeclaredMaintenance:
    """What was declared of each point, and whose of it has changed. While the state database
    cannot be read the last answer counts."""

    def __init__(self, engine: Engine, *, refresh_s: float = REFRESH_S) -> None:
        self._engine = engine
        self._refresh_s = refresh_s
        self.of_points: Declared = {}
        self._read_at_s = float("-inf")

    async def news(self, now: datetime) -> dict[PointId, Touched]:
        """Return of which points, and of which times, something else is declared than before."""
        if time.monotonic() - self._read_at_s < self._refresh_s:
            return {}
        self._read_at_s = time.monotonic()
        try:
            found = await asyncio.to_thread(self._read, now)
        except StorageError as exc:
            _log.warning("maintenance_unreadable", error=str(exc))
            return {}
        before, self.of_points = self.of_points, found
        return {
            point_id: touched
            for point_id in before.keys() | found.keys()
            if (touched := changed(before.get(point_id, []), found.get(point_id, [])))
        }

    def _read(self, now: datetime) -> Declared:
        with reading(self._engine) as session:
            points = [one.point_id for one in places.points_not_ended(session, at=now)]
            return maintenance.excluded(session, points, since=now - KNOWN_FOR)


def changed(before: list[Period], after: list[Period]) -> Touched | None:
    """Return the time that two declarations differ in, from when people may begin; None: none.

    What ages out of what is read was not taken back: outages of then are judged no more.
    """
    differing = {*before} ^ {*after}
    if not differing:
        return None
    return Touched(
        min(one.begins_at for one in differing) - EARLY, max(one.ends_at for one in differing)
    )
