"""Who heard a meeting, in words: a row a point, and the evidence of one by the minute."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from controller.heard.service import HeardStrip
from controller.heard.verdicts import CutCause, PointMeeting
from controller.meetings import service as meetings
from controller.meetings.service import Meeting
from controller.web.elements import Badge, Crumb
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import N_, Language
from monitoring.judgement.uninterrupted import (
    MINUTE,
    MINUTE_MS,
    HeardVerdict,
    JudgedMinute,
    MinuteState,
)

MAX_STRETCHES = 60
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_VERDICTS = {
    HeardVerdict.INTERRUPTED: ("down", "state-down", N_("Interrupted")),
    HeardVerdict.UNKNOWN: ("unknown", "state-unknown", N_("Not known")),
    HeardVerdict.EXCLUDED: ("excluded", "state-unknown", N_("Not counted")),
    HeardVerdict.UNINTERRUPTED: ("up", "state-up", N_("Uninterrupted")),
}
"""Worst first."""
_ORDER = list(_VERDICTS)
_CAUSES = {
    CutCause.POWER: N_("Power cut"),
    CutCause.DEVICE: N_("The machine or its agent stopped"),
    CutCause.LAN: N_("The network in the room is broken"),
    CutCause.LINE: N_("The carrier's line is cut"),
    CutCause.DNS: N_("The point's name server (DNS) does not find the centre"),
    CutCause.CENTRE: N_("Trouble at the centre or on its main line"),
    CutCause.PLANNED: N_("Declared maintenance"),
    CutCause.UNKNOWN: N_("Cause not known"),
    CutCause.ABSENT: N_("Absent, with a reason in the roll call"),
}
# The class, and the height of 8, so that a minute is not told by its colour alone.
_PARTS = {
    MinuteState.GOOD: ("good", 3, N_("heard")),
    MinuteState.BAD: ("bad", 8, N_("not heard")),
    MinuteState.UNKNOWN: ("unknown", 5, N_("not known")),
    MinuteState.EXCUSED: ("fair", 6, N_("not heard, in declared maintenance")),
}


@dataclass(frozen=True, slots=True)
class HeardPart:
    """Minutes on end that were alike, as a part of a strip; `title` says which."""

    key: str
    x: int
    width: int
    height: int
    title: str


@dataclass(frozen=True, slots=True)
class HeardRow:
    """One point of a meeting."""

    point_id: str
    name: str
    badge: Badge
    figures: str
    cause: str


@dataclass(frozen=True, slots=True)
class MeetingHeardView:
    """All points of a meeting, worst first; `empty` says why there is none."""

    meeting_id: str
    title: str
    crumbs: tuple[Crumb, ...]
    facts: str
    summary: str
    rows: tuple[HeardRow, ...]
    rule: str
    empty: str


@dataclass(frozen=True, slots=True)
class LostStretch:
    """Minutes on end that were not heard, or of which it is not known."""

    times: str
    what: str
    lost: str


@dataclass(frozen=True, slots=True)
class PointHeardView:
    """The evidence of one point; `row` None: nothing is said of it yet."""

    meeting_id: str
    point_id: str
    title: str
    crumbs: tuple[Crumb, ...]
    facts: str
    row: HeardRow | None
    minutes: int
    strip: tuple[HeardPart, ...]
    ticks: tuple[str, ...]
    legend: tuple[tuple[str, int, str], ...]
    stretches: tuple[LostStretch, ...]
    more: str
    rule: str
    empty: str


def meeting_view(
    words: Language,
    meeting: Meeting,
    names: Mapping[str, str],
    said: Iterable[PointMeeting],
    *,
    allowed: int,
) -> MeetingHeardView:
    """Return the page of a meeting."""
    found = sorted(said, key=lambda one: _rank(one, names))
    return MeetingHeardView(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        crumbs=_crumbs(words, meeting),
        facts=words.day(meeting.begins_at),
        summary=_summary(words, found),
        rows=tuple(_row(words, one, names.get(one.point_id, one.point_id)) for one in found),
        rule=_rule(words, allowed),
        empty="" if found else _empty(words, meeting),
    )


def point_view(
    words: Language,
    meeting: Meeting,
    point_id: str,
    name: str,
    strip: HeardStrip | None,
    *,
    allowed: int,
) -> PointHeardView:
    """Return the evidence of one point."""
    stretches = _stretches(strip)
    lost = [one for one in stretches if one[0] is not MinuteState.GOOD]
    more = len(lost) - MAX_STRETCHES
    return PointHeardView(
        meeting_id=meeting.meeting_id,
        point_id=point_id,
        title=name,
        crumbs=_crumbs(words, meeting, name),
        facts=f"{meeting.title} · {words.day(meeting.begins_at)}",
        row=_row(words, strip.point_meeting, name) if strip else None,
        minutes=len(strip.minutes) if strip else 0,
        strip=tuple(_part(words, strip, one) for one in stretches) if strip else (),
        ticks=_ticks(words, strip),
        legend=tuple((key, height, words.gettext(n)) for key, height, n in _PARTS.values()),
        stretches=tuple(_lost(words, strip, one) for one in lost[:MAX_STRETCHES]) if strip else (),
        more=words.ngettext("and %(n)s more stretch", "and %(n)s more stretches", more)
        if more > 0
        else "",
        rule=_rule(words, allowed),
        empty="" if strip and strip.minutes else _empty(words, meeting, is_short=bool(strip)),
    )


def _crumbs(words: Language, meeting: Meeting, name: str = "") -> tuple[Crumb, ...]:
    path = f"/meetings/{meeting.meeting_id}"
    own = words.gettext("Who heard it")
    return (
        Crumb(words.gettext("Meetings"), "/meetings"),
        Crumb(meeting.title, path),
        *((Crumb(own, f"{path}/heard"), Crumb(name)) if name else (Crumb(own),)),
    )


def _rank(one: PointMeeting, names: Mapping[str, str]) -> tuple[int, int, object]:
    name = vietnamese(names.get(one.point_id, one.point_id))
    return _ORDER.index(one.verdict), one.good_minutes - one.held_minutes, name


def _summary(words: Language, found: Sequence[PointMeeting]) -> str:
    counted = [
        one
        for one in found
        if one.verdict in (HeardVerdict.UNINTERRUPTED, HeardVerdict.INTERRUPTED)
    ]
    if not counted:
        return ""
    fine = sum(one.verdict is HeardVerdict.UNINTERRUPTED for one in counted)
    return words.gettext(
        "%(fine)s of %(all)s without interruption", **{"fine": fine, "all": len(counted)}
    )


def _row(words: Language, one: PointMeeting, name: str) -> HeardRow:
    icon, css, word = _VERDICTS[one.verdict]
    figures = ""
    if one.held_minutes and one.verdict is not HeardVerdict.UNKNOWN:
        figures = words.gettext(
            "heard in %(good)s of %(held)s minutes", good=one.good_minutes, held=one.held_minutes
        )
        if one.longest_cut_s:
            span = words.duration(timedelta(seconds=one.longest_cut_s))
            figures += " · " + words.gettext("longest loss %(span)s", span=span)
    return HeardRow(
        point_id=one.point_id,
        name=name,
        badge=Badge(icon, css, words.gettext(word)),
        figures=figures,
        cause=words.gettext(_CAUSES[one.cause]) if one.cause else "",
    )


def _rule(words: Language, allowed: int) -> str:
    return words.ngettext(
        "A minute is heard where for 58 of its 60 seconds nothing that was sent to the point was "
        "missing or made up; nobody speaking is no loss. A point has a meeting without "
        "interruption where %(n)s minute at most was not heard. Only maintenance that was declared "
        "before, and an absence with a reason in the roll call, are not counted.",
        "A minute is heard where for 58 of its 60 seconds nothing that was sent to the point was "
        "missing or made up; nobody speaking is no loss. A point has a meeting without "
        "interruption where %(n)s minutes at most were not heard. Only maintenance that was "
        "declared before, and an absence with a reason in the roll call, are not counted.",
        allowed,
    )


def _empty(words: Language, meeting: Meeting, *, is_short: bool = False) -> str:
    if is_short:
        return words.gettext("The meeting was on for less than a minute.")
    if meetings.held(meeting) is not None:
        return words.gettext(
            "Nothing is said of it yet: that comes within two minutes of the end. Of meetings that "
            "ended long before this was recorded nothing is known."
        )
    if meetings.is_over(meeting):
        return words.gettext("The meeting was cancelled.")
    return words.gettext("This is said within two minutes of the meeting's end.")


Stretch = tuple[MinuteState, int, tuple[JudgedMinute, ...]]
"""A state, the number of its first minute, and the minutes on end."""


def _stretches(strip: HeardStrip | None) -> list[Stretch]:
    found: list[Stretch] = []
    first = 0
    for state, group in groupby(strip.minutes if strip else (), key=lambda one: one.state):
        minutes = tuple(group)
        found.append((state, first, minutes))
        first += len(minutes)
    return found


def _times(words: Language, strip: HeardStrip, one: Stretch) -> str:
    _, first, minutes = one
    begins = (strip.begins_at or LONG_AGO) + first * MINUTE
    return f"{words.time(begins)}–{words.time(begins + len(minutes) * MINUTE)}"


def _part(words: Language, strip: HeardStrip, one: Stretch) -> HeardPart:
    state, first, minutes = one
    key, height, name = _PARTS[state]
    title = f"{_times(words, strip, one)}: {words.gettext(name)}"
    return HeardPart(key, first, len(minutes), height, title)


def _lost(words: Language, strip: HeardStrip, one: Stretch) -> LostStretch:
    state, _, minutes = one
    lost_ms = sum(MINUTE_MS - (own.heard_ms or 0) for own in minutes)
    span = words.duration(timedelta(seconds=lost_ms // 1000))
    is_known = state is not MinuteState.UNKNOWN
    what = words.gettext(_PARTS[state][2])
    return LostStretch(_times(words, strip, one), what, span if is_known else "")


def _ticks(words: Language, strip: HeardStrip | None) -> tuple[str, ...]:
    """Return the times of the beginning, the middle and the end."""
    if strip is None or strip.begins_at is None:
        return ()
    count = len(strip.minutes)
    return tuple(words.time(strip.begins_at + n * MINUTE) for n in (0, count // 2, count))
