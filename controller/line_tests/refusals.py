"""Why a line is not tested now, in words, and when it may be."""

from datetime import datetime

from controller.errors import Conflict
from controller.web.i18n.catalogue import chosen
from controller.web.i18n.language import Language
from monitoring.judgement.line_tests import Hindrance, Refused


def sentence(words: Language, refused: Refused, now: datetime) -> str:
    """Return why not, and when it may be possible."""
    why = {
        Hindrance.MEETING: words.gettext(
            "The point is in a meeting, or has one within a quarter of an hour."
        ),
        Hindrance.NOT_WELL: words.gettext("The point does not report now."),
        Hindrance.METERED: words.gettext(
            "The line is charged by volume: confirm first what the test takes."
        ),
        Hindrance.BUDGET: words.gettext("What tests may take of this line in a day is used up."),
        Hindrance.SHARED: words.gettext(
            "This point, or another one on the same line, is being tested."
        ),
        Hindrance.FULL: words.gettext(
            "Other points are being tested, and the centre's own line has to stay free."
        ),
        Hindrance.OFF: words.gettext("Line tests are switched off in the centre's settings."),
    }[refused.why]
    if refused.possible_at is None:
        return why
    when = words.moment(refused.possible_at, now)
    again = words.gettext("Possible again from %(when)s.", when=when)
    return f"{why} {again}"


def conflict(refused: Refused, now: datetime) -> Conflict:
    """Return the refusal of a request."""
    vi, en = (sentence(chosen(code), refused, now) for code in ("vi", "en"))
    return Conflict(f"line_test_{refused.why.value}", vi, en)
