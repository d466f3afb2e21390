"""That the centre's own clock is not believed, and what to do about it."""

from controller.web.i18n.language import N_, Language
from runtime.clock_trust import Doubt

_WHY = {
    Doubt.LEAPT: N_("The clock of the centre's machine has just been set."),
    Doubt.UNSYNCHRONISED: N_("No time server keeps the clock of the centre's machine right."),
    Doubt.BEHIND: N_("The clock of the centre's machine is behind those of the points."),
    Doubt.AHEAD: N_("The clock of the centre's machine is ahead of those of the points."),
}


def text(words: Language, doubt: Doubt | None) -> str:
    """Return the sentences; empty where the clock is believed."""
    if doubt is None:
        return ""
    step = words.gettext(
        "Until it is believed, no meeting ends by itself. See to its time server (timedatectl)."
    )
    return f"{words.gettext(_WHY[doubt])} {step}"
