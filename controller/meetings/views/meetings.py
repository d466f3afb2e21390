"""Meetings as a list: those on, those to come, those that were."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from controller.meetings.holds.waiting import RoomsStand
from controller.meetings.list_filter import EVERY, ListFilter
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting, OrderKey
from controller.meetings.views import badges, kinds
from controller.web.elements import Badge, Choice, Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting in a list; `rooms`: said where somebody has to agree to one and has not."""

    meeting_id: str
    title: str
    document: str
    kind: str
    day: str
    hours: str
    chair: str
    host: str
    points: str
    badge: Badge
    series: str
    rooms: str


@dataclass(frozen=True, slots=True)
class Group:
    """Meetings of one kind; `empty` is said where there are none."""

    key: str
    name: str
    count: str
    rows: tuple[MeetingRow, ...]
    empty: str
    further: Crumb | None = None


@dataclass(frozen=True, slots=True)
class MeetingsView:
    """All the page shows; `approvals`: the way to rooms to agree to; empty: the asker has none."""

    subline: str
    groups: tuple[Group, ...]
    kinds: tuple[Choice, ...]
    held_as: tuple[Choice, ...]
    hosts: tuple[Choice, ...]
    address: str
    approvals: str = ""


@dataclass(frozen=True, slots=True)
class FurtherView:
    """Meetings beyond those of the list: a page of them, and the way to the next one."""

    address: str
    title: str
    crumbs: tuple[Crumb, ...]
    rows: tuple[MeetingRow, ...]
    empty: str
    further: Crumb | None


@dataclass(frozen=True, slots=True)
class Further:
    """From which place on there are meetings beyond the list; None: there are none."""

    over_by: OrderKey | None = None
    to_come_since: OrderKey | None = None
    wanted: ListFilter = EVERY
    hosts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What a list says of meetings beside their rows.

    `on`: those that go on, begun by our clock or not; `places`: which of how many of its series;
    `rooms`: of those that are to come or on.
    """

    point_names: Mapping[str, str]
    counts: Mapping[str, int]
    on: Collection[str]
    places: Mapping[str, tuple[int, int]]
    host_names: Mapping[str, str]
    rooms: Mapping[str, RoomsStand]


def hours(words: Language, begins_at: datetime, ends_at: datetime) -> str:
    """Return e.g. 14:00–15:30."""
    return f"{words.time(begins_at)}–{words.time(ends_at)}"


def view(
    words: Language,
    meetings: Iterable[Meeting],
    facts: ListFacts,
    past_days: int,
    further: Further,
) -> MeetingsView:
    """Return the page's view; to come: the nearest first; past: the latest first."""
    live: list[Meeting] = []
    upcoming: list[Meeting] = []
    past: list[Meeting] = []
    for meeting in sorted(meetings, key=lambda one: one.begins_at):
        is_over = MeetingPhase(meeting.state).is_final
        kept = live if meeting.meeting_id in facts.on else past if is_over else upcoming
        kept.append(meeting)

    def empty(text: str) -> str:
        if further.wanted == ListFilter(further.wanted.kind):
            return text if further.wanted == EVERY else words.gettext("There is none of this type.")
        return words.gettext("No meeting is as chosen above.")

    def rows(found: list[Meeting]) -> tuple[MeetingRow, ...]:
        return tuple(_row(words, one, facts) for one in found)

    past_name = words.gettext("Past, %(days)s days", days=past_days)
    no_past = words.gettext("No meeting was held in the last %(days)s days.", days=past_days)
    to_come, none_planned = words.gettext("To come"), words.gettext("No meeting is planned.")
    on_now, none_on = words.gettext("On now"), words.gettext("No meeting is on.")
    return MeetingsView(
        subline=words.gettext(
            "%(live)s on, %(upcoming)s to come", live=len(live), upcoming=len(upcoming)
        ),
        kinds=kinds.filter_choices(words, further.wanted.kind),
        held_as=kinds.held_as_filter(words, further.wanted.held_as),
        hosts=_host_choices(words, further),
        address="/meetings" + (f"?{urlencode(asked)}" if (asked := further.wanted.asked()) else ""),
        groups=(
            _group(words, "live", on_now, rows(live), empty(none_on)),
            replace(
                _group(words, "upcoming", to_come, rows(upcoming), empty(none_planned)),
                further=later(words, further.to_come_since, further.wanted),
            ),
            replace(
                _group(words, "past", past_name, rows(past[::-1]), empty(no_past)),
                further=earlier(words, further.over_by, further.wanted),
            ),
        ),
    )


def earlier(words: Language, by: OrderKey | None, wanted: ListFilter = EVERY) -> Crumb | None:
    """Return the way to the meetings that began by a place in the order."""
    if by is None:
        return None
    return Crumb(words.gettext("Earlier meetings"), f"/meetings/over?{_query(by, wanted)}")


def later(words: Language, since: OrderKey | None, wanted: ListFilter = EVERY) -> Crumb | None:
    """Return the way to the meetings that begin from a place on."""
    if since is None:
        return None
    return Crumb(words.gettext("Later meetings"), f"/meetings/later?{_query(since, wanted)}")


def _host_choices(words: Language, further: Further) -> tuple[Choice, ...]:
    chosen = further.wanted.host_unit_id
    every = Choice("", words.gettext("All hosts"), is_chosen=chosen is None)
    return (every, *(Choice(one, name, is_chosen=one == chosen) for one, name in further.hosts))


def _query(place: OrderKey, wanted: ListFilter) -> str:
    instant, meeting_id = place
    asked = {"from": instant.astimezone(UTC).isoformat(), "id": meeting_id}
    return urlencode(asked | wanted.asked())


def further_view(
    words: Language,
    meetings: Sequence[Meeting],
    facts: ListFacts,
    *,
    title: str,
    empty: str,
    address: str,
    further: Crumb | None,
) -> FurtherView:
    """Return a page of meetings that the list does not have."""
    return FurtherView(
        address=address,
        title=title,
        crumbs=(Crumb(words.gettext("Meetings"), "/meetings"), Crumb(title)),
        rows=tuple(_row(words, one, facts) for one in meetings),
        empty=empty,
        further=further,
    )


def _group(words: Language, key: str, name: str, rows: tuple[MeetingRow, ...], empty: str) -> Group:
    count = words.ngettext("%(n)s meeting", "%(n)s meetings", len(rows)) if rows else ""
    return Group(key, name, count, rows, empty)


def _row(words: Language, meeting: Meeting, facts: ListFacts) -> MeetingRow:
    state = MeetingPhase.LIVE.value if meeting.meeting_id in facts.on else meeting.state
    return MeetingRow(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        document=meeting.document_number,
        kind=kinds.said(words, meeting),
        day=words.day(meeting.begins_at),
        hours=hours(words, meeting.begins_at, meeting.ends_at),
        chair=facts.point_names.get(meeting.chair_point_id, meeting.chair_point_id),
        host=facts.host_names.get(meeting.host_unit_id or "", ""),
        points=words.number(facts.counts.get(meeting.meeting_id, 0)),
        badge=badges.of_meeting(state, words),
        series=_series(words, facts.places.get(meeting.meeting_id)),
        rooms=_rooms(words, facts.rooms.get(meeting.meeting_id)),
    )


def _rooms(words: Language, stand: RoomsStand | None) -> str:
    """Return how a meeting's rooms stand, where not all are agreed."""
    if stand is None or not (stand.asked or stand.lapsed):
        return ""
    if not stand.asked:
        return words.ngettext("%(n)s room not agreed", "%(n)s rooms not agreed", stand.lapsed)
    every = stand.agreed + stand.asked + stand.lapsed
    agreed, rooms = words.number(stand.agreed), words.number(every)
    return words.gettext("waits for a yes, %(agreed)s/%(all)s rooms", agreed=agreed, all=rooms)


def _series(words: Language, place: tuple[int, int] | None) -> str:
    if place is None:
        return ""
    number, count = (words.number(one) for one in place)
    return words.gettext("of a series: %(n)s of %(count)s", n=number, count=count)
