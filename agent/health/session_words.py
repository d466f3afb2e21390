"""What a point says of its session with the broker: birth, goodbye, and the will it leaves."""

import asyncio
import secrets
from datetime import datetime

import structlog
from msgspec import UNSET, UnsetType

from agent.point.journal import Journal
from agent.point.version import AGENT_VERSION
from contracts import topics
from contracts.ids import PointId
from contracts.reports import PointStatus, RunId
from runtime.bus import Bus, Will
from runtime.errors import BusDisconnected

WILL_DELAY_S = 5
GOODBYE_LIMIT_S = 2.0
_log = structlog.get_logger()


def will_of(point_id: PointId) -> Will:
    """Return what the broker says once the point is gone."""
    return Will(topics.point_status(point_id), PointStatus(is_online=False), delay_s=WILL_DELAY_S)


class SessionWords:
    """Of one run of the agent. `stopped_at`: when the one before it was ended in order."""

    def __init__(
        self, point_id: PointId, journal: Journal, stopped_at: datetime | UnsetType = UNSET
    ) -> None:
        self._topic = topics.point_status(point_id)
        self._journal = journal
        self._run_id: RunId = secrets.token_hex(16)
        self._stopped_at = stopped_at

    async def is_born(self, bus: Bus) -> bool:
        """Say that a session has begun; return whether that could be said."""
        status = PointStatus(
            is_online=True,
            outbox_id=self._journal.outbox_id,
            agent_version=AGENT_VERSION,
            run_id=self._run_id,
            stopped_at=self._stopped_at,
        )
        try:
            await bus.publish(self._topic, status)
        except BusDisconnected as exc:
            _log.info("birth_not_sent", error=str(exc))
            return False
        return True

    async def goodbye(self, bus: Bus) -> None:
        """Say that the agent ends, where there is a session to say it in."""
        if not bus.is_connected:
            return
        offline = PointStatus(
            is_online=False, outbox_id=self._journal.outbox_id, agent_version=AGENT_VERSION
        )
        try:
            async with asyncio.timeout(GOODBYE_LIMIT_S):
                await bus.publish(self._topic, offline)
        except (BusDisconnected, TimeoutError) as exc:
            _log.info("goodbye_not_sent", error=str(exc))
