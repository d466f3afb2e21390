"""`python -m scripts.demo.camera FOLDER NUMBER NAME [TIMES]`: a room's devices, as two files.

They are for Chromium's fake devices, and real in everything else: what they show and sound is
of this moment. TIMES 2 makes a picture of 1280x720 of that of 640x360. SIGUSR1 pulls the
camera out, SIGUSR2 puts it back.
"""

import signal
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

from scripts.demo.camera.devices import Devices


def main() -> None:
    """Keep them until killed."""
    folder, number, name = sys.argv[1:4]
    times = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    devices = Devices(Path(folder), int(number), name, times=times)
    asked: deque[Callable[[], None]] = deque()
    signal.signal(signal.SIGUSR1, lambda *_: asked.append(devices.unplug))
    signal.signal(signal.SIGUSR2, lambda *_: asked.append(devices.plug))
    while True:
        while asked:
            asked.popleft()()
        devices.tick()


if __name__ == "__main__":
    main()
