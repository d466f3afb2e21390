"""Thresholds as they are set, taken into use while ingest runs.

What was used last is a file beside the series database: should thresholds have been set, in the
page or in the file of settings, while ingest did not run, it is known what they were.
"""

import asyncio
import time
from pathlib import Path

import msgspec
import structlog
from msgspec import structs
from sqlalchemy import Engine

from controller.db.engine import reading
from controller.errors import StorageError
from controller.ingest.point_limits import PointLimits
from controller.settings import ThresholdSettings
from controller.thresholds import scheme, service
from controller.thresholds.scheme import PointThresholds, Scheme
from controller.thresholds.service import KeptScheme
from monitoring.judgement.problem import Thresholds
from runtime import atomic

_log = structlog.get_logger()
REFRESH_S = 5.0
NEVER_READ = -1


class Used(msgspec.Struct, frozen=True):
    """What was used last: the file's thresholds, and what was set over them."""

    revision: int
    from_file: dict[str, float]
    scheme: Scheme

    def standing(self) -> PointThresholds:
        """Return the same for each point."""
        from_file = scheme.with_values(Thresholds(), self.from_file)
        return scheme.standing(self.scheme, from_file, self.revision)


class LimitsInUse:
    """While the state database cannot be read, or holds nonsense, the last answer counts."""

    def __init__(
        self,
        engine: Engine,
        from_file: ThresholdSettings,
        kept_in: Path,
        *,
        refresh_s: float = REFRESH_S,
    ) -> None:
        self._engine, self._from_file, self._refresh_s = engine, from_file, refresh_s
        self._path = kept_in / "thresholds-used.json"
        self._kept = _last_used(self._path)
        known = self._kept.scheme if self._kept else Scheme()
        self._used = Used(NEVER_READ, structs.asdict(from_file), known)
        self.limits = PointLimits(self._used.standing(), (self._kept or self._used).standing())
        self._read_at_s = float("-inf")

    async def news(self) -> bool:
        """Take into use what was set; return whether everyone is to be judged by it."""
        if time.monotonic() - self._read_at_s < self._refresh_s:
            return False
        self._read_at_s = time.monotonic()
        try:
            found = await asyncio.to_thread(self._read)
        except StorageError as exc:
            _log.warning("thresholds_unreadable", error=str(exc))
            return False
        if found is None:
            return False
        self._used = Used(found.revision, structs.asdict(self._from_file), found.scheme)
        self.limits.standing = self._used.standing()
        _log.info("thresholds_taken", revision=found.revision, made_by=found.made_by)
        return True

    async def keep(self) -> None:
        """Everyone was judged by them, and that was written."""
        if self._used == self._kept or self._used.revision == NEVER_READ:
            return
        if self.limits.is_anybody_left:
            return
        self._kept = self._used
        try:
            content = msgspec.json.encode(self._used)
            await asyncio.to_thread(atomic.write_bytes, self._path, content)
        except OSError as exc:  # known until this process ends
            _log.warning("thresholds_not_kept", error=str(exc))

    def _read(self) -> KeptScheme | None:
        with reading(self._engine) as session:
            if service.last_revision(session) == self._used.revision:
                return None
            return service.newest(session)


def _last_used(path: Path) -> Used | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Used)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as exc:
        _log.warning("thresholds_last_used_unreadable", error=str(exc))
        return None
