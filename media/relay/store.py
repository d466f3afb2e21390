"""The relay's meetings on disk, so that it works when started with the broker dead."""

from pathlib import Path

import structlog

from contracts import codec
from contracts.desired import RelayMeeting
from contracts.errors import MalformedPayload
from contracts.ids import MeetingId
from runtime import atomic

_log = structlog.get_logger()


class MeetingStore:
    """One file per meeting. What cannot be written is logged and kept in memory only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> list[RelayMeeting]:
        """Return all that can be read."""
        meetings = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                meetings.append(codec.decode(RelayMeeting, path.read_bytes()))
            except (OSError, MalformedPayload) as exc:
                _log.warning("meeting_file_unreadable", file=str(path), error=str(exc))
        return meetings

    def save(self, meeting: RelayMeeting) -> None:
        """Write one meeting."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(self._path(meeting.meeting_id), codec.encode(meeting))
        except OSError as exc:
            _log.error("meeting_not_stored", meeting_id=meeting.meeting_id, error=str(exc))

    def forget(self, meeting_id: MeetingId) -> None:
        """Delete one meeting."""
        try:
            self._path(meeting_id).unlink(missing_ok=True)
        except OSError as exc:
            _log.warning("meeting_not_deleted", meeting_id=meeting_id, error=str(exc))

    def _path(self, meeting_id: MeetingId) -> Path:
        return self._folder / f"{meeting_id}.json"
