"""Figures as a person reads them: the table's label, the unit's form, and drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controller.health.figure_queries import Over
from controller.web.i18n.language import Language
from monitoring.figures import BY_NAME, FIGURES, Figure, FigureUnit

DRAWN = tuple(f for f in FIGURES if f.columns is None or f.section != "line")
"""The line has charts of its own."""
_ON_AXIS: Mapping[FigureUnit, tuple[str, float]] = {
    FigureUnit.RATIO: ("%", 100),
    FigureUnit.MILLISECONDS: ("ms", 1),
    FigureUnit.CELSIUS: ("°C", 1),
    FigureUnit.DECIBEL_MILLIWATTS: ("dBm", 1),
    FigureUnit.DECIBELS: ("dB", 1),
    FigureUnit.BITS_PER_SECOND: ("Mbit/s", 1e-6),
    FigureUnit.BYTES: ("B", 1),
    FigureUnit.COUNT: ("", 1),
}


@dataclass(frozen=True, slots=True)
class DrawnFigure:
    """A chart of one figure, a value a bucket; `band`: what the band is, if not the usual."""

    name: str
    title: str
    mean: Sequence[float | None]
    lowest: Sequence[float | None]
    highest: Sequence[float | None]
    band: str = ""

    def as_json(self) -> dict[str, object]:
        """Return it as the script reads it."""
        return {name: getattr(self, name) for name in self.__slots__}


def label(words: Language, figure: Figure) -> str:
    """Return what a figure is called."""
    return figure.vi if words.code == "vi" else figure.en


def shown(words: Language, unit: FigureUnit, value: float) -> str:
    """Return a value with its unit."""
    match unit:
        case FigureUnit.RATIO:
            return words.percent(value, 0)
        case FigureUnit.MILLISECONDS:
            return words.milliseconds(value)
        case FigureUnit.CELSIUS:
            return words.celsius(value)
        case FigureUnit.DECIBEL_MILLIWATTS:
            return f"{words.number(value, 0)} dBm"
        case FigureUnit.DECIBELS:
            return f"{words.number(value, 0)} dB"
        case FigureUnit.BITS_PER_SECOND:
            return words.rate(round(value))
        case FigureUnit.BYTES:
            return words.size(round(value))
        case FigureUnit.COUNT:
            return words.number(value, 0 if value == round(value) else 1)


def drawn(words: Language, found: Mapping[str, Sequence[Over]]) -> list[DrawnFigure]:
    """Return the charts of the figures that were measured at all."""
    return [
        _drawn(words, BY_NAME[name], buckets)
        for name, buckets in found.items()
        if any(one.samples for one in buckets)
    ]


def _drawn(words: Language, figure: Figure, buckets: Sequence[Over]) -> DrawnFigure:
    unit, factor = _ON_AXIS[figure.unit]

    def scaled(values: Sequence[float | None]) -> list[float | None]:
        return [None if value is None else round(value * factor, 3) for value in values]

    return DrawnFigure(
        figure.name,
        f"{label(words, figure)} ({unit})" if unit else label(words, figure),
        mean=scaled([one.mean for one in buckets]),
        lowest=scaled([one.lowest for one in buckets]),
        highest=scaled([one.highest for one in buckets]),
    )
