"""What people are told of an incident: one sentence of what, then since when, whose, what to do.

Names are what people typed: in a message they lose whatever a receiver may take for markup, for a
header, or for a call to everybody.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from controller.incidents import letter_texts
from controller.web.i18n.language import N_, Language
from monitoring.judgement.centre_incidents import OWN
from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import BLIND, DOWN, ON_BATTERY

MAX_TEXT_CHARS, MAX_TITLE_CHARS, MAX_NAME_CHARS, NAMES_SHOWN = 400, 120, 60, 3
_MARKUP = re.compile(r"[<>\[\]{}()*_`~|\\@#&]|//")

LEAST_FILLED_CHARS = 20
GOES_FURTHER = N_("It goes further: %(what)s")
RAISED = N_("More urgent: %(what)s")
UNANSWERED = N_("Nobody takes care of it yet: %(what)s")
TAKE_WORDS = N_("I take care of it")
TAKEN_BY = N_("%(about)s takes care of it: %(what)s")
PART_OF = N_("Part of incident %(about)s: %(what)s")
LEFT_OUT = N_("Not told of any more: %(what)s")
ANSWER_WORDS = N_("Or answer this e-mail.")
_CENTRE = N_("the centre")
_SHARED = N_("not known yet: the unit's network or its line")
_STEP_CENTRE = N_("Check the centre's switch, main line and power; then call its carrier.")
_STEP_UNIT = N_("Call one of the points about power and network; then their carrier.")
_STEP_BLIND = N_("Check that ingest and the broker run at the centre.")


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened, with names in place of ids.

    `names`: of some of the `count` points. `because`: why the one point is or was out, as far as
    that is known.
    """

    key: str
    reach: Reach
    unit_name: str
    names: tuple[str, ...]
    count: int
    began_at: datetime
    over_at: datetime | None = None
    still: int = 0
    because: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What is wrong at a point, whose it is and what to do."""

    what: str
    whose: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it goes out."""

    title: str
    text: str


def plain(name: str) -> str:
    """Return a name without what is no plain text, on one line and not too long."""
    shown = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in name)
    words = _MARKUP.sub(" ", unicodedata.normalize("NFC", shown)).split()
    return _cut(" ".join(words), MAX_NAME_CHARS)


def headline(words: Language, one: Happened, what: str) -> str:
    """Return in one sentence what happened. `what`: what is wrong at its first point."""
    name = one.names[0] if one.names else ""
    if one.key == BLIND:
        return words.gettext("The centre hears no point")
    if one.key in OWN:
        return words.gettext("Centre, %(what)s", what=what)
    if one.key != DOWN:
        if one.count == 1:
            return f"{name}: {what}"
        text = words.ngettext("%(n)s point", "%(n)s points", one.count)
        return f"{text}: {what}"
    if one.count == 1:
        return words.gettext("%(name)s is not heard", name=name)
    if one.reach is Reach.CENTRE:
        return words.ngettext(
            "%(n)s point is not heard: main line or centre",
            "%(n)s points are not heard: main line or centre",
            one.count,
        )
    if one.reach is Reach.POINT:
        return words.ngettext("%(n)s point is not heard", "%(n)s points are not heard", one.count)
    return words.ngettext(
        "%(n)s point of %(unit)s is not heard",
        "%(n)s points of %(unit)s are not heard",
        one.count,
        unit=one.unit_name,
    )


def of_centre(words: Language, what: str, remedy: str) -> Advice:
    """Return what is said of what is wrong with the centre itself."""
    return Advice(what, words.gettext(_CENTRE), remedy)


def advice(words: Language, one: Happened, at_point: Advice | None) -> Advice:
    """Return whose an incident is and what to do. `at_point`: what its first point's page says."""
    what = at_point.what if at_point else one.key
    if one.key == BLIND:
        return Advice(what, words.gettext(_CENTRE), words.gettext(_STEP_BLIND))
    if one.key == ON_BATTERY and at_point is not None:
        return at_point  # the mains of a whole district are not the centre's
    if one.reach is Reach.CENTRE:
        return Advice(what, words.gettext(_CENTRE), words.gettext(_STEP_CENTRE))
    if one.reach is Reach.UNIT or at_point is None:
        return Advice(what, words.gettext(_SHARED), words.gettext(_STEP_UNIT))
    return at_point


def alert(
    words: Language,
    now: datetime,
    one: Happened,
    told: Advice,
    link: str,
    *,
    lead: str = "",
    meets_at: datetime | None = None,
    room: int = 0,
    text: str = "",
) -> Letter:
    """Return the message that something is wrong.

    Args:
        text: what people would have it say, with places for what is told.
        lead: why it is told anew, with a place for what it is.
        meets_at: when a meeting of its points begins, or began.
        room: how many characters are left free.
    """
    safe = _safe(one)
    said = headline(words, safe, plain(told.what))
    if lead:
        said = words.gettext(lead, what=said)
    since = words.gettext("Since %(time)s.", time=words.moment(one.began_at, now))
    pressing = meeting(words, now, one.count, meets_at)
    whose = words.gettext("Whose: %(whose)s.", whose=told.whose)
    step = words.gettext("To do: %(step)s", step=told.remedy)
    names, because = _named(words, safe), _because(safe)
    if text:
        values = {
            letter_texts.WHAT: said,
            letter_texts.NAMES: names,
            letter_texts.SINCE: words.moment(one.began_at, now),
            letter_texts.WHY: because,
            letter_texts.MEETING: pressing,
            letter_texts.WHOSE: told.whose,
            letter_texts.TO_DO: told.remedy,
        }
        return _filled(f"Điểm Cầu: {said}", text, values, link, room)
    # Where not all has room: whose it is and what to do is said before why and who else.
    for spared in (names, because), (names, ""), ("", ""):
        parts = [f"{said}.", spared[0], since, spared[1], pressing, whose, step]
        letter = _letter(f"Điểm Cầu: {said}", parts, link, room)
        if letter.text.endswith(f"{step} {link}"):
            break
    return letter


def meeting(words: Language, now: datetime, count: int, meets_at: datetime | None) -> str:
    """Return what is said of a meeting that is near."""
    if meets_at is None:
        return ""
    if meets_at <= now:
        if count == 1:
            return words.gettext("This point is in a meeting now.")
        return words.gettext("Some of these points are in a meeting now.")
    minutes = -(-(meets_at - now) // timedelta(minutes=1))
    span = words.duration(timedelta(minutes=minutes))
    if count == 1:
        return words.gettext("In %(span)s this point has a meeting.", span=span)
    return words.gettext("In %(span)s some of these points have a meeting.", span=span)


def line(words: Language, now: datetime, one: Happened, what: str) -> str:
    """Return an incident as part of a message."""
    said = headline(words, _safe(one), plain(what))
    return f"{said} ({words.moment(one.began_at, now)})"


def summary(words: Language, lines: Sequence[tuple[str, bool]], link: str) -> Letter:
    """Return the message of what quiet hours held back. `lines`: each, and whether it is over."""
    title = words.ngettext(
        "%(n)s incident in the quiet hours", "%(n)s incidents in the quiet hours", len(lines)
    )
    said = [
        words.gettext("Over: %(what)s", what=what) if is_over else what for what, is_over in lines
    ]
    return _letter(f"Điểm Cầu: {title}", [f"{title}:", "; ".join(said) + "."], link)


def _filled(title: str, text: str, values: Mapping[str, str], link: str, room: int = 0) -> Letter:
    """Return a message that says what people wrote; where not all has room some is left out.

    What they wrote stays to its end: a meeting that is near, or a word of why it is told again,
    makes what is filled in shorter, the longest of it first.
    """
    kept = dict(values)
    most = MAX_TEXT_CHARS - len(link) - 1 - room
    for spared in letter_texts.SPARED:
        if len(letter_texts.filled(text, kept)) > most:
            kept[spared] = ""
    for _ in kept:
        over = len(letter_texts.filled(text, kept)) - most
        if over <= 0:
            break
        name = max(kept, key=lambda one: len(kept[one]) if f"{{{one}}}" in text else 0)
        kept[name] = _cut(kept[name], max(LEAST_FILLED_CHARS, len(kept[name]) - over))
    return _letter(title, [letter_texts.filled(text, kept)], link, room)


def recovery(
    words: Language, now: datetime, one: Happened, what: str, link: str, *, text: str = ""
) -> Letter:
    """Return the message that it is over. `text`: what people would have it say."""
    safe = _safe(one)
    said = words.gettext("Over: %(what)s", what=headline(words, safe, plain(what)))
    over_at = one.over_at or now
    if text:
        values = {
            letter_texts.WHAT: said,
            letter_texts.NAMES: _named(words, safe),
            letter_texts.SINCE: words.moment(one.began_at, now),
            letter_texts.UNTIL: words.moment(over_at, now),
            letter_texts.LASTED: words.duration(over_at - one.began_at),
            letter_texts.WHY: _because(safe),
            letter_texts.LEFT: _left(words, one.still),
        }
        return _filled(f"Điểm Cầu: {said}", text, values, link)
    rest = [
        words.gettext(
            "From %(begin)s to %(end)s, %(span)s.",
            begin=words.moment(one.began_at, now),
            end=words.moment(over_at, now),
            span=words.duration(over_at - one.began_at),
        ),
        _because(safe),
        _left(words, one.still),
    ]
    return _letter(f"Điểm Cầu: {said}", [f"{said}.", _named(words, safe), *rest], link)


def _left(words: Language, count: int) -> str:
    if not count:
        return ""
    return words.ngettext(
        "%(n)s point still is not well.", "%(n)s points still are not well.", count
    )


def longest(words: Language, text: str, now: datetime) -> int:
    """Return how long a text becomes, of one point or a unit whose name has 60 letters."""
    name, began_at = "Ư" * MAX_NAME_CHARS, now - timedelta(hours=30)
    alone = Happened(DOWN, Reach.POINT, "", (name,), 1, began_at, now)
    found = []
    for one in alone, replace(alone, reach=Reach.UNIT, unit_name=name, names=(), count=170):
        told = advice(words, one, None)
        values = dict.fromkeys(letter_texts.MEANINGS, "")
        values |= {
            letter_texts.WHAT: headline(words, one, told.what),
            letter_texts.SINCE: words.moment(began_at, now),
            letter_texts.UNTIL: words.moment(now - timedelta(hours=25), now),
            letter_texts.LASTED: words.duration(now - began_at),
            letter_texts.WHOSE: told.whose,
            letter_texts.TO_DO: told.remedy,
        }
        found.append(len(letter_texts.filled(text, values)))
    return max(found)


def remark(
    words: Language, one: Happened, what: str, link: str, *, lead: str, about: str
) -> Letter:
    """Return a message for a record. `lead`: what became of it, with places for it and for whom."""
    happened = headline(words, _safe(one), plain(what))
    said = words.gettext(lead, what=happened, about=plain(about))
    return _letter(f"Điểm Cầu: {said}", [f"{said}."], link)


def answer(words: Language, said: str, link: str) -> Letter:
    """Return the message of what came of somebody's answer."""
    title = words.gettext("Your answer")
    return _letter(f"Điểm Cầu: {title}", [said], link)


def trial(words: Language, name: str, link: str) -> Letter:
    """Return the message by which a channel is tried."""
    text = words.gettext(
        "This is a trial of the channel “%(name)s”. Incidents will be told here.", name=plain(name)
    )
    title = words.gettext("Trial")
    return _letter(f"Điểm Cầu: {title}", [text], link)


def _safe(one: Happened) -> Happened:
    return replace(
        one,
        unit_name=plain(one.unit_name),
        names=tuple(plain(name) for name in one.names),
        because=plain(one.because),
    )


def _because(one: Happened) -> str:
    """Return it as a sentence; what is not certain has a question mark already."""
    return f"{one.because}." if one.because and one.because[-1] != "?" else one.because


def _named(words: Language, one: Happened) -> str:
    """Return which points, where the first sentence does not say it."""
    if one.count < 2 or not one.names:
        return ""
    shown = ", ".join(_cut(name, 30) for name in one.names[:NAMES_SHOWN])
    more = one.count - len(one.names[:NAMES_SHOWN])
    if not more:
        return f"{shown}."
    return words.ngettext(
        "%(names)s and %(n)s other.", "%(names)s and %(n)s others.", more, names=shown
    )


def _letter(title: str, parts: Sequence[str], link: str, room: int = 0) -> Letter:
    """Put it together; the link is always whole."""
    said = _cut(" ".join(part for part in parts if part), MAX_TEXT_CHARS - len(link) - 1 - room)
    return Letter(_cut(title, MAX_TITLE_CHARS), f"{said} {link}")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(0, most - 1)].rstrip() + "…"
