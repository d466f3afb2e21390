"""diemcau-recorder as a process: what is started, in which order it stops."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from contracts import codec
from contracts.floor import FloorState
from contracts.recordings import REQUESTS, RecorderStatus
from media.recorder import folders
from media.recorder.disk import WatchedDisk
from media.recorder.disk_threads import DiskThreads
from media.recorder.due_meetings import Due, DueMeetings, Key
from media.recorder.jobs import Jobs
from media.recorder.meeting_recorder import MeetingRecorder
from media.recorder.open_folders import OpenFolders
from media.recorder.settings import RecorderSettings
from runtime import atomic, notify
from runtime.bus import Bus
from runtime.clock import Clock
from runtime.end_clock import EndClock
from runtime.errors import SettingsError
from runtime.guard import guarded, keep, start

LOOK_EVERY_S = 0.5
STATUS_EVERY_S = 2.0
WATCHDOG_EVERY_S = 5.0
_log = structlog.get_logger()


async def run(settings: RecorderSettings, config_file: Path) -> None:
    """Run the recorder until cancelled.

    Raises:
        SettingsError: the folder cannot be used.
    """
    try:
        settings.data_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
        (settings.data_dir / REQUESTS).mkdir(mode=0o770, exist_ok=True)
        disk = WatchedDisk(settings.data_dir, settings.disk)
    except OSError as exc:
        said, vietnamese = f"cannot be used: {exc}", "không dùng được thư mục này"
        raise SettingsError(config_file, "data_dir", said, vietnamese=vietnamese) from exc
    await Recorder(settings, config_file, disk).run()


class Recorder:
    """The parts of the process."""

    def __init__(self, settings: RecorderSettings, config_file: Path, disk: WatchedDisk) -> None:
        self._settings = settings
        self._clock = Clock()
        self._end_clock = EndClock(self._clock)
        self._disk = disk
        self._wanted = DueMeetings(
            settings.recorder_id,
            floor_moved=self._floor_moved,
            heard=self._heard,
            issued=self._end_clock.heard,
        )
        self._meetings: dict[Key, MeetingRecorder] = {}
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._written = OpenFolders()
        self._threads = DiskThreads()
        self._status_thread = DiskThreads(1)
        self._bus = Bus(settings.broker, subscriptions=self._wanted.subscriptions)
        self._jobs = Jobs(
            settings,
            config_file,
            now=self._believed,
            is_recording=self._written.__contains__,
            has_room=disk.has_room,
            threads=self._threads,
        )

    async def run(self) -> None:
        """Run until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            keep(tasks, partial(self._bus.run, self._wanted.received), name="bus")
            keep(tasks, self._disk.run, name="disk")
            keep(tasks, self._run_status, name="status")
            keep(tasks, partial(self._run_meetings, tasks), name="meetings")
            keep(tasks, self._jobs.run_conversions, name="conversions")
            keep(tasks, self._jobs.run_deletions, name="deletions")
            _log.info("recorder_started", recorder_id=self._settings.recorder_id)
            notify.ready()
            while True:
                notify.watchdog()
                await asyncio.sleep(WATCHDOG_EVERY_S)

    async def _run_meetings(self, tasks: asyncio.TaskGroup) -> None:
        """Begin with what is due, end with what is not, for ever."""
        while True:
            due = self._due()
            for key in self._meetings.keys() - due.keys():
                self._stop(key)
            for key, one in due.items():
                with guarded("meeting", meeting_id=key[1]):
                    self._follow(tasks, key, one)
            await asyncio.sleep(LOOK_EVERY_S)

    def _due(self) -> dict[Key, Due]:
        now, doubt = self._clock.now(), self._end_clock.doubt()
        if self._meetings and doubt is None:
            self._end_clock.heard(now)  # a clock that is set back denies it later
        return self._wanted.due(now, doubt=doubt, running=self._meetings.keys())

    def _follow(self, tasks: asyncio.TaskGroup, key: Key, due: Due) -> None:
        known = self._meetings.get(key)
        if known is not None and not self._tasks[key].done():
            known.update(due.document)
            return
        if known is not None and known.document == due.document:
            return  # the relay said that it is over; a newer document may say otherwise
        url = self._settings.urls.get(key[0])
        if url is None:
            return
        recorder = MeetingRecorder(
            due.document,
            due.order,
            url,
            self._settings,
            now=self._clock.now,
            believed=self._believed,
            has_room=self._disk.has_room,
            written=self._written,
            threads=self._threads,
        )
        self._meetings[key] = recorder
        running: Coroutine[None, None, None] = recorder.run()
        self._tasks[key] = start(tasks, running, kind="meeting", meeting_id=key[1])

    def _believed(self) -> datetime | None:
        """Return the time; None: what cannot be taken back waits."""
        return None if self._end_clock.doubt() else self._clock.now()

    def _stop(self, key: Key) -> None:
        del self._meetings[key]
        self._tasks.pop(key).cancel()

    def _floor_moved(self, key: Key, floor: FloorState) -> None:
        if key in self._meetings:
            self._meetings[key].floor_moved(floor)

    def _heard(self, key: Key, loudest: str | None) -> None:
        if key in self._meetings:
            self._meetings[key].heard(loudest)

    def _status(self) -> RecorderStatus:
        return RecorderStatus(
            recorder_id=self._settings.recorder_id,
            reported_at=self._clock.now(),
            free_bytes=self._disk.free_bytes,
            trouble=self._disk.trouble,
            converting=self._jobs.converting,
            converting_ratio=self._jobs.converting_ratio,
            meetings=tuple(
                one.status() for key, one in self._meetings.items() if not self._tasks[key].done()
            )[:200],
        )

    async def _run_status(self) -> None:
        path = self._settings.status_file
        while True:
            with guarded("status"):
                status = codec.encode(self._status())
                await self._status_thread.run(atomic.write_bytes, path, status, mode=folders.MODE)
            await asyncio.sleep(STATUS_EVERY_S)
