"""The choice of the time that a point's chart shows, and what its texts are then."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from controller.health.days_asked import DAYS_KEY
from controller.health.spans import USUAL, ChartSpan
from controller.health.steps import Step
from controller.health.views import span_names
from controller.web.i18n.language import N_, Language

_MEANS = {
    Step.MINUTE: N_("mean of a minute"),
    Step.FIVE_MINUTES: N_("mean of 5 minutes"),
    Step.HOUR: N_("mean of an hour"),
    Step.DAY: N_("mean of a day"),
}
_MEDIANS = {
    Step.MINUTE: N_("median of a minute"),
    Step.FIVE_MINUTES: N_("median of 5 minutes"),
    Step.HOUR: N_("median of an hour"),
    Step.DAY: N_("median of a day"),
}
_TABLES = {
    Step.FIVE_MINUTES: N_("Table of the figures, by 5 minutes"),
    Step.HOUR: N_("Table of the figures, by the hour"),
    Step.DAY: N_("Table of the figures, by the day"),
}


@dataclass(frozen=True, slots=True)
class SpanChoice:
    """One of the usual spans, as a link."""

    name: str
    full_name: str
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SpanView:
    """What is chosen, and what can be; `kept` of the address stays whatever is chosen.

    `own`: what of the address says the time.
    """

    title: str
    path: str
    kept: tuple[tuple[str, str], ...]
    own: tuple[tuple[str, str], ...]
    query: str
    choices: tuple[SpanChoice, ...]
    first_day: str
    last_day: str
    is_by_days: bool
    table: str
    row_head: str


def view(
    words: Language, span: ChartSpan, path: str, kept: Sequence[tuple[str, str]] = ()
) -> SpanView:
    """Return the choice as the page at a path shows it."""
    return SpanView(
        title=span_names.title(words, span),
        path=path,
        kept=tuple(kept),
        own=tuple(parse_qsl(span.query.removeprefix("?"))),
        query=_with(kept, span.query),
        choices=tuple(
            SpanChoice(
                span_names.short(words, key),
                span_names.usual(words, key),
                _with(kept, f"?span={key}"),
                key == span.key,
            )
            for key in USUAL
        ),
        first_day=span.first_day.isoformat(),
        last_day=span.last_day.isoformat(),
        is_by_days=span.key == DAYS_KEY,
        table=words.gettext(_TABLES[span.row]),
        row_head=words.gettext("Day") if span.row is Step.DAY else words.gettext("From"),
    )


def compared(point_id: str, span: ChartSpan) -> str:
    """Return where a point is compared with others over the same time."""
    return f"/compare{_with([('point', point_id)], span.query)}"


def _with(kept: Sequence[tuple[str, str]], query: str) -> str:
    if not kept:
        return query
    return f"?{urlencode(kept)}{query.replace('?', '&')}"


def mean(words: Language, step: Step) -> str:
    """Return what one value of a figure's chart is."""
    return words.gettext(_MEANS[step])


def median(words: Language, step: Step) -> str:
    """Return what one value of the round trip's chart is."""
    return words.gettext(_MEDIANS[step])
