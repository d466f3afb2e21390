"""What is said of a point that is not ready: what is the matter, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller.rehearsals.board import NOT_YET
from controller.rehearsals.verdict import (
    BATTERY_SHORT,
    CLOCK_OFF,
    LINE_TROUBLE,
    NOT_REACHED,
    NOTHING_SAID,
    ON_BATTERY,
    UNHEARD,
    CameOut,
    PartFound,
    PointVerdict,
    TriedPart,
)
from controller.web.elements import Badge
from controller.web.i18n.language import N_, Language

_VERDICTS = {
    PointVerdict.READY: ("up", "state-up", N_("Stands ready")),
    PointVerdict.AT_RISK: ("at-risk", "state-degraded", N_("At risk")),
    PointVerdict.NOT_READY: ("down", "state-down", N_("Not ready")),
    PointVerdict.NO_RESULT: ("unknown", "state-unknown", N_("No result")),
}
_CAME_OUT = {
    CameOut.PASSED: ("up", "state-up", N_("Passed")),
    CameOut.AT_RISK: ("degraded", "state-degraded", N_("Weak")),
    CameOut.FAILED: ("down", "state-down", N_("Not passed")),
    CameOut.NOT_TRIED: ("unknown", "state-unknown", N_("Not tried")),
}
# In the column of what it is of: a few letters.
SHORT = {
    "no_camera": N_("No camera"),
    "no_picture": N_("No picture"),
    "black": N_("Black picture"),
    "frozen": N_("Picture stands still"),
    "no_microphone": N_("No microphone"),
    "silent": N_("Silent"),
    "not_heard": N_("Not heard"),
    "sound_not_allowed": N_("Not played"),
    "loss": N_("Packets are lost"),
    "round_trip": N_("Slow line"),
    "jitter": N_("Uneven line"),
    "rate": N_("Too little rate"),
    "nothing_came_back": N_("Nothing came back"),
    "cut": N_("Cut off"),
    LINE_TROUBLE: N_("In trouble"),
    ON_BATTERY: N_("On battery"),
    BATTERY_SHORT: N_("Battery nearly empty"),
    CLOCK_OFF: N_("Clock is off"),
    "cannot_tell": N_("Cannot tell"),
}
WHY_AND_WHAT = {
    UNHEARD: (
        N_("The centre does not hear the point."),
        N_("Call the point and ask about power and network; then the carrier."),
    ),
    NOTHING_SAID: (
        N_("The point was told of its turn and said nothing of it."),
        N_("See that the room's program runs, then rehearse again."),
    ),
    NOT_REACHED: (
        N_("The room did not reach the relay."),
        N_("See that the line lets the relay's ports through, then rehearse again."),
    ),
    "in_meeting": (
        N_("The point was in a meeting, which has precedence."),
        N_("Rehearse again when that is over."),
    ),
    "refused": (
        N_("Somebody in the room put it off at the screen."),
        N_("Call the room and agree when it suits."),
    ),
    "too_late": (
        N_("The point heard of its turn too late."),
        N_("Rehearse again; if it repeats, look at its line."),
    ),
    "no_time": (
        N_("There was no time left for its turn."),
        N_("Rehearse again while points are not joining yet."),
    ),
    "called_off": (
        N_("The rehearsal was called off with the meeting's hours."),
        N_("Nothing has to be done."),
    ),
    NOT_YET: (N_("Not rehearsed yet."), N_("Rehearse it now, or wait for its turn.")),
    "no_microphone": (
        N_("The room has no microphone."),
        N_("Put the microphone's plug in at the machine and switch it on."),
    ),
    "silent": (
        N_("The microphone gives no sound."),
        N_("Switch it on at its body; its light has to be green."),
    ),
    "not_heard": (
        N_("The sound that was played is not heard in the room."),
        N_("Switch the loudspeaker on and turn it up."),
    ),
    "no_camera": (
        N_("The room has no camera."),
        N_("Put the camera's plug in at the back of the machine."),
    ),
    "no_picture": (
        N_("The camera is open and gives no picture."),
        N_("Pull the camera's plug and put it in again."),
    ),
    "black": (
        N_("The camera's picture is black."),
        N_("Take the cover off the lens and switch the light on."),
    ),
    "frozen": (
        N_("The camera's picture stands still."),
        N_("Pull the camera's plug and put it in again."),
    ),
    "loss": (
        N_("The line loses packets."),
        N_("Put the network cable in again at both ends; then call the carrier."),
    ),
    "round_trip": (
        N_("The line is slow."),
        N_("Stop other downloads at the point; then call the carrier."),
    ),
    "jitter": (
        N_("The line is uneven."),
        N_("Stop other downloads at the point; then call the carrier."),
    ),
    "rate": (
        N_("The line carries too little for the meeting's pictures."),
        N_("Expect smaller pictures; do not plan this point as a speaker with pictures."),
    ),
    "nothing_came_back": (
        N_("What the room sent did not come back."),
        N_("See that the line lets media through both ways, then rehearse again."),
    ),
    "cut": (
        N_("The line broke while the room was being tried."),
        N_("Put the network cable in again at both ends; then call the carrier."),
    ),
    LINE_TROUBLE: (
        N_("The line has been in trouble just now."),
        N_("Look at the point's page; expect smaller pictures."),
    ),
    ON_BATTERY: (
        N_("The mains are off and the point runs on its battery."),
        N_("Have a generator started, or plan the point's part early."),
    ),
    BATTERY_SHORT: (
        N_("The mains are off and the battery is nearly empty."),
        N_("Have a generator started now; else expect the point to be absent."),
    ),
    CLOCK_OFF: (
        N_("The machine's clock cannot be trusted."),
        N_("See that the point reaches the centre; it then sets its clock."),
    ),
    "cannot_tell": (
        N_("This room cannot say by itself whether it works."),
        N_("Call the room and try it together."),
    ),
    "stopped": (
        N_("The rehearsal ended before everything was known."),
        N_("Rehearse again."),
    ),
}
PARTS = (
    (TriedPart.CAMERA, N_("Picture")),
    (TriedPart.MICROPHONE, N_("Voice")),
    (TriedPart.LOUDSPEAKER, N_("Loudspeaker")),
    (TriedPart.LINE, N_("Line")),
    (TriedPart.POWER, N_("Power")),
)


@dataclass(frozen=True, slots=True)
class WhyAndWhat:
    """Two sentences: what is the matter, and what to do. Both may be empty."""

    why: str = ""
    what: str = ""


def verdict_badge(words: Language, verdict: PointVerdict) -> Badge:
    """Return a verdict as it is drawn."""
    icon, css, word = _VERDICTS[verdict]
    return Badge(icon, css, words.gettext(word))


def part_badge(words: Language, found: PartFound | None, *, was_tried: bool) -> Badge:
    """Return what came of one part as it is drawn.

    Args:
        was_tried: the rehearsal was made; the power is known without it.
    """
    if found is None or (found.found is CameOut.NOT_TRIED and not found.cause):
        return Badge("", "muted", words.gettext("not tried"))
    if found.tried is TriedPart.LINE and not was_tried and found.found is CameOut.PASSED:
        return Badge("", "muted", words.gettext("not tried"))
    icon, css, word = _CAME_OUT[found.found]
    return Badge(icon, css, words.gettext(SHORT.get(found.cause, word)))


def why_and_what(words: Language, cause: str) -> WhyAndWhat:
    """Return the sentences of a cause; of a word that is not known, the word itself."""
    if not cause:
        return WhyAndWhat()
    known = WHY_AND_WHAT.get(cause)
    if known is None:
        return WhyAndWhat(words.gettext("The room says: %(word)s.", word=cause))
    why, what = known
    return WhyAndWhat(words.gettext(why), words.gettext(what))


def together(words: Language, count: int, by: str, sharers: Mapping[str, str]) -> str:
    """Return what points are called that miss a meeting for one cause.

    Args:
        by: what they share, as KIND:NAME.
        sharers: what units and carriers are called, by their ids.
    """
    kind, _, name = by.partition(":")
    if kind == "contract":
        carrier, _, number = name.partition("/")
        return words.ngettext(
            "%(n)s point on line %(line)s of %(carrier)s",
            "%(n)s points on line %(line)s of %(carrier)s",
            count,
            line=number,
            carrier=sharers.get(carrier, carrier),
        )
    unit = sharers.get(name, name)
    if kind == "outage":
        return words.ngettext(
            "%(n)s point of %(unit)s, out together before",
            "%(n)s points of %(unit)s, out together before",
            count,
            unit=unit,
        )
    return words.ngettext("%(n)s point of %(unit)s", "%(n)s points of %(unit)s", count, unit=unit)
