"""What every phase works with: the running demo, its observers, the facts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext

from scripts.demo.api import Api
from scripts.demo.check.browser_room import BrowserRoom
from scripts.demo.check.chromium import Viewer
from scripts.demo.check.facts import Facts
from scripts.demo.check.rooms import Room, Rooms, wall_ms
from scripts.demo.check.stream import Stream
from scripts.demo.demo import Demo
from scripts.demo.province import Point, Province
from scripts.demo.waiting import until

# A point's last word may be one sampling interval older than the cut.
SAMPLING_MS = 12_000


@dataclass(slots=True)
class Cut:
    """When a point's line was away, in milliseconds since 1970."""

    begin_ms: float
    end_ms: float = float("inf")

    def covers(self, last_heard_ms: float) -> bool:
        """Return whether a silence that began then comes from this cut."""
        return self.begin_ms - SAMPLING_MS <= last_heard_ms <= self.end_ms


@dataclass(frozen=True, slots=True)
class Known:
    """An incident that was told; `mended_s`: when what was done was undone."""

    number: int
    mended_s: float


@dataclass(slots=True)
class System:
    """The province under examination. `meeting_id` is that of the meeting that is on,
    `held_id` of the one that was ended last;
    `acts` those asked for of the adversaries', all if none; until `quiet_until_s` nothing was
    killed; `known`: what people were told of, by what was done."""

    demo: Demo
    facts: Facts
    rooms: Rooms
    stream: Stream
    started_ms: float
    acts: tuple[str, ...] = ()
    browser: BrowserContext | None = None
    viewer: Viewer | None = None
    real_room: BrowserRoom | None = None
    meeting_id: str = ""
    held_id: str = ""
    begins_ms: float = 0
    cuts: dict[str, Cut] = field(default_factory=dict)
    wrongly_down: set[str] = field(default_factory=set)
    quiet_until_s: float = float("inf")
    mains_off_s: float = 0
    known: dict[str, Known] = field(default_factory=dict)

    @property
    def api(self) -> Api:
        """The controller's API."""
        return self.demo.api

    @property
    def province(self) -> Province:
        """Units and points."""
        return self.demo.province

    def is_of_cut(self, point_id: str, received_s: float) -> bool:
        """Return whether what came of a point then may have waited for its line."""
        cut = self.cuts.get(point_id)
        return cut is not None and received_s * 1000 >= cut.begin_ms

    async def watched(self, since_ms: float = 0) -> dict[str, Room]:
        """Return the rooms of all invited points."""
        return await self.rooms.read_all(self.province.invited, since_ms)

    async def all_show(self, what: Callable[[Room, Point], bool], text: str, within_s: float
                       ) -> float:  # fmt: skip
        """Wait until every invited room fulfils a condition; return the instant (ms)."""

        async def is_so() -> float | None:
            rooms = await self.watched()
            points = self.province.invited
            is_everywhere = all(p.point_id in rooms and what(rooms[p.point_id], p) for p in points)
            return wall_ms() if is_everywhere else None

        return await until(is_so, text, within_s=within_s, every_s=0.1)

    async def observe(self, seconds: float, every_s: float = 0.2) -> dict[str, float]:
        """Watch rooms for a while; return the longest silence (ms) seen per room and slot."""
        silences: dict[str, float] = {}
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            for point_id, room in (await self.watched(wall_ms())).items():
                for name, slot in room.slots.items():
                    key = f"{point_id}/{name}"
                    silences[key] = max(silences.get(key, 0), slot.silent_ms or 0)
            await asyncio.sleep(every_s)
        return silences
