"""Recordings on a shelf, as a recorder leaves them, without one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from contracts import codec
from contracts.ids import MeetingId, RecorderId
from contracts.recordings import (
    FACTS,
    HANDOUT,
    REQUESTS,
    STREAMS,
    RecordedNow,
    RecorderStatus,
    RecorderTrouble,
    RecordingFacts,
    RecordingPhase,
)
from controller.settings import RecordingSettings

RUN = "20261124t013002"
CONTENT = bytes(range(256)) * 40


def shelf_settings(folder: Path) -> RecordingSettings:
    """Make an empty shelf."""
    (folder / "recordings" / REQUESTS).mkdir(parents=True)
    return RecordingSettings(folder=folder / "recordings", status_file=folder / "status.json")


def put(
    settings: RecordingSettings,
    meeting_id: str,
    phase: RecordingPhase,
    *,
    run: str = RUN,
    progress_ratio: float = 0.0,
    dropped: int = 0,
    content: bytes = CONTENT,
) -> Path:
    """Put a recording of an hour and a half there; return its folder."""
    assert settings.folder is not None
    folder = settings.folder / meeting_id / run
    folder.mkdir(parents=True)
    begins_at = datetime.now(UTC) - timedelta(minutes=95)
    facts = RecordingFacts(
        meeting_id=MeetingId(meeting_id),
        run=run,
        title="Giao ban",
        begins_at=begins_at,
        ends_at=None if phase is RecordingPhase.RECORDING else begins_at + timedelta(minutes=90),
        phase=phase,
        progress_ratio=progress_ratio,
        dropped=dropped,
    )
    (folder / FACTS).write_bytes(codec.encode(facts))
    (folder / STREAMS).write_bytes(content)
    if phase is RecordingPhase.READY:
        (folder / HANDOUT).write_bytes(content)
    return folder


def say(
    settings: RecordingSettings,
    meeting_id: str,
    *,
    is_recording: bool = True,
    trouble: RecorderTrouble | None = None,
    age: timedelta = timedelta(),
    general: RecorderTrouble | None = None,
) -> None:
    """Say what the recorder does."""
    one = RecordedNow(
        meeting_id=MeetingId(meeting_id), is_recording=is_recording, trouble=trouble, run=RUN
    )
    status = RecorderStatus(
        recorder_id=RecorderId("recorder-1"),
        reported_at=datetime.now(UTC) - age,
        trouble=general,
        meetings=(one,),
    )
    settings.status_file.write_bytes(codec.encode(status))
