"""Meetings as a list: those on, those to come, those that were."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting
from controller.meetings.views import badges
from controller.web.elements import Badge
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting in a list."""

    meeting_id: str
    title: str
    document: str
    day: str
    hours: str
    chair: str
    points: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class Group:
    """Meetings of one kind; `empty` is said where there are none."""

    key: str
    name: str
    count: str
    rows: tuple[MeetingRow, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class MeetingsView:
    """All the page shows."""

    subline: str
    groups: tuple[Group, ...]


def hours(words: Language, begins_at: datetime, ends_at: datetime) -> str:
    """Return e.g. 14:00–15:30."""
    return f"{words.time(begins_at)}–{words.time(ends_at)}"


def view(
    words: Language,
    meetings: Iterable[Meeting],
    point_names: Mapping[str, str],
    counts: Mapping[str, int],
    past_days: int,
) -> MeetingsView:
    """Return the page's view; to come: the nearest first; past: the latest first."""
    live: list[Meeting] = []
    upcoming: list[Meeting] = []
    past: list[Meeting] = []
    for meeting in sorted(meetings, key=lambda one: one.begins_at):
        phase = MeetingPhase(meeting.state)
        kept = live if phase is MeetingPhase.LIVE else past if phase.is_final else upcoming
        kept.append(meeting)

    def rows(found: list[Meeting]) -> tuple[MeetingRow, ...]:
        return tuple(_row(words, one, point_names, counts) for one in found)

    past_name = words.gettext("Past, %(days)s days", days=past_days)
    no_past = words.gettext("No meeting was held in the last %(days)s days.", days=past_days)
    to_come, none_planned = words.gettext("To come"), words.gettext("No meeting is planned.")
    on_now, none_on = words.gettext("On now"), words.gettext("No meeting is on.")
    return MeetingsView(
        subline=words.gettext(
            "%(live)s on, %(upcoming)s to come", live=len(live), upcoming=len(upcoming)
        ),
        groups=(
            _group(words, "live", on_now, rows(live), none_on),
            _group(words, "upcoming", to_come, rows(upcoming), none_planned),
            _group(words, "past", past_name, rows(past[::-1]), no_past),
        ),
    )


def _group(words: Language, key: str, name: str, rows: tuple[MeetingRow, ...], empty: str) -> Group:
    count = words.ngettext("%(n)s meeting", "%(n)s meetings", len(rows)) if rows else ""
    return Group(key, name, count, rows, empty)


def _row(
    words: Language, meeting: Meeting, point_names: Mapping[str, str], counts: Mapping[str, int]
) -> MeetingRow:
    return MeetingRow(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        document=meeting.document_number,
        day=words.day(meeting.begins_at),
        hours=hours(words, meeting.begins_at, meeting.ends_at),
        chair=point_names.get(meeting.chair_point_id, meeting.chair_point_id),
        points=words.number(counts.get(meeting.meeting_id, 0)),
        badge=badges.of_meeting(meeting.state, words),
    )
