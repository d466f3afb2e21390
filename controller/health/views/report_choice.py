"""The choice of the time over which availability is told, and what it is called."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qsl

from controller.health import report_spans
from controller.health.days_asked import DAYS_KEY
from controller.health.report_spans import MONTH_KEY, USUAL, ReportSpan
from controller.health.views import span_names
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class MonthOption:
    """One month of the list."""

    key: str
    name: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class ReportOption:
    """One of the usual spans."""

    key: str
    name: str
    full_name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ReportChoice:
    """What is chosen, and what can be; `fields` of a form choose the same again."""

    title: str
    fields: tuple[tuple[str, str], ...]
    usual: tuple[ReportOption, ...]
    months: tuple[MonthOption, ...]
    first_day: str
    last_day: str
    is_month: bool
    is_by_days: bool


def view(words: Language, now: datetime, span: ReportSpan) -> ReportChoice:
    """Return the choice as a page shows it."""
    return ReportChoice(
        title=title(words, span),
        fields=tuple(parse_qsl(span.query)),
        usual=tuple(
            ReportOption(
                key,
                span_names.short(words, key),
                span_names.usual(words, key),
                key == span.key,
            )
            for key in USUAL
        ),
        months=months(words, now, span),
        first_day=span.first_day.isoformat(),
        last_day=span.last_day.isoformat(),
        is_month=span.key == MONTH_KEY,
        is_by_days=span.key == DAYS_KEY,
    )


def months(
    words: Language, now: datetime, span: ReportSpan | None = None
) -> tuple[MonthOption, ...]:
    """Return the months that can be chosen, the newest first."""
    chosen = span.first_day if span is not None and span.key == MONTH_KEY else None
    return tuple(
        MonthOption(f"{day:%Y-%m}", _month(words, day), day == chosen)
        for day in report_spans.months(now)
    )


def title(words: Language, span: ReportSpan) -> str:
    """Return what a span is called."""
    if span.key == MONTH_KEY:
        return _month(words, span.first_day)
    return span_names.title(words, span)


def _month(words: Language, day: date) -> str:
    return words.gettext("Month %(month)s", month=f"{day:%m/%Y}")
