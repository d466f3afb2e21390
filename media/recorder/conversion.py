"""What is done with a recording that is over, in a process of its own at the lowest priority.

    completed    torn bytes go; jump marks, chapters and length are added to the Matroska file
    converted    an MP4 is made beside it under another name, and renamed once it is whole

Both can be repeated at will: what was interrupted begins anew.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from contracts.recordings import HANDOUT, STREAMS
from media.recorder import folders, handout, matroska_file, speech
from media.recorder.settings import HandoutSettings

NICEST = 19
TOLD_EVERY = 0.01
PART = f".{HANDOUT}.part"


def convert(folder: Path, settings: HandoutSettings, *, told: Callable[[float], None]) -> None:
    """Complete a recording and make its file to hand out.

    Args:
        told: of the share that is done, 0 to 1.

    Raises:
        BrokenRecording: there is nothing in it that can be read.
        OSError: it cannot be read or written.
    """
    source, part = folder / STREAMS, folder / PART
    length_ms = matroska_file.length_ms(source)
    chapters = speech.chapters(
        folders.spoken(folder), folders.names_of(folder), length_ms=length_ms
    )
    matroska_file.finish(source, chapters)
    folders.tell_chapters(folder, chapters)
    done = 0.0

    def progress(at_ms: int) -> None:
        nonlocal done
        share = min(1.0, at_ms / max(1, length_ms))
        if share - done >= TOLD_EVERY:
            done = share
            told(share)

    try:
        handout.convert(source, part, chapters, settings, length_ms=length_ms, progress=progress)
        part.chmod(folders.MODE)
        part.replace(folder / HANDOUT)
    finally:
        part.unlink(missing_ok=True)


def run_here(folder: Path, settings: HandoutSettings) -> None:
    """Convert in this process, which says on stdout how far it is."""
    os.nice(NICEST)
    with suppress(OSError):  # the disk is left to others too, where that can be said
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))

    def told(share: float) -> None:
        sys.stdout.write(f"{share:.3f}\n")
        sys.stdout.flush()

    convert(folder, settings, told=told)
