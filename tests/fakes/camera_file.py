"""A file that Chromium takes for a camera: the testcard of a point, whose number can be read."""

from pathlib import Path

import numpy as np

from media.testcard.marker import SLOT_MS
from media.testcard.picture import HEIGHT, WIDTH, Picture

FRAMES = 50


def write_camera(path: Path, number: int) -> None:
    """Write two seconds of a point's pictures; Chromium plays them again and again."""
    picture = Picture(number, f"UBND xã Vân Sơn {number}")
    planes = [np.zeros((HEIGHT // part, WIDTH // part), dtype=np.uint8) for part in (1, 2, 2)]
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F25:1 Ip A1:1 C420jpeg\n".encode())
        for index in range(FRAMES):
            picture.draw(planes, index * SLOT_MS)
            file.write(b"FRAME\n" + b"".join(plane.tobytes() for plane in planes))
