"""Looks which outer relays are there, and gives up those that are gone, until they are back.

What was decided is kept in the database, so that a centre that is begun anew goes on with it.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Engine

from contracts.ids import RelayId
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes
from controller.errors import StorageError
from controller.health import service as health
from controller.meetings.attendance import Attendance
from controller.places import service as places
from controller.relays import absence_queries
from controller.relays.service import listed
from controller.relays.spreading import ListedRelay
from controller.relays.standing import Patience, Seen, gone_now, seen_again
from controller.settings import ControllerSettings
from controller.web.live import Hub
from runtime.guard import guarded

LOOK_EVERY_S = 1.0
_log = structlog.get_logger()


@dataclass(slots=True)
class RelayWatch:
    """Looks once a second, where there are outer relays."""

    settings: ControllerSettings
    state: Engine
    series: Engine
    attendance: Attendance
    changes: Changes
    hub: Hub
    is_bus_connected: Callable[[], bool]
    now: Callable[[], datetime]
    _sightings: dict[RelayId, Seen] = field(default_factory=dict)

    async def run(self) -> None:
        """Look for ever; a centre of one relay has nothing to look at."""
        outer = [one for one in listed(self.settings) if one.home is not None]
        while outer:
            with guarded("relays"):
                try:
                    changed = await asyncio.to_thread(self.look, outer, now_s=time.monotonic())
                except StorageError as exc:
                    _log.warning("relays_not_looked_at", error=str(exc))
                else:
                    self._tell(changed)
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self, outer: list[ListedRelay], *, now_s: float) -> frozenset[RelayId]:
        """Take note of who is gone and who is back; return of whom that is new.

        Raises:
            StorageError: a database cannot be used now.
        """
        with reading(self.state) as session:
            before = frozenset(absence_queries.gone_since(session))
        online = {one.relay_id: self.attendance.is_there(one.relay_id) for one in outer}
        missing = [one for one in outer if not online[one.relay_id] and one.relay_id not in before]
        self._sightings = seen_again(
            self._sightings,
            online,
            now_s=now_s,
            in_the_dark=self._in_the_dark(missing) if self.is_bus_connected() else online.keys(),
        )
        spreading = self.settings.spreading
        patience = Patience(spreading.gone_after_s, spreading.back_after_s)
        gone = gone_now(before, self._sightings, patience, now_s=now_s)
        if gone != before:
            with writing(self.state) as session:
                absence_queries.replace(session, gone, now=self.now())
        return gone ^ before

    def _in_the_dark(self, missing: list[ListedRelay]) -> frozenset[RelayId]:
        """Return those of whose points none is heard either: a whole site may be cut off."""
        if not missing:
            return frozenset()
        with reading(self.series) as session:
            points = health.heard_now(session, self.now())
        with reading(self.state) as session:
            heard = places.units_above(session, points).values()
        return frozenset(
            one.relay_id
            for one in missing
            if not any(not one.serves or one.serves & set(units) for units in heard)
        )

    def _tell(self, changed: frozenset[RelayId]) -> None:
        if not changed:
            return
        for relay_id in sorted(changed):
            is_online = self.attendance.is_online(relay_id)
            _log.warning("relay_stands_anew", relay_id=relay_id, is_online=is_online)
            self.hub.publish("relay", {"relay_id": relay_id, "is_online": is_online})
        self.changes.points.note(is_all=True)
