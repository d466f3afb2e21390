"""After the meeting: one recording at a time is converted, old ones go, wishes are granted."""

import asyncio
import contextlib
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog

from contracts.ids import MeetingId
from contracts.recordings import STREAMS, RecordingFacts, RecordingPhase
from media.recorder import folders
from media.recorder.disk_threads import DiskThreads
from media.recorder.settings import RecorderSettings
from runtime.guard import guarded

LOOK_EVERY_S = 1.0
TIDY_EVERY_S = 3600.0
MOST_TRIES = 3
_log = structlog.get_logger()

_OPEN = (RecordingPhase.WAITING, RecordingPhase.CONVERTING)


class Jobs:
    """Runs beside what is being recorded.

    Args:
        now: None while the clock is in doubt: nothing is too old by it.
        is_recording: whether a folder is written to now.
        has_room: whether the disk may be written.
    """

    def __init__(
        self,
        settings: RecorderSettings,
        config_file: Path,
        *,
        now: Callable[[], datetime | None],
        is_recording: Callable[[Path], bool],
        has_room: Callable[[], bool],
        threads: DiskThreads,
    ) -> None:
        self._settings = settings
        self._threads = threads
        self._writing = asyncio.Lock()  # nothing is written into a folder that is being deleted
        self._config_file = config_file
        self._now = now
        self._is_recording = is_recording
        self._has_room = has_room
        self.converting_ratio = 0.0
        self._converting: Path | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._tries: dict[Path, int] = {}

    @property
    def converting(self) -> MeetingId | None:
        """Whose recording is being converted."""
        return MeetingId(self._converting.parent.name) if self._converting else None

    async def run_conversions(self) -> None:
        """Convert what waits, the oldest first, for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            facts = None
            with guarded("conversion"):
                if self._has_room():
                    async with self._writing:
                        facts = await self._threads.run(self._next)
            if facts is not None:
                with guarded("conversion", meeting_id=facts.meeting_id):
                    await self._convert(facts)

    async def run_deletions(self) -> None:
        """Delete what people do not want any more, and what is too old, for ever."""
        tidied_s = 0.0
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            asked = await self._threads.run(folders.requested, self._settings.data_dir)
            for folder, request in asked.items():
                if not self._is_recording(folder):  # else as soon as it has ended
                    if await self._delete(folder, "asked for"):
                        await self._threads.run(request.unlink, missing_ok=True)
            now = self._now()
            if now is not None and (tidied_s == 0.0 or loop.time() - tidied_s > TIDY_EVERY_S):
                tidied_s = loop.time()
                for folder in await self._threads.run(self._too_old, now):
                    if not self._is_recording(folder):
                        await self._delete(folder, "too old")

    def _next(self) -> RecordingFacts | None:
        """Return what is to be converted next; what was interrupted by our own end included."""
        for facts in folders.every(self._settings.data_dir):
            folder = folders.of(self._settings.data_dir, facts)
            if self._is_recording(folder):
                continue  # also one that has ended whose last pieces wait for the disk
            if facts.phase in _OPEN:
                return facts
            if facts.phase is RecordingPhase.RECORDING:
                # Killed while it recorded: it ends where its last cluster does.
                ended = folders.ended(facts, _last_written(folder, facts))
                folders.tell(self._settings.data_dir, ended)
                return ended
        return None

    def _too_old(self, now: datetime) -> list[Path]:
        limit = now - timedelta(days=self._settings.keep_days)
        return [
            folders.of(self._settings.data_dir, facts)
            for facts in folders.every(self._settings.data_dir)
            if (facts.ends_at or facts.begins_at) < limit
        ]

    async def _delete(self, folder: Path, reason: str) -> bool:
        """Delete a recording; False: it cannot be deleted now."""
        if folder == self._converting and self._process is not None:
            self._process.kill()
            await self._process.wait()
        is_gone = False
        with guarded("deletion", folder=str(folder)):
            async with self._writing:
                await self._threads.run(folders.delete, folder)
            is_gone = True
            _log.info("recording_deleted", folder=str(folder), reason=reason)
        return is_gone

    async def _convert(self, facts: RecordingFacts) -> None:
        folder = folders.of(self._settings.data_dir, facts)
        self._converting = folder
        tries = self._tries[folder] = self._tries.get(folder, 0) + 1
        try:
            error = await self._run(facts, folder)
        finally:
            self._converting = self._process = None
            self.converting_ratio = 0.0
        phase = RecordingPhase.READY
        if error:
            phase = RecordingPhase.FAILED if tries >= MOST_TRIES else RecordingPhase.WAITING
            _log.error("conversion_failed", folder=str(folder), error=error)
        done = msgspec.structs.replace(
            facts, phase=phase, progress_ratio=0.0 if error else 1.0, detail=error[:400]
        )
        with contextlib.suppress(FileNotFoundError):  # it was deleted meanwhile
            await self._tell(done)

    async def _tell(self, facts: RecordingFacts) -> None:
        async with self._writing:
            await self._threads.run(folders.tell, self._settings.data_dir, facts)

    async def _run(self, facts: RecordingFacts, folder: Path) -> str:
        """Run the conversion; return what went wrong, empty where nothing did."""
        words = ["-m", "media.recorder", "convert", "--config", str(self._config_file), str(folder)]
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *words,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert process.stdout is not None  # noqa: S101 - as asked for
        said = ""
        try:
            async for line in process.stdout:
                text = line.decode(errors="replace").strip()
                try:
                    share = float(text)
                except ValueError:
                    said = text or said
                    continue
                self.converting_ratio = min(1.0, share)
                told = msgspec.structs.replace(
                    facts, phase=RecordingPhase.CONVERTING, progress_ratio=min(1.0, share)
                )
                await self._tell(told)
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return "" if code == 0 else said or f"exit code {code}"


def _last_written(folder: Path, facts: RecordingFacts) -> datetime:
    try:
        written_s = (folder / STREAMS).stat().st_mtime
    except OSError:
        return facts.begins_at
    return datetime.fromtimestamp(written_s, tz=facts.begins_at.tzinfo)
