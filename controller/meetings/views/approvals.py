"""Rooms that somebody agrees to, as who agrees sees them: what is asked, one request, what was."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.meetings.booking import Clash
from controller.meetings.holds.desk import asked_as
from controller.meetings.holds.letters import PAGE, page_of
from controller.meetings.holds.rules import HoldState
from controller.meetings.holds.tables import RoomHold
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting
from controller.meetings.views.meetings import hours
from controller.places.owner import OWNER_NAMES, Owner
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import N_, Language

HOLD_BADGES: Mapping[HoldState, tuple[str, str, str]] = {
    HoldState.ASKED: ("scheduled", "state-at-risk", N_("Waits for an answer")),
    HoldState.AGREED: ("up", "state-up", N_("Has agreed")),
    HoldState.REFUSED: ("down", "state-down", N_("Not agreed")),
    HoldState.EXPIRED: ("unknown", "state-unknown", N_("Not answered in time")),
    HoldState.DISPLACED: ("unknown", "state-unknown", N_("Gave way to another meeting")),
    HoldState.TAKEN: ("degraded", "state-degraded", N_("Taken by an emergency")),
}
_NAMED = 4


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A meeting that asks an owner for rooms; `choice`: by what it is known in the list.

    `seen`: what was shown, as `asked_as` has it; an answer is to that.
    """

    choice: str
    seen: str
    href: str
    title: str
    when: str
    owner: str
    rooms: str
    asked: str
    badge: Badge
    answered: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalsView:
    """The list; `acts_for` empty: whoever looks agrees for no owner."""

    crumbs: tuple[Crumb, ...]
    acts_for: str
    waiting: tuple[RequestRow, ...]
    answered: tuple[RequestRow, ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomAsked:
    """One room of a request."""

    point_id: str
    name: str
    badge: Badge
    is_asked: bool
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class RoomCheck:
    """One thing to know before an answer."""

    icon: str
    css: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request: facts, checks, rooms, and what an answer brings."""

    crumbs: tuple[Crumb, ...]
    href: str
    title: str
    place: str
    asked: str
    facts: tuple[tuple[str, str], ...]
    checks: tuple[RoomCheck, ...]
    rooms: tuple[RoomAsked, ...]
    seen: str
    is_waiting: bool
    can_withdraw: bool
    can_reinstate: bool
    answered: str
    consequence: str
    agree: str
    problem: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What is known of a request; `place`: which of how many wait; `silent`: points not heard."""

    meeting: Meeting
    owner: Owner
    holds: Sequence[RoomHold]
    names: Mapping[str, str]
    people: Mapping[str, str]
    chair_point: str
    host: str
    points: int
    clashes: Sequence[Clash]
    silent: Sequence[str]
    others_wait: int
    rehearsed: int
    place: tuple[int, int] | None


def hold_badge(words: Language, state: HoldState) -> Badge:
    """Return how a room stands."""
    icon, css, word = HOLD_BADGES[state]
    return Badge(icon, css, words.gettext(word))


def row(
    words: Language,
    now: datetime,
    meeting: Meeting,
    holds: Sequence[RoomHold],
    names: Mapping[str, str],
    people: Mapping[str, str],
) -> RequestRow:
    """Return one request as a line of the list."""
    first = holds[0]
    owner = Owner(first.owner)
    answered = max((one.answered_at for one in holds if one.answered_at), default=None)
    said = ""
    if answered is not None:
        who = people.get(first.answered_by, first.answered_by)
        said = words.gettext("%(who)s, %(time)s", who=who, time=words.moment(answered, now))
        reason = next((one.reason for one in holds if one.reason), "")
        said = f"{said}. {reason}" if reason else said
    return RequestRow(
        choice=f"{meeting.meeting_id}/{owner.value}",
        seen=asked_as(meeting, holds),
        href=page_of(meeting.meeting_id, owner),
        title=meeting.title,
        when=_when(words, meeting),
        owner=words.gettext(OWNER_NAMES[owner]),
        rooms=rooms_named(words, [names.get(one.point_id, one.point_id) for one in holds]),
        asked=_asked(words, now, first, people),
        badge=worst(words, meeting, holds),
        answered=said,
    )


def worst(words: Language, meeting: Meeting, holds: Sequence[RoomHold]) -> Badge:
    """Return how the rooms of an owner stand together."""
    if MeetingPhase(meeting.state) is MeetingPhase.CANCELLED:
        return Badge("cancelled", "state-calm", words.gettext("The meeting is cancelled"))
    states = {HoldState(one.state) for one in holds}
    order = (
        *(HoldState.ASKED, HoldState.REFUSED, HoldState.EXPIRED, HoldState.DISPLACED),
        *(HoldState.TAKEN, HoldState.AGREED),
    )
    if states == {HoldState.AGREED, HoldState.REFUSED}:
        return Badge("degraded", "state-degraded", words.gettext("Agreed without some rooms"))
    return hold_badge(words, next(one for one in order if one in states))


def rooms_named(words: Language, names: Sequence[str]) -> str:
    """Return how many rooms, and the first of them by name."""
    count = words.ngettext("%(n)s room", "%(n)s rooms", len(names))
    more = "…" if len(names) > _NAMED else ""
    return f"{count}: {', '.join(names[:_NAMED])}{more}"


def request(
    words: Language,
    now: datetime,
    facts: RequestFacts,
    *,
    problem: str = "",
    reason: str = "",
    without: Collection[str] = (),
) -> RequestView:
    """Return one request's page; what was entered and refused stays."""
    meeting, asked = facts.meeting, [one for one in facts.holds if _is_asked(one)]
    phase = MeetingPhase(meeting.state)
    shown = row(words, now, meeting, facts.holds, facts.names, facts.people)
    place = facts.place
    return RequestView(
        crumbs=(Crumb(words.gettext("Rooms to agree to"), PAGE), Crumb(meeting.title)),
        href=page_of(meeting.meeting_id, facts.owner),
        title=meeting.title,
        place=words.gettext("%(n)s of %(all)s waiting", n=place[0], all=place[1]) if place else "",
        asked=shown.asked,
        facts=_facts(words, now, facts, shown),
        checks=_checks(words, facts),
        rooms=tuple(
            RoomAsked(
                one.point_id,
                facts.names.get(one.point_id, one.point_id),
                hold_badge(words, HoldState(one.state)),
                _is_asked(one),
                is_left_out=one.point_id in without,
            )
            for one in facts.holds
        ),
        seen=asked_as(meeting, facts.holds),
        is_waiting=bool(asked) and phase.is_told,
        can_withdraw=phase is MeetingPhase.SCHEDULED
        and any(HoldState(one.state).is_agreed for one in facts.holds),
        can_reinstate=phase is MeetingPhase.SCHEDULED
        and any(HoldState(one.state) is HoldState.REFUSED for one in facts.holds),
        answered=f"{shown.badge.word}. {shown.answered}".strip(),
        consequence=_consequence(words, facts, len(asked)),
        agree=words.ngettext("Agree to %(n)s room", "Agree to %(n)s rooms", len(asked)),
        problem=problem,
        reason=reason,
    )


def _is_asked(one: RoomHold) -> bool:
    return HoldState(one.state) is HoldState.ASKED


def _when(words: Language, meeting: Meeting) -> str:
    return f"{hours(words, meeting.begins_at, meeting.ends_at)}, {words.day(meeting.begins_at)}"


def _asked(words: Language, now: datetime, one: RoomHold, people: Mapping[str, str]) -> str:
    who, at = people.get(one.asked_by, one.asked_by), words.moment(one.asked_at, now)
    if HoldState(one.state) is HoldState.TAKEN:
        return words.gettext("%(who)s began it %(time)s", who=who, time=at)
    return words.gettext("%(who)s asked %(time)s", who=who, time=at)


def _facts(
    words: Language, now: datetime, facts: RequestFacts, shown: RequestRow
) -> tuple[tuple[str, str], ...]:
    meeting = facts.meeting
    told = [
        (words.gettext("When"), shown.when),
        (words.gettext("Rooms of"), shown.owner),
        (words.gettext("Host unit"), facts.host),
        (words.gettext("Chair"), meeting.chair_name),
        (words.gettext("Chair's point"), facts.chair_point),
        (words.gettext("Points"), words.number(facts.points)),
        (words.gettext("Invitation"), meeting.document_number),
        (words.gettext("Classification"), words.gettext("Normal")),
    ]
    waits = [one.expires_at for one in facts.holds if _is_asked(one)]
    if waits:
        told.append((words.gettext("Kept until"), words.moment(min(waits), now)))
    return tuple((name, value) for name, value in told if value)


def _checks(words: Language, facts: RequestFacts) -> tuple[RoomCheck, ...]:
    found = []
    if facts.clashes:
        for one in facts.clashes[:_NAMED]:
            names = [facts.names.get(point, point) for point in one.points]
            found.append(
                RoomCheck(
                    "degraded",
                    "state-degraded",
                    words.gettext("At the same time: “%(title)s”", title=one.title),
                    f"{hours(words, one.begins_at, one.ends_at)} · {rooms_named(words, names)}",
                )
            )
    else:
        text = words.gettext("No other meeting in these rooms then")
        found.append(RoomCheck("up", "state-up", text))
    if facts.silent:
        text = words.ngettext(
            "%(n)s room is without connection now",
            "%(n)s rooms are without connection now",
            len(facts.silent),
        )
        found.append(RoomCheck("down", "state-down", text, ", ".join(facts.silent[:_NAMED])))
    if facts.rehearsed and facts.meeting.is_joined:
        text = words.ngettext(
            "Rehearsed %(n)s time, by itself", "Rehearsed %(n)s times, by itself", facts.rehearsed
        )
        detail = words.gettext("Nobody has to be there. What fails is told to the office.")
        found.append(RoomCheck("in-meeting", "state-in-meeting", text, detail))
    return tuple(found)


def _consequence(words: Language, facts: RequestFacts, count: int) -> str:
    if facts.others_wait:
        return words.gettext(
            "After a yes the rooms are this meeting's. Invitations wait until the others agree too."
        )
    return words.gettext("After a yes the rooms are this meeting's, and invitations can be sent.")
