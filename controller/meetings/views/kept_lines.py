"""A meeting's lines as they were kept: a row a participant, and each minute as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timedelta

from contracts.local_days import ZONE
from contracts.participants import person_named
from controller.ingest.line_minute import LineMinute
from controller.meetings.kept_lines import (
    MINUTE,
    KeptLine,
    Minutes,
    Stretch,
    degree_of,
    kept_lines,
    reasons_of,
)
from controller.meetings.line_verdicts import Degree, Trouble
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting
from controller.meetings.views import lines
from controller.spreadsheet import Cell, GuardedCsv
from controller.spreadsheet import as_csv as table_as_csv
from controller.web.elements import Badge, Crumb
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import N_, Language

MAX_CAUSES, MAX_WORST = 4, 2
LONG_GAP_MS, MIN_EMPTY_MS = 500, 1_000  # what is shorter nobody need read of
# The part's name and its height of 8, so that it is not told by its colour alone.
_PARTS = {
    Degree.BAD: ("bad", 8), Degree.FAIR: ("fair", 5), Degree.GOOD: ("good", 2),
    Degree.UNKNOWN: ("unknown", 3), None: ("away", 1),
}  # fmt: skip
_LEGEND = (
    (Degree.GOOD, N_("good")),
    (Degree.FAIR, N_("fair")),
    (Degree.BAD, N_("bad")),
    (Degree.UNKNOWN, N_("in, without figures")),
    (None, N_("not in")),
)


@dataclass(frozen=True, slots=True)
class StripPart:
    """Minutes on end that were alike; `title` says which, and what was wrong."""

    key: str
    x: int
    width: int
    height: int
    title: str


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One participant; a point has a page of its own (`href`)."""

    subject: str
    href: str
    name: str
    badge: Badge
    causes: tuple[str, ...]
    worst: str
    figures: str
    spoken: str
    strip: tuple[StripPart, ...]


@dataclass(frozen=True, slots=True)
class KeptLinesView:
    """`empty` says why there is nothing."""

    meeting_id: str
    title: str
    crumbs: tuple[Crumb, ...]
    facts: str
    summary: str
    troubled: tuple[KeptRow, ...]
    others: tuple[KeptRow, ...]
    others_title: str
    minutes: int
    begins: str
    ends: str
    legend: tuple[tuple[str, int, str], ...]
    empty: str


def view(
    words: Language,
    meeting: Meeting,
    names: Mapping[str, str],
    points: Mapping[str, Minutes],
) -> KeptLinesView:
    """Return the page of what was kept."""
    by_name = sorted(points, key=lambda one: vietnamese(names.get(one, one)))
    kept = kept_lines({one: points[one] for one in by_name})
    found = kept.lines if kept else ()
    begins_at = kept.begins_at if kept else meeting.begins_at
    rows = [
        (one, _row(words, one, names.get(one.subject, one.subject), begins_at)) for one in found
    ]
    others = tuple(row for one, row in rows if not (one.bad or one.fair))
    return KeptLinesView(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        crumbs=(
            Crumb(words.gettext("Meetings"), "/meetings"),
            Crumb(meeting.title, f"/meetings/{meeting.meeting_id}"),
            Crumb(words.gettext("Lines by the minute")),
        ),
        facts=words.day(meeting.begins_at),
        summary=_summary(words, found),
        troubled=tuple(row for one, row in rows if one.bad or one.fair),
        others=others,
        others_title=_others_title(words, len(others), is_all=len(others) == len(rows)),
        minutes=kept.minutes if kept else 0,
        begins=words.time(kept.begins_at) if kept else "",
        ends=words.time(kept.begins_at + kept.minutes * MINUTE) if kept else "",
        legend=tuple((*_PARTS[degree], words.gettext(name)) for degree, name in _LEGEND),
        empty=_empty(words, MeetingPhase(meeting.state)) if kept is None else "",
    )


def _empty(words: Language, phase: MeetingPhase) -> str:
    if phase.is_final:
        return words.gettext(
            "Nothing is kept of this meeting's lines: it was never on, no point was in, or more "
            "than a year has passed."
        )
    return words.gettext("The first minute of the meeting will be here when it is over.")


def _summary(words: Language, found: Sequence[KeptLine]) -> str:
    if not found:
        return ""
    bad = sum(one.bad > 0 for one in found)
    if bad:
        return words.gettext(
            "%(bad)s of %(all)s had bad minutes", **{"bad": bad, "all": len(found)}
        )
    return words.gettext("nobody had a bad minute")


def _others_title(words: Language, count: int, *, is_all: bool) -> str:
    if is_all:
        return words.ngettext("%(n)s participant", "%(n)s participants", count)
    return words.ngettext("%(n)s other participant", "%(n)s other participants", count)


def _row(words: Language, line: KeptLine, name: str, begins_at: datetime) -> KeptRow:
    causes = [
        f"{lines.said(words, one.worst)} ({words.duration(one.minutes * MINUTE)})"
        for one in line.causes[:MAX_CAUSES]
    ]
    badge = _badge(words, line)
    return KeptRow(
        subject=line.subject,
        href="" if person_named(line.subject) else f"/points/{line.subject}",
        name=name,
        badge=badge,
        causes=tuple(causes),
        worst=_worst(words, line),
        figures=_figures(words, line),
        spoken=f"{name}: {badge.word}",
        strip=tuple(_part(words, one, begins_at) for one in line.stretches),
    )


def _badge(words: Language, line: KeptLine) -> Badge:
    if line.bad:
        word = words.gettext("%(span)s bad", span=words.duration(line.bad * MINUTE))
        return Badge("down", "state-down", word)
    if line.fair:
        word = words.gettext("%(span)s fair", span=words.duration(line.fair * MINUTE))
        return Badge("degraded", "state-degraded", word)
    return Badge("up", "state-up", words.gettext("Good"))


def _worst(words: Language, line: KeptLine) -> str:
    if line.worst_at is None:
        return ""
    return words.gettext(
        "worst at %(time)s: %(why)s",
        time=words.time(line.worst_at),
        why=_all_said(words, line.worst[:MAX_WORST]),
    )


def _all_said(words: Language, reasons: Sequence[Trouble]) -> str:
    return " · ".join(lines.said(words, one) for one in reasons)


def _figures(words: Language, line: KeptLine) -> str:
    parts = [words.gettext("in for %(span)s", span=words.duration(line.minutes * MINUTE))]
    for name, ratio in (
        (N_("%(share)s lost upwards"), line.up_loss_ratio),
        (N_("%(share)s lost downwards"), line.down_loss_ratio),
    ):
        if ratio is not None:
            parts.append(words.gettext(name, share=words.percent(ratio)))
    if line.mos_min is not None:
        parts.append(words.gettext("lowest MOS %(mos)s", mos=words.number(line.mos_min, 1)))
    if line.down_bps_min is not None:
        rate = words.rate(line.down_bps_min)
        parts.append(words.gettext("at least %(rate)s came", rate=rate))
    if line.gap_max_ms is not None and line.gap_max_ms >= LONG_GAP_MS:
        span = words.number(line.gap_max_ms / 1000, 1)
        parts.append(words.gettext("longest gap of the picture %(seconds)s s", seconds=span))
    if line.empty_ms >= MIN_EMPTY_MS:
        span = words.duration(timedelta(milliseconds=line.empty_ms))
        parts.append(words.gettext("%(span)s without a picture that was due", span=span))
    if line.moves:
        parts.append(
            words.ngettext(
                "%(n)s change of the size sent", "%(n)s changes of the size sent", line.moves
            )
        )
    return " · ".join(parts)


def _part(words: Language, one: Stretch, begins_at: datetime) -> StripPart:
    begins = begins_at + one.first * MINUTE
    ends = begins + one.minutes * MINUTE
    said = _all_said(words, one.reasons)
    title = f"{words.time(begins)}–{words.time(ends)}" + (f": {said}" if said else "")
    key, height = _PARTS[one.degree]
    return StripPart(key, one.first, one.minutes, height, title)


def as_csv(points: Mapping[str, Mapping[datetime, LineMinute]]) -> GuardedCsv:
    """Return every minute of every point; times in Vietnam's zone, empty where not known."""
    figures = [one.name for one in fields(LineMinute)]
    rows: list[tuple[Cell, ...]] = []
    for subject, minutes in points.items():
        for at, minute in minutes.items():
            reasons = reasons_of(minute)
            rows.append(
                (
                    subject,
                    at.astimezone(ZONE).isoformat(timespec="minutes"),
                    degree_of(minute, reasons).name.lower(),
                    " ".join(one.cause.value for one in reasons),
                    *astuple(minute),
                )
            )
    return table_as_csv(("subject", "begins_at", "degree", "causes", *figures), rows)
