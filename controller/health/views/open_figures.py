"""Open figures as a person reads them: the table's label, the unit's form."""

from contracts.reports import HealthBody
from controller.health.views.device import Fact
from controller.web.i18n.language import Language
from monitoring.figures import FigureUnit, known


def facts(words: Language, health: HealthBody | None) -> tuple[Fact, ...]:
    """Return the figures of the last report that the table knows."""
    return tuple(
        Fact(
            figure.vi if words.code == "vi" else figure.en,
            shown(words, figure.unit, value),
            figure.name,
        )
        for figure, value in known(health.figures if health else {})
    )


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
