"""What recorders do, told to open pages and written into the log of the meeting that it concerns.

    nothing said yet -> recording -> stopped, for a reason -> recording -> ...

Only what changes between recording and not recording is written down.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count

import structlog
from sqlalchemy import Engine

from contracts.ids import MeetingId
from contracts.recordings import RecordedNow, RecorderStatus, RecordingPhase
from controller.db.engine import reading, writing
from controller.errors import RecordingsBusy, StorageError
from controller.meetings import service as meetings
from controller.recordings.disk import ShelfDisk
from controller.recordings.service import LastLook, Shelf, recorded_now
from controller.web.live import Hub
from runtime.guard import guarded
from runtime.limits import Seldom

LOOK_EVERY_S = 1.0
LOOKS_FOR_ONE_AT_THE_FAILED = 10
# So long a recording of which no file could be made is among what needs a person.
FAILED_SHOWN = timedelta(days=2)
MAX_LOOKED_AT = 40
BUSY_TOLD_EVERY_S = 60.0
SILENT = "silent"
_log = structlog.get_logger()


class RecordingWatch:
    """Looks once a second."""

    def __init__(
        self,
        shelf: Shelf,
        disk: ShelfDisk,
        last: LastLook,
        state: Engine,
        hub: Hub,
        now: Callable[[], datetime],
        forwarded: Callable[[], Collection[MeetingId]],
    ) -> None:
        self._shelf = shelf
        self._disk = disk
        self._last = last
        self._state = state
        self._hub = hub
        self._now = now
        self._forwarded = forwarded
        self._seen: dict[str, object] = {}
        self._wishes: list[str] = []
        self._recording: dict[str, bool] = {}
        self._busy: Seldom[str] = Seldom(every_s=BUSY_TOLD_EVERY_S)

    async def run(self) -> None:
        """Look for ever; where nothing is recorded there is nothing to look at."""
        for number in count():
            if not self._shelf.is_there:
                return
            with guarded("recordings"):
                changed = await asyncio.to_thread(self.look)
                for meeting_id in changed:
                    self._hub.publish("recording", {"meeting_id": meeting_id})
                if number % LOOKS_FOR_ONE_AT_THE_FAILED == 0:
                    with self._unless_busy("the failed"):
                        await asyncio.to_thread(self.look_at_the_failed)
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> Iterable[str]:
        """Take note of what is new; return the meetings that it concerns.

        Raises:
            StorageError: the meetings cannot be read.
        """
        status = self._last.status = self._shelf.status(self._now())
        wanted = meetings.recorded_now(self._state, self._forwarded())
        with self._unless_busy("wishes"):  # they are as they were, as far as we know
            self._wishes = self._disk.ask(self._shelf.wishes)
        seen = _seen(status, wanted, self._wishes)
        changed = [key for key in seen.keys() | self._seen.keys() if self._is_new(key, seen)]
        self._seen = seen
        for meeting_id in wanted:
            self._note(meeting_id, recorded_now(status, meeting_id), status)
        for meeting_id in self._recording.keys() - set(wanted):
            del self._recording[meeting_id]
        return changed

    def look_at_the_failed(self) -> None:
        """Keep in mind of which meetings that are over a recording became no file.

        Raises:
            StorageError: the meetings cannot be read.
            RecordingsBusy: the disk does not answer.
        """
        now, forwarded = self._now(), self._forwarded()
        with reading(self._state) as session:
            lately = meetings.recorded_lately(session, now, forwarded, since=now - FAILED_SHOWN)
        over = [one.meeting_id for one in lately if not meetings.is_on(one, forwarded)]
        failed: dict[str, datetime | None] = {}
        for meeting_id in over[-MAX_LOOKED_AT:]:
            for one in self._disk.ask(self._shelf.of_meeting, meeting_id):
                if one.facts.phase is RecordingPhase.FAILED and not one.is_asked_away:
                    failed.setdefault(meeting_id, one.facts.ends_at)
        self._last.failed = failed

    @contextlib.contextmanager
    def _unless_busy(self, what: str) -> Iterator[None]:
        """What cannot be looked at now stays as it was; that is logged once a minute."""
        try:
            yield
        except RecordingsBusy:
            more = self._busy.untold(what, now_s=time.monotonic())
            if more is not None:
                _log.warning("recordings_disk_busy", what=what, more=more)

    def _is_new(self, key: str, seen: dict[str, object]) -> bool:
        return self._seen.get(key) != seen.get(key)

    def _note(
        self, meeting_id: str, one: RecordedNow | None, status: RecorderStatus | None
    ) -> None:
        is_recording = one is not None and one.is_recording
        if meeting_id not in self._recording:  # this process has just begun, or the meeting
            self._recording[meeting_id] = meetings.was_recorded(self._state, meeting_id)
        if is_recording == self._recording[meeting_id]:
            return
        reason = SILENT if status is None else one.trouble.value if one and one.trouble else ""
        if is_recording:
            _log.info("recording_runs", meeting_id=meeting_id)
        else:
            _log.error("recording_stands_still", meeting_id=meeting_id, reason=reason)
        kind = meetings.RECORDING_BEGAN if is_recording else meetings.RECORDING_STOPPED
        try:
            with writing(self._state) as session:
                meetings.record_event(session, meeting_id, kind, now=self._now(), detail=reason)
        except StorageError as exc:
            _log.error("recording_event_not_written", meeting_id=meeting_id, error=str(exc))
            return  # and is tried again
        self._recording[meeting_id] = is_recording


def _seen(
    status: RecorderStatus | None, wanted: Iterable[str], wishes: Iterable[str]
) -> dict[str, object]:
    """Return what each meeting's page shows of its recordings, as far as it may change."""
    general = None if status is None else status.trouble
    seen: dict[str, object] = {meeting_id: (general, None) for meeting_id in wanted}
    if status is not None:
        for one in status.meetings:
            seen[one.meeting_id] = (general, one)
        if status.converting is not None:
            seen[status.converting] = (status.converting, round(status.converting_ratio, 2))
    for wish in wishes:
        seen[wish.partition(".")[0]] = wish
    return seen
