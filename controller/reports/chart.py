"""Bars of shares as the page draws them: heights in pixels, places along in per cent. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

HEIGHT, TOP, BOTTOM = 204, 26, 154
GUTTER, WIDEST, FILLED = 12.0, 14.0, 0.62
_FEW_BARS = 6
_FLOORS = (Fraction(99, 100), Fraction(95, 100), Fraction(9, 10), Fraction(8, 10), Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class ShareOf:
    """What one bar shows. `share` None: there is nothing to show, and the bar is a gap.

    `short` and `shown_short`: where bars stand close.
    """

    name: str
    shown: str
    counts: str
    share: Fraction | None
    href: str
    is_before: bool = False
    short: str = ""
    shown_short: str = ""


@dataclass(frozen=True, slots=True)
class ShareBar:
    """One bar: `x`, `width` and `middle` in per cent of the drawing, `y` and `height` in pixels."""

    of: ShareOf
    x: float
    middle: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class ShareTick:
    """One line across, at a share."""

    share: Fraction
    y: float


@dataclass(frozen=True, slots=True)
class ShareChart:
    """All of it. `floor`: the share at which the axis begins; `is_dense`: bars stand close."""

    bars: tuple[ShareBar, ...]
    ticks: tuple[ShareTick, ...]
    floor: Fraction
    target_y: float | None
    is_dense: bool
    height: int = HEIGHT
    bottom: int = BOTTOM
    gutter: float = GUTTER


def drawn(shares: Sequence[ShareOf], target: Fraction, *, is_cut: bool) -> ShareChart:
    """Return the chart of some shares.

    Args:
        is_cut: the axis may begin above 0, so that shares near 100 % are told apart.
    """
    known = [one.share for one in shares if one.share is not None]
    floor = _floor([*known, target]) if is_cut and known else Fraction(0)
    slot = (100 - GUTTER) / max(1, len(shares))
    width = min(WIDEST, slot * FILLED)
    bars = []
    for number, one in enumerate(shares):
        middle = GUTTER + slot * (number + 0.5)
        y = _y(one.share, floor) if one.share is not None else float(BOTTOM)
        bars.append(
            ShareBar(
                one, round(middle - width / 2, 2), round(middle, 2), round(width, 2), y, BOTTOM - y
            )
        )
    return ShareChart(
        bars=tuple(bars),
        ticks=tuple(
            ShareTick(one, _y(one, floor)) for one in (floor, (floor + 1) / 2, Fraction(1))
        ),
        floor=floor,
        target_y=_y(target, floor),
        is_dense=len(shares) > _FEW_BARS,
    )


def _floor(shares: Sequence[Fraction]) -> Fraction:
    least = min(shares)
    return next((one for one in _FLOORS if one < least), Fraction(0))


def _y(share: Fraction, floor: Fraction) -> float:
    return round(BOTTOM - float((share - floor) / (1 - floor)) * (BOTTOM - TOP), 1)
