"""What stands under the pictures: the mode of the floor, and who is invited next."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.floor import FloorMode
from controller.meetings.views import meeting_log, player_words
from controller.meetings.views.seats import MeetingRoster, NextPoint
from controller.web.elements import Choice
from controller.web.i18n.language import Language

SPEECH_MINUTES = (0, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Mode:
    """One mode of the floor."""

    id: str
    name: str
    meaning: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FloorActions:
    """The actions of the floor; without a next point, why there is none.

    `steering_words` are the texts while the floor is moved at the relay.
    """

    modes: tuple[Mode, ...]
    next_point: NextPoint | None
    no_next: str
    times: tuple[Choice, ...]
    stage: tuple[Choice, ...]
    steering_words: Mapping[str, str]


def view(
    words: Language,
    roster: MeetingRoster,
    first: NextPoint | None,
    speech_s: int | None,
    names: Mapping[str, str],
) -> FloorActions:
    """Return the actions.

    Args:
        first: whose turn it is.
        speech_s: how long a speech should last; None: it has no time.
    """
    return FloorActions(
        _modes(words, roster.floor.mode),
        first,
        _no_next(words, roster),
        _times(words, speech_s),
        _stage(words, roster, names),
        player_words.of_steering(words),
    )


def _stage(words: Language, roster: MeetingRoster, names: Mapping[str, str]) -> tuple[Choice, ...]:
    """Return who may be on the main picture: the chair's point first, then who is there."""
    on = roster.floor.on_stage
    there = {*roster.arrivals(), *roster.taking_part(), *([on] if on else [])}
    order = [one.point_id for one in roster.points if one.point_id in there]
    people = sorted(there.difference(order), key=lambda one: names.get(one, one))
    others = [one for one in (*order, *people) if one != roster.chair_id]
    return (
        Choice("", words.gettext("chair's point"), is_chosen=on is None),
        *(Choice(one, names.get(one, one), is_chosen=one == on) for one in others),
    )


def _times(words: Language, speech_s: int | None) -> tuple[Choice, ...]:
    """Return the times of a speech to choose from; another one that was set is among them."""
    chosen = (speech_s or 0) // 60
    return tuple(
        Choice(str(minutes), _time(words, minutes), is_chosen=minutes == chosen)
        for minutes in sorted({*SPEECH_MINUTES, chosen})
    )


def _modes(words: Language, chosen: FloorMode) -> tuple[Mode, ...]:
    return tuple(
        Mode(mode.value, words.gettext(name), words.gettext(meaning), mode is chosen)
        for mode, name, meaning in meeting_log.MODES
    )


def _no_next(words: Language, roster: MeetingRoster) -> str:
    if roster.floor.mode is FloorMode.DISCUSSION:
        return who_may_discuss(words, roster)
    return words.gettext("No further point is in, so nobody can be invited.")


def who_may_discuss(words: Language, roster: MeetingRoster) -> str:
    """Return who may speak in a discussion."""
    if not roster.floor.muted:
        return words.gettext("In a discussion all points may speak.")
    return words.gettext("In a discussion all may speak whose microphone is on.")


def _time(words: Language, minutes: int) -> str:
    if minutes == 0:
        return words.gettext("no time")
    return words.ngettext("%(n)s min", "%(n)s min", minutes)
