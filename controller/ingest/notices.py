"""Says that something was committed, so that pages read it at once.

What is said of reports is gathered until `flush`: while a backlog is taken in, one notice
for a point says as much as one for every batch.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from contracts import topics
from contracts.centre import ChangeKind, ChangeNotice
from contracts.clock_error import is_clock_of_its_own
from contracts.ids import MeetingId, PointId
from controller.ingest.arrivals import Arrival, kind_of
from controller.ingest.problem_rows import PointFlip
from monitoring.judgement.presence import PresenceChanged
from runtime.bus import Bus
from runtime.errors import BusDisconnected


class Notices:
    """Publishes notices; one that cannot be sent is left out, pages read all anew later."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._newest: dict[tuple[PointId, ChangeKind], datetime] = {}
        self._witnessed: dict[PointId, datetime] = {}

    def note(self, new: Sequence[Arrival]) -> None:
        """Keep in mind every point and kind, with the time of its newest report."""
        for arrival in new:
            key = (arrival.name.point_id, kind_of(arrival.report.body))
            self._newest[key] = max(arrival.at, self._newest.get(key, arrival.at))
            report, point_id = arrival.report, arrival.name.point_id
            if is_clock_of_its_own(report.clock):
                before = self._witnessed.get(point_id, report.measured_at)
                self._witnessed[point_id] = max(report.measured_at, before)

    async def flush(self) -> None:
        """Name each of them once."""
        newest, self._newest = self._newest, {}
        witnessed, self._witnessed = self._witnessed, {}
        named = [(kind, point_id, at) for (point_id, kind), at in newest.items()]
        await self._publish(named, witnessed)

    async def presence(self, changes: Sequence[PresenceChanged]) -> None:
        """Name every point whose presence changed."""
        newest = {change.point_id: change.began_at for change in changes}
        await self._publish([("presence", point_id, at) for point_id, at in newest.items()])

    async def problems(self, flips: Sequence[PointFlip]) -> None:
        """Name every point with which something else is wrong than before."""
        now = datetime.now(UTC)
        points = dict.fromkeys(one.point_id for one in flips)
        await self._publish([("problem", point_id, now) for point_id in points])

    async def causes(self, point_ids: Iterable[PointId]) -> None:
        """Name every point of whose outages something else is said than before."""
        now = datetime.now(UTC)
        await self._publish([("presence", point_id, now) for point_id in dict.fromkeys(point_ids)])

    async def ways(self, point_ids: Iterable[PointId]) -> None:
        """Name every point that comes from another address than before."""
        now = datetime.now(UTC)
        await self._publish([("way", point_id, now) for point_id in dict.fromkeys(point_ids)])

    async def minutes(self, meeting_ids: Iterable[str]) -> None:
        """Name every meeting of whose lines further minutes are kept."""
        now = datetime.now(UTC)
        for one in meeting_ids:
            meeting_id = MeetingId(one)
            await self._say(
                ChangeNotice(
                    kind="minutes", meeting_id=meeting_id, measured_at=now, committed_at=now
                )
            )

    async def _publish(
        self,
        named: list[tuple[ChangeKind, PointId, datetime]],
        witnessed: Mapping[PointId, datetime] = MappingProxyType({}),
    ) -> None:
        committed_at = datetime.now(UTC)
        for kind, point_id, measured_at in named:
            await self._say(
                ChangeNotice(
                    kind=kind,
                    point_id=point_id,
                    measured_at=measured_at,
                    committed_at=committed_at,
                    witnessed_at=witnessed.get(point_id),
                )
            )

    async def _say(self, notice: ChangeNotice) -> None:
        with contextlib.suppress(BusDisconnected):
            await self._bus.publish(topics.change(), notice)
