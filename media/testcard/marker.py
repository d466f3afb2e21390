"""The strip: what a synthetic picture says about itself, readable after any scaling.

The lowest 2/15 of the picture (48 of 360 lines) is 3 rows of 20 blocks, black for 0
and white for 1, row by row, most significant bit first:

    point number           8 bits
    frame counter         24 bits   the number of the 40 ms slot of the wall clock
    made at               20 bits   wall clock in milliseconds, modulo 2**20
    check                  8 bits   CRC-8 (polynomial 0x07, initial 0xFF) over the
                                    52 bits above, padded by four zero bits in front

So a skipped slot and a lost picture both show as a jump of the counter, and a source
that was restarted goes on counting where it would have been. web/kiosk/strip.ts is
the same reader for browsers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROWS = 3
COLUMNS = 20
HEIGHT_RATIO = 2 / 15
SLOT_MS = 40
COUNTER_MODULUS = 1 << 24
TIME_MODULUS_MS = 1 << 20
BLACK = 16
WHITE = 235
MIN_CONTRAST = 60.0

Luma = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Strip:
    """What one picture says: whose it is, which, and when it was made."""

    point_number: int
    counter: int
    made_at_ms: int


def crc8(data: bytes) -> int:
    """Return CRC-8 with polynomial 0x07 and initial value 0xFF."""
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = ((crc << 1) ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc


def at(point_number: int, wall_ms: int) -> Strip:
    """Return the strip of a picture made at a wall clock time (ms since the epoch)."""
    return Strip(
        point_number & 0xFF, (wall_ms // SLOT_MS) % COUNTER_MODULUS, wall_ms % TIME_MODULUS_MS
    )


def to_bits(strip: Strip) -> NDArray[np.bool_]:
    """Return the 60 blocks as rows by columns, true for white."""
    value = strip.point_number << 44 | strip.counter << 20 | strip.made_at_ms
    framed = value << 8 | crc8(value.to_bytes(7, "big"))
    bits = [bool(framed >> shift & 1) for shift in range(ROWS * COLUMNS - 1, -1, -1)]
    return np.array(bits).reshape(ROWS, COLUMNS)


def draw(strip: Strip, luma: Luma) -> None:
    """Write the strip into the lowest lines of a picture's luma plane (height by width)."""
    top, height, width = _place(luma)
    levels = np.where(to_bits(strip), WHITE, BLACK).astype(np.uint8)
    rows = np.arange(height) * ROWS // height
    columns = np.arange(width) * COLUMNS // width
    luma[top : top + height, :width] = levels[rows[:, None], columns[None, :]]


def read(luma: Luma) -> Strip | None:
    """Return the strip of a decoded picture of any size, or None where there is none.

    Only the middle half of every block counts, so blurred edges do not matter.
    """
    top, height, width = _place(luma)
    if height < ROWS * 4 or width < COLUMNS * 4:
        return None
    means = _block_means(luma[top : top + height, :width])
    darkest, brightest = float(means.min()), float(means.max())
    if brightest - darkest < MIN_CONTRAST:
        return None
    middle = (darkest + brightest) / 2
    if float(np.abs(means - middle).min()) < (brightest - darkest) / 8:
        return None
    return _from_bits(means > middle)


def age_ms(strip: Strip, now_ms: int) -> int:
    """Return how long ago the picture was made, from -2**19 to 2**19 - 1 milliseconds."""
    half = TIME_MODULUS_MS // 2
    return (now_ms - strip.made_at_ms + half) % TIME_MODULUS_MS - half


def counter_step(previous: int, current: int) -> int:
    """Return how far the counter moved, negative where it moved back."""
    half = COUNTER_MODULUS // 2
    return (current - previous + half) % COUNTER_MODULUS - half


def _place(luma: Luma) -> tuple[int, int, int]:
    height = round(luma.shape[0] * HEIGHT_RATIO)
    return luma.shape[0] - height, height, luma.shape[1]


def _block_means(area: Luma) -> NDArray[np.float64]:
    height, width = area.shape
    if height % ROWS == 0 and width % COLUMNS == 0:
        block_height, block_width = height // ROWS, width // COLUMNS
        blocks = area.reshape(ROWS, block_height, COLUMNS, block_width)
        inner = blocks[
            :,
            block_height // 4 : block_height - block_height // 4,
            :,
            block_width // 4 : block_width - block_width // 4,
        ]
        return np.asarray(inner.mean(axis=(1, 3)), dtype=np.float64)
    means = np.empty((ROWS, COLUMNS))
    for row in range(ROWS):
        for column in range(COLUMNS):
            lines = _middle_half(row, ROWS, height)
            pixels = _middle_half(column, COLUMNS, width)
            means[row, column] = area[lines, pixels].mean()
    return means


def _middle_half(index: int, count: int, length: int) -> slice:
    size = length / count
    start = round((index + 0.25) * size)
    return slice(start, max(start + 1, round((index + 0.75) * size)))


def _from_bits(bits: NDArray[np.bool_]) -> Strip | None:
    framed = 0
    for bit in bits.ravel():
        framed = framed << 1 | int(bit)
    value, check = framed >> 8, framed & 0xFF
    if crc8(value.to_bytes(7, "big")) != check:
        return None
    return Strip(value >> 44, value >> 20 & (COUNTER_MODULUS - 1), value & (TIME_MODULUS_MS - 1))
