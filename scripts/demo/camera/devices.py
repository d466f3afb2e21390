"""Camera and microphone of a room, kept at the present moment; the camera can be pulled out."""

import time
from functools import partial
from pathlib import Path

from scripts.demo.camera.film import EXPOSED_MS, Film
from scripts.demo.camera.microphone import Microphone
from scripts.demo.camera.names import CAMERA, MICROPHONE
from scripts.demo.camera.reads import Reads

TICK_S = 0.01
PICTURE_S = 0.04


class Devices:
    """Two files in a folder; `tick` again and again."""

    def __init__(self, folder: Path, number: int, name: str, *, times: int = 1) -> None:
        """Make both; `times`: see Film."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / CAMERA
        self._make = partial(Film, self._file, number, name, times=times)
        self._microphone = Microphone(folder / MICROPHONE, number)
        self._due_s: float | None = None
        self.plug()

    def plug(self) -> None:
        """Put the camera in."""
        self._film: Film | None = self._make()
        self._film.take(_wall_ms(), is_read=False)
        self._reads = Reads(self._file)

    def unplug(self) -> None:
        """Pull the camera out."""
        if self._film is not None:
            self._file.unlink(missing_ok=True)
            self._film.end()
            self._reads.close()
            self._film = self._due_s = None

    def tick(self) -> None:
        """Do what is due within the next hundredth of a second."""
        wait_s = TICK_S if self._due_s is None else self._due_s - time.monotonic()
        if self._film is None:
            time.sleep(TICK_S)
        elif self._reads.wait(min(TICK_S, wait_s)):
            self._due_s = time.monotonic() + PICTURE_S - EXPOSED_MS / 1000
        if self._film and self._due_s is not None and time.monotonic() >= self._due_s:
            self._film.take(_wall_ms(), is_read=True)
            self._due_s = None
        self._microphone.tune(time.time() * 1000)


def _wall_ms() -> int:
    return int(time.time() * 1000)
