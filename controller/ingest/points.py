"""Which points exist, read from the state database."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Engine

from contracts.ids import PointId
from controller.carriers import contracted
from controller.db.engine import reading
from controller.devices import batteries
from controller.errors import StorageError
from controller.ingest.declared import DeclaredMaintenance
from controller.places import service as places
from monitoring.judgement.battery import ReplacedBattery
from monitoring.judgement.contracted import Contracted

_log = structlog.get_logger()

REFRESH_S = 60.0
MISS_REFRESH_S = 0.5


class KnownPoints:
    """The points that may report. A name that is not among them is looked up again at once.

    While the state database cannot be read the last answer counts; before the first
    answer everybody is let in, since the broker has checked the certificate. A clock that
    is years behind makes nobody unknown: a point that is listed has begun.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.declared = DeclaredMaintenance(engine)
        self._names: frozenset[str] | None = None
        self.replaced: Mapping[str, Sequence[ReplacedBattery]] = {}
        self.contracted: Mapping[str, Contracted] | None = None
        self.unit_of: Mapping[str, str] = {}
        self.numbers: Mapping[int, PointId] = {}
        self._read_at_s = float("-inf")

    async def is_known(self, point_id: PointId, now: datetime) -> bool:
        """Return whether the point exists and has not ended."""
        age_s = time.monotonic() - self._read_at_s
        is_listed = self._names is not None and point_id in self._names
        if age_s > (REFRESH_S if is_listed else MISS_REFRESH_S):
            await self._refresh(now)
        return self._names is None or point_id in self._names

    async def _refresh(self, now: datetime) -> None:
        self._read_at_s = time.monotonic()
        try:
            await asyncio.to_thread(self._read, now)
        except StorageError as exc:
            _log.warning("points_unreadable", error=str(exc))

    def _read(self, now: datetime) -> None:
        with reading(self.engine) as session:
            found = places.points_not_ended(session, at=now)
            self.replaced = batteries.replaced(session)
            self.contracted = contracted.of_points(session, found, now)
        self.unit_of = {point.point_id: point.unit_id for point in found}
        self.numbers = {point.number: PointId(point.point_id) for point in found}
        self._names = frozenset(self.unit_of)
