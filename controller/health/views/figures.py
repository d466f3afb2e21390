"""Figures as a person reads them: the table's label, the unit's form."""

from controller.web.i18n.language import Language
from monitoring.figures import Figure, FigureUnit


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
            return f"{words.number(value)}\u00a0°C"
        case FigureUnit.BITS_PER_SECOND:
            return words.rate(round(value))
        case FigureUnit.BYTES:
            return words.size(round(value))
        case FigureUnit.COUNT:
            return words.number(value, 0 if value == round(value) else 1)
