"""The states of meetings as a person sees them."""

from controller.web.elements import Badge
from controller.web.i18n.language import N_, Language

_SHAPES = {
    "draft": ("draft", N_("Draft")),
    "scheduled": ("scheduled", N_("Scheduled")),
    "live": ("in-meeting", N_("In meeting")),
    "ended": ("tick", N_("Ended")),
    "cancelled": ("cancelled", N_("Cancelled")),
}


def of_meeting(state: str, words: Language) -> Badge:
    """Return a meeting's badge."""
    shape, word = _SHAPES[state]
    css = shape if state == "live" else "calm"
    return Badge(shape, f"state-{css}", words.gettext(word))
