"""The synthetic picture: a room, a person who sways, the point's name, a clock, the strip.

Everything that does not move is drawn once with Pillow, which shapes Vietnamese letters
properly; a frame is then a copy of it with a few small pieces pasted in.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from media.testcard import marker

WIDTH, HEIGHT = 640, 360
DEFAULT_FONT = Path("/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf")
_VIETNAM = timezone(timedelta(hours=7))
_HUES = (205, 25, 150, 280, 50, 340, 95, 240, 15, 180, 310, 125)
_SWAY_PERIOD_S = 5.0
_CLOCK_AT = (24, 64)
_CLOCK_SIZE = 46
_PERSON_SIZE = (200, 208)

Plane = NDArray[np.uint8]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class Picture:
    """Draws one point's frames into the planes of a reused video frame."""

    def __init__(self, point_number: int, name: str, font_file: Path = DEFAULT_FONT) -> None:
        self._number = point_number
        font = _font_loader(font_file)
        hue = _HUES[point_number % len(_HUES)]
        self._base = _planes(_room(name, point_number, hue, font))
        self._person = _Sprite(_person(hue))
        self._digits = _digits(font(_CLOCK_SIZE))

    def draw(self, planes: list[Plane], wall_ms: int) -> None:
        """Write the frame made at a wall clock time (ms since the epoch) into Y, U and V."""
        for plane, base in zip(planes, self._base, strict=True):
            plane[:] = base
        phase = wall_ms / 1000 / _SWAY_PERIOD_S * 2 * math.pi
        x = 330 + 2 * round(28 * math.sin(phase))
        y = 104 + 2 * round(2 * math.sin(3 * phase))
        self._person.paste(planes, x, y)
        self._draw_clock(planes[0], wall_ms)
        marker.draw(marker.at(self._number, wall_ms), planes[0])

    def _draw_clock(self, luma: Plane, wall_ms: int) -> None:
        local = datetime.fromtimestamp(wall_ms / 1000, _VIETNAM)
        left, top = _CLOCK_AT
        for letter in local.strftime("%H:%M:%S"):
            digit = self._digits[letter]
            height, width = digit.shape
            area = luma[top : top + height, left : left + width]
            np.maximum(area, digit, out=area)
            left += width


class _Sprite:
    """A small picture with transparency, ready to be blended into planes."""

    def __init__(self, image: Image.Image) -> None:
        alpha = np.asarray(image.getchannel("A"), dtype=np.uint16)
        small = alpha[::2, ::2]
        self._alphas = (alpha, small, small)
        self._colours = [
            plane.astype(np.uint16) * alpha
            for plane, alpha in zip(_planes(image.convert("RGB")), self._alphas, strict=True)
        ]

    def paste(self, planes: list[Plane], x: int, y: int) -> None:
        """Blend the sprite in at an even position."""
        for index, plane in enumerate(planes):
            shift = 0 if index == 0 else 1
            alpha, colour = self._alphas[index], self._colours[index]
            height, width = alpha.shape
            area = plane[y >> shift : (y >> shift) + height, x >> shift : (x >> shift) + width]
            area[:] = (area * (255 - alpha) + colour) // 255


def _planes(image: Image.Image) -> list[Plane]:
    """Return Y, U and V (4:2:0, video range) of an RGB picture."""
    full = np.asarray(image.convert("YCbCr"), dtype=np.float32)
    luma = (16 + full[:, :, 0] * (219 / 255)).astype(np.uint8)
    chroma = [(128 + (full[::2, ::2, i] - 128) * (224 / 255)).astype(np.uint8) for i in (1, 2)]
    return [luma, *chroma]


def _font_loader(path: Path) -> Callable[[int], Font]:
    def load(size: int) -> Font:
        try:
            return ImageFont.truetype(str(path), size)
        except OSError:
            return ImageFont.load_default(size)

    return load


def _hsl(hue: int, saturation: int, lightness: int) -> str:
    return f"hsl({hue}, {saturation}%, {lightness}%)"


def _room(name: str, number: int, hue: int, font: Callable[[int], Font]) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), _hsl(hue, 18, 30))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 216, WIDTH, HEIGHT), fill=_hsl(hue, 20, 22))
    draw.rectangle((24, 150, 250, 262), fill=_hsl(hue, 30, 18), outline=_hsl(hue, 20, 45), width=3)
    draw.text((44, 166), f"{number:02d}", font=font(66), fill=_hsl(hue, 60, 78))
    draw.rectangle((0, 282, WIDTH, 312), fill=_hsl(28, 35, 24))
    draw.rectangle((0, 0, WIDTH, 56), fill=_hsl(hue, 30, 12))
    draw.text((24, 8), _fitted(name, font(30), WIDTH - 48), font=font(30), fill="white")
    return image


def _fitted(text: str, font: Font, width: int) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _person(hue: int) -> Image.Image:
    width, height = _PERSON_SIZE
    large = Image.new("RGBA", (width * 2, height * 2))
    draw = ImageDraw.Draw(large)
    draw.rounded_rectangle((40, 210, 360, 520), radius=90, fill=_hsl((hue + 30) % 360, 25, 34))
    draw.polygon([(160, 214), (240, 214), (200, 300)], fill="#e8e6e1")
    draw.polygon([(190, 222), (210, 222), (216, 320), (200, 340), (184, 320)], fill="#7a2f35")
    draw.ellipse((132, 40, 268, 226), fill="#d9a982")
    draw.pieslice((122, 18, 278, 190), 180, 360, fill="#2b2725")
    draw.ellipse((166, 120, 180, 134), fill="#2b2725")
    draw.ellipse((220, 120, 234, 134), fill="#2b2725")
    draw.arc((170, 140, 230, 190), 30, 150, fill="#8a4a3c", width=6)
    return large.resize((width, height), Image.Resampling.LANCZOS)


def _digits(font: Font) -> dict[str, Plane]:
    """Return the letters of a clock as luma, all digits equally wide."""
    widest = math.ceil(max(font.getlength(d) for d in "0123456789"))
    letters: dict[str, Plane] = {}
    for letter in "0123456789:":
        width = widest if letter != ":" else math.ceil(font.getlength(letter)) + 4
        image = Image.new("L", (width, 60))
        left = (width - font.getlength(letter)) / 2
        ImageDraw.Draw(image).text((left, 0), letter, font=font, fill=235)
        letters[letter] = np.asarray(image)
    return letters
