"""A file that Chromium takes for a camera: the testcard of a point, whose number can be read."""

from pathlib import Path

import numpy as np

from media.testcard.marker import SLOT_MS
from media.testcard.picture import HEIGHT, WIDTH, Picture

FRAMES = 50


NOISE_ROWS, NOISE_SHADES = slice(HEIGHT * 3 // 8, HEIGHT * 5 // 8), 48


def write_camera(path: Path, number: int, *, is_busy: bool = False) -> None:
    """Write two seconds of a point's pictures; Chromium plays them again and again.

    Args:
        is_busy: a quarter of each is noise, so that no encoder has bits to spare.
    """
    chance = np.random.default_rng(number)
    picture = Picture(number, f"UBND xã Vân Sơn {number}")
    planes = [np.zeros((HEIGHT // part, WIDTH // part), dtype=np.uint8) for part in (1, 2, 2)]
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F25:1 Ip A1:1 C420jpeg\n".encode())
        for index in range(FRAMES):
            picture.draw(planes, index * SLOT_MS)
            if is_busy:
                band = planes[0][NOISE_ROWS]
                band[:] = 128 + chance.integers(0, NOISE_SHADES, band.shape, dtype=np.uint8)
            file.write(b"FRAME\n" + b"".join(plane.tobytes() for plane in planes))
