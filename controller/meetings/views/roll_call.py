"""The roll call as it is called, and as it is printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.participants import person_named
from controller.meetings.meeting_state import MeetingPhase, may_be_ended
from controller.meetings.rollcall.rules import RollCounts, RollMark, RollRow, RollState, counts
from controller.meetings.rollcall.tables import RollCall
from controller.meetings.tables import Meeting
from controller.meetings.views.meetings import hours
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import N_, Language

_NAMES = {
    RollState.UNCALLED: N_("Not called yet"),
    RollState.PRESENT: N_("Present"),
    RollState.LATE: N_("Late"),
    RollState.SUBSTITUTE: N_("Substitute"),
    RollState.ABSENT: N_("Absent"),
}
_SHAPES = {
    RollState.UNCALLED: ("unknown", "state-unknown"),
    RollState.PRESENT: ("tick", "state-up"),
    RollState.LATE: ("at-risk", "state-at-risk"),
    RollState.SUBSTITUTE: ("substitute", "state-calm"),
    RollState.ABSENT: ("excluded", "state-excluded"),
}
_MARKS = (
    (RollState.PRESENT, "C"),
    (RollState.LATE, "M"),
    (RollState.SUBSTITUTE, "T"),
    (RollState.ABSENT, "V"),
)
_REASONS = (N_("power cut"), N_("network down"), N_("busy with other work"))
_NOT_CALLED = N_("The roll of a draft or a cancelled meeting is not called.")
_KEYS = (
    ("↑ ↓", N_("another row")),
    ("C", N_("present")),
    ("M", N_("late")),
    ("T", N_("a substitute, then the name")),
    ("V", N_("absent, then the reason by 1, 2, 3")),
    ("B", N_("not called")),
    ("␣", N_("as proposed")),
    ("S", N_("people in the room")),
    ("Z", N_("take one's own last act back")),
    ("/", N_("search")),
)


@dataclass(frozen=True, slots=True)
class RollFacts:
    """What the view is made from."""

    meeting: Meeting
    call: RollCall
    rows: Sequence[RollRow]
    names: Mapping[str, str]
    people: Mapping[str, str]
    grace: timedelta
    is_office: bool


@dataclass(frozen=True, slots=True)
class RollChoice:
    """A state: as a button of a row, and as a filter with how many it finds."""

    id: str
    name: str
    key: str = ""
    count: str = ""
    is_chosen: bool = False
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class RollLine:
    """One who is invited. `note`: by whom it was called; `overtaken`: what the log says since."""

    subject: str
    number: int
    name: str
    href: str
    seen: str
    state: str
    proposed: str
    badge: Badge
    said: str
    detail: str
    late_min: str
    heads: str
    heads_said: str
    note: str
    overtaken: str


@dataclass(frozen=True, slots=True)
class RollCallView:
    """All that is shown. `live_in`: seconds until a proposal changes by itself."""

    meeting_id: str
    title: str
    crumbs: tuple[Crumb, ...]
    facts: str
    part: str
    live_in: str
    filters: tuple[RollChoice, ...]
    marks: tuple[RollChoice, ...]
    reasons: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    lines: tuple[RollLine, ...]
    chosen: RollLine | None
    heads: str
    proposed: str
    can_act: bool
    can_close: bool
    can_reopen: bool
    is_closed: bool
    standing: str
    why_not: str
    closing: str


def view(
    words: Language, now: datetime, facts: RollFacts, *, shown: RollState | None, chosen: str
) -> RollCallView:
    """Return the page's view.

    Args:
        shown: the one state whose rows are shown; None: all are.
        chosen: whose note is being written.
    """
    meeting, call, counted = facts.meeting, facts.call, counts(facts.rows)
    phase, is_closed = MeetingPhase(meeting.state), call.closed_at is not None
    is_called = phase not in (MeetingPhase.DRAFT, MeetingPhase.CANCELLED)
    has_begun = phase is MeetingPhase.ENDED or may_be_ended(phase, meeting.begins_at, now=now)
    lines = [
        _line(words, now, facts, row, number) for number, row in enumerate(facts.rows, start=1)
    ]
    page = f"/meetings/{meeting.meeting_id}/roll-call"
    can_act = facts.is_office and is_called and not is_closed
    return RollCallView(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        crumbs=(
            Crumb(words.gettext("Meetings"), "/meetings"),
            Crumb(meeting.title, f"/meetings/{meeting.meeting_id}"),
            Crumb(words.gettext("Roll call")),
        ),
        facts=_facts(words, meeting),
        part=f"/parts{page}" + (f"?show={shown.value}" if shown else ""),
        live_in=_live_in(meeting, facts.grace, now),
        filters=_filters(words, counted, shown),
        marks=tuple(RollChoice(state.value, _short(words, state), key) for state, key in _MARKS),
        reasons=tuple(words.gettext(one) for one in _REASONS),
        keys=tuple((key, words.gettext(name)) for key, name in _KEYS),
        lines=tuple(one for one in lines if shown is None or one.state == shown.value),
        chosen=next((one for one in lines if one.subject == chosen), None) if can_act else None,
        heads=_heads(words, counted),
        proposed=_proposed(words, counted.proposed),
        can_act=can_act,
        can_close=can_act and has_begun,
        can_reopen=facts.is_office and is_closed,
        is_closed=is_closed,
        standing=_standing(words, now, facts),
        why_not="" if is_called else words.gettext(_NOT_CALLED),
        closing=_closing(words, counted, is_over=phase is MeetingPhase.ENDED),
    )


def state_name(words: Language, state: RollState) -> str:
    """Return what a state is called."""
    return words.gettext(_NAMES[state])


def _proposed(words: Language, count: int) -> str:
    if not count:
        return ""
    return words.ngettext("Confirm %(n)s proposal", "Confirm %(n)s proposals", count)


def _short(words: Language, state: RollState) -> str:
    return words.gettext("Stand-in") if state is RollState.SUBSTITUTE else state_name(words, state)


def _facts(words: Language, meeting: Meeting) -> str:
    parts = [f"{words.day(meeting.begins_at)}, {hours(words, meeting.begins_at, meeting.ends_at)}"]
    if meeting.document_number:
        parts.append(meeting.document_number)
    if meeting.secretary:
        parts.append(words.gettext("secretary: %(name)s", name=meeting.secretary))
    return " · ".join(parts)


def _live_in(meeting: Meeting, grace: timedelta, now: datetime) -> str:
    """Return after how many seconds the beginning or its grace is over; empty: both are."""
    ahead = [at - now for at in (meeting.begins_at, meeting.begins_at + grace) if at > now]
    soon = min(ahead, default=None)
    if soon is None or soon > timedelta(days=1):
        return ""
    return str(int(soon.total_seconds()) + 1)


def _filters(
    words: Language, counted: RollCounts, shown: RollState | None
) -> tuple[RollChoice, ...]:
    all_of = RollChoice(
        "", words.gettext("Invited"), count=words.number(counted.invited), is_chosen=shown is None
    )
    by_state = (
        RollChoice(
            state.value,
            state_name(words, state),
            count=words.number(count),
            is_chosen=shown is state,
            badge=badge(words, state),
        )
        for state, count in counted.by_state.items()
    )
    return (all_of, *by_state)


def badge(words: Language, state: RollState) -> Badge:
    shape, css = _SHAPES[state]
    return Badge(shape, css, state_name(words, state))


def _heads(words: Language, counted: RollCounts) -> str:
    if not counted.heads and not counted.heads_unknown and counted.by_state[RollState.UNCALLED]:
        return words.gettext("nobody counted yet")
    sum_of = words.ngettext("%(n)s person", "%(n)s people", counted.heads)
    if not counted.heads_unknown:
        return sum_of
    unknown = words.ngettext(
        "%(n)s room not counted", "%(n)s rooms not counted", counted.heads_unknown
    )
    return f"{sum_of}, {unknown}" if counted.heads else unknown


def _standing(words: Language, now: datetime, facts: RollFacts) -> str:
    call, ended_at = facts.call, facts.meeting.ended_at
    if call.closed_at is not None:
        said = {
            "name": facts.people.get(call.closed_by, call.closed_by),
            "time": words.moment(call.closed_at, now),
        }
        if ended_at is None or call.closed_at < ended_at:
            return words.gettext(
                "Closed by %(name)s at %(time)s as the first call, while the meeting was on. "
                "Who comes later is shown beside.",
                **said,
            )
        return words.gettext("Closed by %(name)s at %(time)s.", **said)
    if call.reopened_at is not None:
        return words.gettext(
            "Opened again by %(name)s at %(time)s: %(reason)s",
            name=facts.people.get(call.reopened_by, call.reopened_by),
            time=words.moment(call.reopened_at, now),
            reason=call.reason,
        )
    return ""


def _closing(words: Language, counted: RollCounts, *, is_over: bool) -> str:
    uncalled = counted.by_state[RollState.UNCALLED]
    said = words.gettext("Nothing can be changed then, unless it is opened again with a reason.")
    if not is_over:
        first = words.gettext("The meeting is on: this closes the first call.")
        said = f"{first} {said}"
    if not uncalled:
        return said
    left = words.ngettext("%(n)s is not called yet.", "%(n)s are not called yet.", uncalled)
    return f"{left} {said}"


def _line(words: Language, now: datetime, facts: RollFacts, row: RollRow, number: int) -> RollLine:
    mark, person = row.mark, person_named(row.subject)
    name = facts.people.get(person, person) if person else facts.names.get(row.subject)
    return RollLine(
        subject=row.subject,
        number=number,
        name=name or row.subject,
        href="" if person else f"/points/{row.subject}",
        seen=_seen(words, now, row) if facts.meeting.is_joined else "",
        state=row.state.value,
        proposed=row.proposal.state.value if row.proposal else "",
        badge=badge(words, row.state),
        said=said(words, mark) if mark else "",
        detail=mark.detail if mark else "",
        late_min=str(mark.late_min) if mark and mark.late_min is not None else "",
        heads="" if row.heads is None else str(row.heads),
        heads_said=""
        if row.heads is None
        else words.ngettext("%(n)s person", "%(n)s people", row.heads),
        note=_note(words, now, facts, row),
        overtaken=_overtaken(words, row) if row.is_overtaken else "",
    )


def _seen(words: Language, now: datetime, row: RollRow) -> str:
    """Return what the log of joins and leaves has."""
    seen = row.stay
    if seen.came_at is None:
        return words.gettext("has not come in")
    came = words.gettext("in since %(time)s", time=words.moment(seen.came_at, now))
    if seen.left_at is None:
        return came
    left = words.gettext("left %(time)s", time=words.moment(seen.left_at, now))
    return f"{came}, {left}"


def said(words: Language, mark: RollMark) -> str:
    """Return a mark in words: the state, with the minutes, the name or the reason."""
    name = state_name(words, mark.state)
    if mark.state is RollState.LATE and mark.late_min is not None:
        name = words.ngettext("%(n)s minute late", "%(n)s minutes late", mark.late_min)
    if not mark.detail:
        return name
    return words.gettext("%(state)s: %(detail)s", state=name, detail=mark.detail)


def _note(words: Language, now: datetime, facts: RollFacts, row: RollRow) -> str:
    mark, before = row.mark, row.before
    if mark is None:
        return ""
    who = facts.people.get(mark.actor, mark.actor)
    note = f"{who}, {words.moment(mark.at, now)}"
    if before is None or said(words, before) == said(words, mark):
        return note
    other = facts.people.get(before.actor, before.actor)
    earlier = words.gettext("before: %(said)s (%(name)s)", said=said(words, before), name=other)
    return f"{note} · {earlier}"


def _overtaken(words: Language, row: RollRow) -> str:
    proposed = row.proposal
    if proposed is None:
        return ""
    now_said = said(words, RollMark(proposed.state, late_min=proposed.late_min))
    return words.gettext("The log now speaks for: %(said)s", said=now_said)
