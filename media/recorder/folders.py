"""The folders of recordings: what each says of itself, made, read, told anew and taken away."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog

from contracts import codec
from contracts.errors import MalformedPayload
from contracts.ids import PointId
from contracts.recordings import (
    CHAPTERS,
    FACTS,
    REQUESTS,
    SPEECH,
    RecordingFacts,
    RecordingPhase,
    SpokenChapter,
    SpokenLine,
)
from media.recorder.matroska import Chapter
from runtime import atomic

NAMES = "names.json"
MODE = 0o640
_log = structlog.get_logger()


def run_of(now: datetime) -> str:
    """Return the name of a run that begins now."""
    return f"{now.astimezone(UTC):%Y%m%dt%H%M%S}"


def of(data_dir: Path, facts: RecordingFacts) -> Path:
    """Return a recording's folder."""
    return data_dir / facts.meeting_id / facts.run


def begin(data_dir: Path, facts: RecordingFacts, names: Mapping[PointId, str]) -> None:
    """Say that there is a recording, and how its points are called.

    Raises:
        OSError: it cannot be written.
    """
    folder = of(data_dir, facts)
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    atomic.write_bytes(folder / NAMES, msgspec.json.encode(dict(names)), mode=MODE)
    tell(data_dir, facts)


def tell(data_dir: Path, facts: RecordingFacts) -> None:
    """Write what a recording says of itself.

    Raises:
        OSError: it cannot be written; FileNotFoundError: it was deleted.
    """
    atomic.write_bytes(of(data_dir, facts) / FACTS, codec.encode(facts), mode=MODE)


def ended(facts: RecordingFacts, now: datetime, *, dropped: int = 0) -> RecordingFacts:
    """Return a recording that is over, and waits to be converted."""
    return msgspec.structs.replace(
        facts, ends_at=now, phase=RecordingPhase.WAITING, dropped=dropped, progress_ratio=0.0
    )


def every(data_dir: Path) -> Iterator[RecordingFacts]:
    """Yield all recordings; one that cannot be read is passed over and logged."""
    for path in sorted(data_dir.glob(f"*/*/{FACTS}")):
        try:
            facts = codec.decode(RecordingFacts, path.read_bytes())
        except (OSError, MalformedPayload) as exc:
            _log.warning("recording_unreadable", path=str(path), error=str(exc))
            continue
        if of(data_dir, facts) == path.parent:
            yield facts


def names_of(folder: Path) -> dict[PointId, str]:
    """Return how the points of a recording are called; empty where that cannot be read."""
    try:
        return msgspec.json.decode((folder / NAMES).read_bytes(), type=dict[PointId, str])
    except (OSError, msgspec.DecodeError):
        return {}


def tell_chapters(folder: Path, chapters: Iterable[Chapter]) -> None:
    """Write who spoke from when on, for the page on which a recording is played.

    Raises:
        OSError: it cannot be written.
    """
    lines = [codec.encode(SpokenChapter(one.begins_ms, one.title[:400])) for one in chapters]
    atomic.write_bytes(folder / CHAPTERS, b"".join(line + b"\n" for line in lines), mode=MODE)


def spoken(folder: Path) -> list[SpokenLine]:
    """Return who spoke when. A line that was torn off at the end is passed over."""
    try:
        lines = (folder / SPEECH).read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(codec.decode(SpokenLine, line))
        except MalformedPayload:
            continue
    return found


def requested(data_dir: Path) -> dict[Path, Path]:
    """Return the folders that are to be deleted, each with the wish; forget those of nothing."""
    asked = {}
    for request in sorted((data_dir / REQUESTS).glob("*.*")):
        meeting_id, _, run = request.name.partition(".")
        folder = data_dir / meeting_id / run
        # A name that leads elsewhere is no recording's.
        if folder.parent.parent == data_dir and (folder / FACTS).is_file():
            asked[folder] = request
        else:
            request.unlink(missing_ok=True)
    return asked


def delete(folder: Path) -> None:
    """Delete one recording, and its meeting's folder with the last.

    Raises:
        OSError: it cannot be deleted.
    """
    shutil.rmtree(folder)
    try:
        folder.parent.rmdir()
    except OSError:
        return  # it has others
