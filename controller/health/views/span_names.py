"""What the times are called that charts and availability are told over."""

from controller.health.days_asked import DAYS_KEY, AskedSpan
from controller.web.i18n.language import N_, Language

_NAMES = {
    "1h": N_("Last hour"),
    "6h": N_("Last 6 hours"),
    "24h": N_("Last 24 hours"),
    "7d": N_("Last 7 days"),
    "30d": N_("Last 30 days"),
    "90d": N_("Last 90 days"),
    "1y": N_("Last year"),
}
_SHORT = {
    "1h": N_("1 h"),
    "6h": N_("6 h"),
    "24h": N_("24 h"),
    "7d": N_("7 d"),
    "30d": N_("30 d"),
    "90d": N_("90 d"),
    "1y": N_("1 y"),
}


def usual(words: Language, key: str) -> str:
    """Return what a usual time is called."""
    return words.gettext(_NAMES[key])


def short(words: Language, key: str) -> str:
    """Return the same where there is little room."""
    return words.gettext(_SHORT[key])


def title(words: Language, span: AskedSpan) -> str:
    """Return what a usual time, or one from day to day, is called."""
    if span.key != DAYS_KEY:
        return usual(words, span.key)
    first, last = f"{span.first_day:%d/%m/%Y}", f"{span.last_day:%d/%m/%Y}"
    return first if first == last else f"{first} – {last}"
