"""The recordings on this machine, as their folder says: listed, found, asked to be deleted.

They are the recorder's. The pages' process reads them, and writes nothing but wishes.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from contracts import codec
from contracts.errors import MalformedPayload
from contracts.recordings import (
    CHAPTERS,
    FACTS,
    HANDOUT,
    MAX_CHAPTERS,
    REQUESTS,
    STREAMS,
    RecordedNow,
    RecorderStatus,
    RecordingFacts,
    RecordingPhase,
    SpokenChapter,
)
from controller.errors import NotFound, StorageError
from controller.settings import RecordingSettings
from runtime.limits import Seldom

# A recorder speaks every other second.
SILENCE_LIMIT = timedelta(seconds=8)
MAX_SHOWN = 100
# A player asks for a file in hundreds of ranges: within this they are one opening.
ONE_OPENING_S = 900.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ShelvedRecording:
    """One recording, and which of its files are there, with their sizes in bytes."""

    facts: RecordingFacts
    streams_bytes: int | None
    handout_bytes: int | None
    is_asked_away: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the recordings are. Used from worker threads; keeps nothing."""

    settings: RecordingSettings

    @property
    def is_there(self) -> bool:
        """Whether this installation records at all."""
        return self.settings.folder is not None

    def status(self, now: datetime) -> RecorderStatus | None:
        """Return what the recorder does; None: it has not said so for too long."""
        try:
            status = codec.decode(RecorderStatus, self.settings.status_file.read_bytes())
        except (OSError, MalformedPayload):
            return None
        return heard_lately(status, now)

    def wishes(self) -> list[str]:
        """Return what was asked to be deleted and is still there."""
        if self.settings.folder is None:
            return []
        return sorted(path.name for path in (self.settings.folder / REQUESTS).glob("*.*"))

    def of_meeting(self, meeting_id: str) -> list[ShelvedRecording]:
        """Return a meeting's recordings, the oldest first."""
        folder = self.settings.folder
        if folder is None:
            return []
        paths = sorted((folder / meeting_id).glob(f"*/{FACTS}"))[-MAX_SHOWN:]
        found = (self._read(folder, path) for path in paths)
        return [one for one in found if one is not None]

    def _read(self, folder: Path, path: Path) -> ShelvedRecording | None:
        try:
            facts = codec.decode(RecordingFacts, path.read_bytes())
        except (OSError, MalformedPayload) as exc:
            _log.warning("recording_unreadable", path=str(path), error=str(exc))
            return None
        if (facts.meeting_id, facts.run) != (path.parent.parent.name, path.parent.name):
            return None
        is_ready = facts.phase is RecordingPhase.READY
        return ShelvedRecording(
            facts,
            _size(path.with_name(STREAMS)),
            _size(path.with_name(HANDOUT)) if is_ready else None,
            is_asked_away=_wish(folder, facts.meeting_id, facts.run).exists(),
        )

    def file(self, meeting_id: str, run: str, name: str) -> Path:
        """Return one file of a recording.

        Raises:
            NotFound: there is no such recording, or it has not got that file (yet).
        """
        found = self.get(meeting_id, run)
        size = found.handout_bytes if name == HANDOUT else found.streams_bytes
        if size is None or self.settings.folder is None:
            raise NotFound("tệp ghi hình", "recording")
        return self.settings.folder / meeting_id / run / name

    def chapters(self, meeting_id: str, run: str) -> list[SpokenChapter]:
        """Return who spoke when; nobody where that is not known (yet).

        Raises:
            NotFound: there is no such recording.
        """
        self.get(meeting_id, run)
        if self.settings.folder is None:
            return []
        path = self.settings.folder / meeting_id / run / CHAPTERS
        try:
            lines = path.read_bytes().splitlines()[:MAX_CHAPTERS]
            return [codec.decode(SpokenChapter, line) for line in lines]
        except FileNotFoundError:
            return []  # made before there were any, or not over yet
        except (OSError, MalformedPayload) as exc:
            _log.warning("recording_unreadable", path=str(path), error=str(exc))
            return []

    def ask_away(self, meeting_id: str, run: str, *, before: Callable[[], None]) -> None:
        """Ask the recorder to delete a recording.

        Args:
            before: called once it is found, before the wish is written.

        Raises:
            NotFound: there is no such recording.
            StorageError: the wish cannot be written.
        """
        self.get(meeting_id, run)
        before()
        if self.settings.folder is not None:
            try:
                _wish(self.settings.folder, meeting_id, run).touch(mode=0o640)
            except OSError as exc:
                raise StorageError(f"a deletion cannot be asked for: {exc}") from exc

    def get(self, meeting_id: str, run: str) -> ShelvedRecording:
        """Return one recording.

        Raises:
            NotFound: there is no such recording.
        """
        for one in self.of_meeting(meeting_id):
            if one.facts.run == run:
                return one
        raise NotFound("bản ghi", "recording")


@dataclass(slots=True)
class LastLook:
    """What the watch has read last, for a page that is to wait for no disk.

    `failed` are the meetings with a recording that became no file, and when that one ended.
    """

    status: RecorderStatus | None = None
    failed: Mapping[str, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Openings:
    """Who has opened which file lately. Whatever range is asked for first is an opening."""

    _told: Seldom[tuple[str, str, str, str]] = field(
        default_factory=lambda: Seldom(every_s=ONE_OPENING_S)
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_new(self, person: str, meeting_id: str, run: str, name: str, *, now_s: float) -> bool:
        """Return whether a request opens a file, and does not go on with it."""
        with self._lock:
            return self._told.untold((person, meeting_id, run, name), now_s=now_s) is not None


def heard_lately(status: RecorderStatus | None, now: datetime) -> RecorderStatus | None:
    """Return what a recorder said; None: that was too long ago."""
    is_late = status is None or abs(now - status.reported_at) > SILENCE_LIMIT
    return None if is_late else status


def recorded_now(status: RecorderStatus | None, meeting_id: str) -> RecordedNow | None:
    """Return what the recorder says of one meeting; None: nothing."""
    meetings = status.meetings if status is not None else ()
    return next((one for one in meetings if one.meeting_id == meeting_id), None)


def _wish(folder: Path, meeting_id: str, run: str) -> Path:
    return folder / REQUESTS / f"{meeting_id}.{run}"


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
