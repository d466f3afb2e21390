"""What meetings are and how they are held, in words and as choices of a form or a list."""

from datetime import timedelta

from contracts import numbers
from contracts.errors import MalformedNumber
from contracts.floor import FloorMode
from controller.meetings.kind_names import HELD_AS, KINDS
from controller.meetings.kinds import LEVELS, HeldAs, MeetingKind
from controller.meetings.tables import Meeting
from controller.meetings.views.booking_form import DURATIONS_MIN, LONGEST_MIN
from controller.meetings.views.meeting_log import MODES
from controller.places.owner import OWNER_NAMES
from controller.web.elements import Choice
from controller.web.i18n.language import Language

_USUAL_MODE = FloorMode.ONE_MIC.value


def held_as_name(words: Language, held_as: str) -> str:
    """Return what a way of being held is called."""
    return words.gettext(HELD_AS[HeldAs(held_as)])


def held_as_choices(words: Language, chosen: str) -> tuple[Choice, ...]:
    """Return the ways of being held as a form's choices; none chosen stands for online."""
    usual = HeldAs.ONLINE.value
    return tuple(
        Choice(one.value, words.gettext(name), is_chosen=(chosen or usual) == one.value)
        for one, name in HELD_AS.items()
    )


def kind_name(words: Language, kind: str) -> str:
    """Return what a type is called."""
    return words.gettext(KINDS[MeetingKind(kind)])


def level_name(words: Language, level: int) -> str:
    """Return what a level is called, e.g. "3 cấp"."""
    return words.gettext("%(n)s levels", n=level)


def said(words: Language, meeting: Meeting) -> str:
    """Return that it is in person, type and level as far as they are known; empty: nobody said."""
    held = "" if meeting.is_joined else held_as_name(words, meeting.held_as)
    return ", ".join(part for part in (held, kind_and_level(words, meeting)) if part)


def kind_and_level(words: Language, meeting: Meeting) -> str:
    """Return type and level as far as they are known; empty: nobody has said."""
    parts = []
    if MeetingKind(meeting.kind) is not MeetingKind.OTHER:
        parts.append(kind_name(words, meeting.kind))
    if meeting.level is not None:
        parts.append(level_name(words, meeting.level))
    return ", ".join(parts)


def kind_choices(words: Language, chosen: str) -> tuple[Choice, ...]:
    """Return the types as a form's choices; another type stands for none chosen."""
    other = MeetingKind.OTHER.value
    return tuple(
        Choice(one.value, words.gettext(name), is_chosen=(chosen or other) == one.value)
        for one, name in KINDS.items()
    )


def filter_choices(words: Language, chosen: MeetingKind | None) -> tuple[Choice, ...]:
    """Return the types by which a list may be filtered, all of them first."""
    every = Choice("", words.gettext("All types"), is_chosen=chosen is None)
    found = kind_choices(words, chosen.value if chosen else "none")
    return (every, *found)


def held_as_filter(words: Language, chosen: HeldAs | None) -> tuple[Choice, ...]:
    """Return the ways of being held by which a list may be filtered, all of them first."""
    every = Choice("", words.gettext("Online and in person"), is_chosen=chosen is None)
    found = held_as_choices(words, chosen.value if chosen else "none")
    return (every, *found)


def level_choices(words: Language, chosen: str) -> tuple[Choice, ...]:
    """Return the levels as a form's choices."""
    return tuple(
        Choice(str(level), level_name(words, level), is_chosen=chosen == str(level))
        for level in LEVELS
    )


def owner_choices(words: Language, chosen: str) -> tuple[Choice, ...]:
    """Return whose a meeting may be, as a form's choices."""
    return tuple(
        Choice(one.value, words.gettext(name), is_chosen=chosen == one.value)
        for one, name in OWNER_NAMES.items()
    )


def mode_choices(words: Language, chosen: str) -> tuple[Choice, ...]:
    """Return how microphones may open, as a form's choices."""
    return tuple(
        Choice(one.value, words.gettext(name), is_chosen=(chosen or _USUAL_MODE) == one.value)
        for one, name, _ in MODES
    )


def duration_choices(words: Language, minutes: str) -> tuple[Choice, ...]:
    """Return how long a meeting may be, as a form's choices; one that it has, among them."""
    try:
        own = {numbers.whole(minutes, least=1, most=LONGEST_MIN)}
    except MalformedNumber:
        own = set()
    return tuple(
        Choice(str(one), words.duration(timedelta(minutes=one)), is_chosen=minutes == str(one))
        for one in sorted(own.union(DURATIONS_MIN))
    )
