"""A meeting's agenda as pages show it: the rows of its form, the plan, and where one is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.floor import FloorMode
from controller.meetings import agenda
from controller.meetings.agenda import MAX_ITEMS, USUAL_ITEM_MIN, AgendaItem, AgendaPlace
from controller.meetings.agenda_entered import AgendaTyped
from controller.meetings.tables import Meeting
from controller.meetings.views import seats
from controller.meetings.views.seats import MeetingRoster
from controller.web.i18n.language import Language

BLANK_ROWS = 3


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One item of the plan; `is_past` and `is_now` while the meeting is on."""

    number: str
    title: str
    speaker: str
    hours: str
    is_past: bool = False
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class AgendaInvite:
    """Whom the agenda would have speak now."""

    who: str
    text: str
    may_be_invited: bool


@dataclass(frozen=True, slots=True)
class AgendaView:
    """The panel; `at`: the item that is on, from 0; `following`, `previous`: None: no button."""

    rows: tuple[AgendaRow, ...]
    note: str
    at: int = 0
    is_behind: bool = False
    following: int | None = None
    previous: int | None = None
    invite: AgendaInvite | None = None


def form_rows(typed: Sequence[AgendaTyped]) -> tuple[AgendaTyped, ...]:
    """Return the rows of a form: those that were typed, then blank ones."""
    room = max(0, min(BLANK_ROWS, MAX_ITEMS - len(typed)))
    return (*typed, *[AgendaTyped(minutes=str(USUAL_ITEM_MIN))] * room)


def plan(words: Language, meeting: Meeting, items: Sequence[AgendaItem]) -> AgendaView | None:
    """Return the agenda of a meeting that is not on; None: it has none."""
    if not items:
        return None
    count = words.ngettext("%(n)s item", "%(n)s items", len(items))
    longer = agenda.length(items) - (meeting.ends_at - meeting.begins_at)
    if longer > timedelta():
        over = words.gettext("%(time)s longer than the meeting", time=words.duration(longer))
        count = f"{count}, {over}"
    return AgendaView(_rows(words, meeting, items, None), count)


def view(
    words: Language,
    now: datetime,
    meeting: Meeting,
    items: Sequence[AgendaItem],
    roster: MeetingRoster,
    names: Mapping[str, str],
) -> AgendaView | None:
    """Return the panel of the console; None: the meeting has no agenda."""
    begun = meeting.live_at or meeting.begins_at
    at = agenda.place(items, meeting.begins_at, live_at=begun, now=now) if roster.is_live else None
    if at is None:
        return plan(words, meeting, items)
    return AgendaView(
        rows=_rows(words, meeting, items, at.index),
        note=_lag(words, at),
        at=at.index,
        is_behind=_minutes(at) > 0,
        following=at.index + 1 if roster.can_act and at.index + 1 < len(items) else None,
        previous=at.index - 1 if roster.can_act and at.index else None,
        invite=_invite(words, items[at.index], roster, names),
    )


def _rows(
    words: Language, meeting: Meeting, items: Sequence[AgendaItem], at: int | None
) -> tuple[AgendaRow, ...]:
    hours = agenda.planned(items, meeting.begins_at)
    return tuple(
        AgendaRow(
            number=words.number(index + 1),
            title=one.title,
            speaker=one.speaker,
            hours=f"{words.time(begins)}–{words.time(ends)}",
            is_past=at is not None and index < at,
            is_now=index == at,
        )
        for index, (one, (begins, ends)) in enumerate(zip(items, hours, strict=True))
    )


def _minutes(at: AgendaPlace) -> int:
    """Return by how many whole minutes it is behind; below zero: ahead."""
    return int(at.lag / timedelta(minutes=1))


def _lag(words: Language, at: AgendaPlace) -> str:
    minutes = _minutes(at)
    if minutes > 0:
        return words.ngettext("%(n)s minute behind plan", "%(n)s minutes behind plan", minutes)
    if minutes < 0:
        return words.ngettext("%(n)s minute ahead of plan", "%(n)s minutes ahead of plan", -minutes)
    return words.gettext("as planned")


def _invite(
    words: Language, item: AgendaItem, roster: MeetingRoster, names: Mapping[str, str]
) -> AgendaInvite | None:
    """Return whom the item's speaker would be; None: no invited point, or it speaks already."""
    who = item.point_id
    is_invited = who is not None and any(one.point_id == who for one in roster.points)
    if not is_invited or who is None or not roster.can_act or who == roster.chair_id:
        return None
    if roster.floor.mode is FloorMode.DISCUSSION or who in roster.floor.holders:
        return None
    text = words.gettext("Invite %(name)s by the agenda", name=names.get(who, who))
    return AgendaInvite(who, text, seats.may_be_given(roster, who))
