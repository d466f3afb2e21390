"""What was committed and must be said on: to points and relays, and to open pages.

Routes run in worker threads and the scheduler in the loop; both note what changed
and go on. Nothing is lost when the process dies between commit and dispatch: on
its next start everything is said anew.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId
from controller.web.live import Data, Hub

Id = TypeVar("Id", MeetingId, PointId)


@dataclass(slots=True)
class Pending(Generic[Id]):
    """What has changed; `is_all` means every one, `is_forced` even what says the same."""

    ids: set[Id] = field(default_factory=set)
    is_all: bool = False
    is_forced: bool = False


class Lane(Generic[Id]):
    """Collects ids until they are taken. `note` may be called from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._pending: Pending[Id] = Pending()
        self._woken = asyncio.Event()

    def note(
        self, ids: Iterable[Id] = (), *, is_all: bool = False, is_forced: bool = False
    ) -> None:
        """Add to what has changed."""
        self._loop.call_soon_threadsafe(self._add, set(ids), is_all, is_forced)

    async def next_pending(self) -> Pending[Id]:
        """Return what has changed, once something has."""
        await self._woken.wait()
        self._woken.clear()
        pending, self._pending = self._pending, Pending()
        return pending

    def _add(self, ids: set[Id], is_all: bool, is_forced: bool) -> None:
        self._pending.ids |= ids
        self._pending.is_all |= is_all
        self._pending.is_forced |= is_forced
        self._woken.set()


class Changes:
    """Two lanes, so that a change of the floor never waits behind 170 schedules."""

    def __init__(self, loop: asyncio.AbstractEventLoop, hub: Hub) -> None:
        self._loop = loop
        self._hub = hub
        self.meetings: Lane[MeetingId] = Lane(loop)
        self.points: Lane[PointId] = Lane(loop)

    def note_floor(self, meeting_id: MeetingId, floor: FloorState) -> None:
        """The floor of a meeting was moved."""
        self.meetings.note([meeting_id])
        data: Data = {
            "meeting_id": meeting_id,
            "epoch": floor.epoch,
            "mode": floor.mode.value,
            "speaker": floor.speaker,
        }
        self._loop.call_soon_threadsafe(self._hub.publish, "floor", data)

    def note_meeting(self, meeting_id: MeetingId, state: str, points: Iterable[PointId]) -> None:
        """A meeting changed; `points` are those it invites and those it did before."""
        self.meetings.note([meeting_id])
        self.points.note(points)
        data: Data = {"meeting_id": meeting_id, "state": state}
        self._loop.call_soon_threadsafe(self._hub.publish, "meeting", data)

    def note_queue(self, meeting_id: MeetingId) -> None:
        """Somebody waits for the floor of a meeting, or does no more; rooms know their place."""
        self.meetings.note([meeting_id])
        self._loop.call_soon_threadsafe(self._hub.publish, "attendance", {"meeting_id": meeting_id})

    def note_messages(self, meeting_id: MeetingId) -> None:
        """The office says something on screens of a meeting, or no more."""
        self.note_queue(meeting_id)

    def note_guests(self, meeting_id: MeetingId) -> None:
        """Guests' links of a meeting were made, opened or withdrawn."""
        self.meetings.note([meeting_id])
        self._loop.call_soon_threadsafe(self._hub.publish, "guest", {"meeting_id": meeting_id})

    def note_roll_call(self, meeting_id: MeetingId) -> None:
        """Something was said in the roll call of a meeting; points and relays need not know."""
        self._loop.call_soon_threadsafe(self._hub.publish, "roll_call", {"meeting_id": meeting_id})

    def note_minutes(self, meeting_id: MeetingId) -> None:
        """The minutes of a meeting were written, locked or opened; points need not know."""
        self._loop.call_soon_threadsafe(self._hub.publish, "record", {"meeting_id": meeting_id})

    def note_letters(self, meeting_id: str) -> None:
        """Letters about a meeting were queued."""
        data: Data = {"meeting_id": meeting_id}
        self._loop.call_soon_threadsafe(self._hub.publish, "mail", data)

    def note_incident(self, number: int) -> None:
        """Something of an incident, or of who is told (0), was changed by a person."""
        self._loop.call_soon_threadsafe(self._hub.publish, "incident", {"number": number})

    def note_maintenance(self, maintenance_id: str) -> None:
        """Maintenance was declared, changed or withdrawn."""
        data: Data = {"maintenance_id": maintenance_id}
        self._loop.call_soon_threadsafe(self._hub.publish, "maintenance", data)

    def note_points(self, points: Iterable[PointId]) -> None:
        """Something of these points changed."""
        self.points.note(points)

    def note_everything(self, *, is_forced: bool) -> None:
        """Look at everything; forced (on start, when the broker is back) say it all anew."""
        self.meetings.note(is_all=True, is_forced=is_forced)
        self.points.note(is_all=True, is_forced=is_forced)
