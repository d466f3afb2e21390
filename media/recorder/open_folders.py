"""The folders that are written to: each until its last piece is on the disk, or given up."""

import threading
from pathlib import Path

from media.recorder.file_writer import FileWriter


class OpenFolders:
    """Asked by whoever converts or deletes, from other threads too."""

    def __init__(self) -> None:
        self._writers: dict[Path, FileWriter] = {}
        self._left: set[Path] = set()
        self._lock = threading.Lock()

    def open(self, folder: Path, writer: FileWriter) -> None:
        """Say that a folder is written to."""
        with self._lock:
            self._writers[folder] = writer
            self._left.discard(folder)

    def leave(self, folder: Path) -> None:
        """Say that nothing more is given to its writer, which may have to wait for the disk."""
        with self._lock:
            self._left.add(folder)

    def __contains__(self, folder: object) -> bool:
        """Return whether a folder is written to, or its writer is not done with it."""
        with self._lock:
            for one in [one for one in self._left if self._writers[one].is_done]:
                del self._writers[one]
                self._left.remove(one)
            return folder in self._writers
