"""One meeting that is recorded: a session with its relay, and a run of files after the other.

waiting     nothing has come yet: no file
recording   frames are written
stopped     the disk has failed, or is as full as it may be; when it has room again a new
            run begins
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from random import random
from urllib.parse import urlsplit

import structlog

from contracts.desired import RecordingOrder, RelayMeeting
from contracts.floor import FloorState, adopt
from contracts.recordings import RecordedNow, RecorderTrouble, RecordingFacts, RecordingPhase
from media.client.uplink import Uplink
from media.client.whip_client import PointIdentity, WhipClient
from media.errors import MeetingOver
from media.recorder import folders
from media.recorder.disk_threads import DiskThreads
from media.recorder.file_writer import FileWriter
from media.recorder.intake import SlotFrame, SlotIntake
from media.recorder.open_folders import OpenFolders
from media.recorder.recording import Recording
from media.recorder.settings import RecorderSettings
from media.transport.dtls import DtlsCertificate
from runtime.backoff import Backoff
from runtime.guard import guarded, keep

TICK_S, FLUSH_S, REPORT_S = 0.02, 0.5, 1.0
RETRY_S = 10.0
# So long a meeting that is on may be without its recorder before it is an alarm.
CONNECT_LIMIT_S = 5.0
_log = structlog.get_logger()


class MeetingRecorder:
    """Runs until it is cancelled or the relay says that the meeting has ended.

    Args:
        believed: the time; None while the clock is in doubt.
        has_room: whether the disk may be written.
        written: the folders that are written to; its own is among them until it is closed.
        threads: for what a disk may hold up.
    """

    def __init__(
        self,
        document: RelayMeeting,
        order: RecordingOrder,
        url: str,
        settings: RecorderSettings,
        *,
        now: Callable[[], datetime],
        believed: Callable[[], datetime | None],
        has_room: Callable[[], bool],
        written: OpenFolders,
        threads: DiskThreads,
    ) -> None:
        self.document = document
        self._order = order
        self._settings = settings
        self._now = now
        self._believed = believed
        self._has_room = has_room
        self._written = written
        self._threads = threads
        self._floor = document.floor
        self._loudest: str | None = None
        self._intake = SlotIntake(self._take)
        self._recording: Recording | None = None
        self._facts: RecordingFacts | None = None
        self._failure: RecorderTrouble | None = None
        self._failed_at_ms = 0.0
        self._lost_at_ms: float | None = None
        self._uplink = self._new_uplink(url)

    def _new_uplink(self, url: str) -> Uplink:
        settings = self._settings
        backoff = Backoff(0.25, 2.0)
        client = WhipClient(
            url,
            ca_file=settings.ca_file,
            identity=PointIdentity(settings.cert_file, settings.key_file),
            now=self._now,
        )
        return Uplink(
            client,
            f"/whep/{self.document.meeting_id}",
            self._intake,
            certificate=DtlsCertificate(),
            bind_hosts=settings.bind_hosts,
            relay_host=urlsplit(url).hostname or "",
            wait_s=lambda failures: backoff.wait_s(failures, random()),  # noqa: S311 - spreads load
            ended_after_404=self._is_past_its_end,
        )

    def _is_past_its_end(self) -> bool:
        """A relay that does not know the meeting may have been started a moment ago."""
        now = self._believed()
        return now is not None and now >= self.document.ends_at

    async def run(self) -> None:
        """Record the meeting."""
        meeting_id = self.document.meeting_id
        _log.info("recording_joins", meeting_id=meeting_id)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._uplink.run(), name="uplink")
                keep(group, partial(_every, TICK_S, self._intake.tick), name="slots")
                keep(group, partial(_every, REPORT_S, self._intake.report), name="reports")
                keep(group, self._run_flushes, name="flushes")
        except* MeetingOver:
            _log.info("recording_over", meeting_id=meeting_id)
        finally:
            await self._end()

    def update(self, document: RelayMeeting) -> None:
        """Take over the meeting's newer document."""
        self.document = document
        self.floor_moved(document.floor)

    def floor_moved(self, floor: FloorState) -> None:
        """Take over the floor, if it is newer."""
        self._floor = adopt(self._floor, floor)
        self._note_floor()

    def heard(self, loudest: str | None) -> None:
        """Take note of who speaks the loudest in a discussion, as the relay says it."""
        self._loudest = loudest
        self._note_floor()

    def status(self) -> RecordedNow:
        """Return what is to be known of it now."""
        recording, facts = self._recording, self._facts
        trouble = self._trouble()
        return RecordedNow(
            meeting_id=self.document.meeting_id,
            run=facts.run if facts else None,
            is_recording=recording is not None and recording.has_begun and trouble is None,
            trouble=trouble,
            dropped=recording.dropped if recording else 0,
        )

    def _trouble(self) -> RecorderTrouble | None:
        if self._recording is not None:
            limit_s = self._settings.disk.blocked_after_s
            found = self._recording.trouble(blocked_after_s=limit_s)
            if found is not None:
                return found
        if self._failure is not None or not self._has_room():
            return self._failure or RecorderTrouble.DISK_FULL
        return RecorderTrouble.NOT_CONNECTED if self._is_cut_off() else None

    def _is_cut_off(self) -> bool:
        """Return whether the meeting is on and we are not in it."""
        now_ms = self._intake.now_ms()
        if self._uplink.facts.state == "up" or self._now() < self.document.begins_at:
            self._lost_at_ms = None
            return False
        if self._lost_at_ms is None:
            self._lost_at_ms = now_ms
        return now_ms - self._lost_at_ms >= CONNECT_LIMIT_S * 1000

    def _take(self, frame: SlotFrame) -> None:
        if self._recording is None:
            is_too_early = self._failure and self._intake.now_ms() - self._failed_at_ms < (
                RETRY_S * 1000
            )
            if is_too_early or not self._has_room():
                return
            self._begin()
        if self._recording is not None:
            self._recording.take(frame)
            self._note_floor()

    def _begin(self) -> None:
        now = self._now()
        self._facts = RecordingFacts(
            meeting_id=self.document.meeting_id,
            run=folders.run_of(now),
            title=self._order.title,
            begins_at=now,
            phase=RecordingPhase.RECORDING,
        )
        folder = folders.of(self._settings.data_dir, self._facts)
        writer = FileWriter()
        self._written.open(folder, writer)
        self._recording = Recording(
            folder,
            writer,
            title=self._order.title,
            chair=self.document.chair,
            slots=self._intake.incoming,
            begins_at=now,
        )
        self._failure = None
        _log.info("recording_began", meeting_id=self._facts.meeting_id, run=self._facts.run)

    def _note_floor(self) -> None:
        if self._recording is not None:
            self._recording.floor_moved(
                self._floor,
                self._loudest,
                now_ms=self._intake.now_ms(),
                happened_at=self._now(),
            )

    async def _run_flushes(self) -> None:
        told: RecordingFacts | None = None
        while True:
            await asyncio.sleep(FLUSH_S)
            recording = self._recording
            if recording is None:
                continue
            recording.flush()
            if recording.writer.failure is not None:
                self._failed(recording)
                await self._end()
            elif not self._has_room():
                await self._end()
            elif (
                recording.has_begun and self._facts is not told and not recording.writer.blocked_s()
            ):
                told = self._facts
                await self._tell(told)

    def _failed(self, recording: Recording) -> None:
        self._failure = recording.trouble(blocked_after_s=self._settings.disk.blocked_after_s)
        self._failed_at_ms = self._intake.now_ms()
        _log.error("recording_stopped", error=str(recording.writer.failure))

    async def _tell(self, facts: RecordingFacts | None) -> None:
        if facts is not None:
            with guarded("recording-facts"):
                names = self._order.names
                await self._threads.run(folders.begin, self._settings.data_dir, facts, names)

    async def _end(self) -> None:
        """End this run; its file is completed later, by whoever converts it."""
        recording, facts = self._recording, self._facts
        self._recording = self._facts = None
        self._intake.begin_anew()
        if recording is None or facts is None:
            return
        try:
            if not recording.has_begun:
                recording.writer.close(0.0)
                return
            ended = folders.ended(facts, self._now(), dropped=recording.dropped)
            with guarded("recording-end"):
                data_dir = self._settings.data_dir
                if not await self._threads.run(_close, recording, data_dir, ended):
                    _log.error("recording_waits_for_disk", meeting_id=facts.meeting_id)
        finally:
            self._written.leave(recording.folder)
        _log.info("recording_ended", meeting_id=facts.meeting_id, dropped=recording.dropped)


def _close(recording: Recording, data_dir: Path, ended: RecordingFacts) -> bool:
    """End a recording; False: its last pieces still wait for the disk."""
    is_whole = recording.close()
    with contextlib.suppress(FileNotFoundError):  # it was never told of: nothing was written
        folders.tell(data_dir, ended)
    return is_whole


async def _every(pause_s: float, act: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(pause_s)
        with guarded("recording"):
            act()
