"""The queue for the floor: who waits, how long, what they have spoken, whether they are ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.floor import FloorMode
from contracts.participants import person_named
from controller.health import states
from controller.health.states import PointState
from controller.meetings import readiness
from controller.meetings.readiness import Lack, Readiness, Ready
from controller.meetings.views import seats
from controller.meetings.views.seats import MeetingRoster
from controller.web.elements import Badge
from controller.web.i18n.language import N_, Language

MOST_KEYS = 9

_BADGES = {
    Readiness.READY: ("tick", "state-up"),
    Readiness.AT_RISK: ("degraded", "state-degraded"),
    Readiness.NOT_READY: ("down", "state-down"),
    Readiness.UNKNOWN: ("unknown", "state-unknown"),
}
_LACKS = {
    Lack.NOT_IN: N_("Not in the meeting"),
    Lack.NO_MICROPHONE: N_("No microphone"),
    Lack.MICROPHONE_UNKNOWN: N_("Microphone not known"),
    Lack.NO_PICTURE: N_("No picture"),
    Lack.BAD_LINE: N_("Bad line"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One of the queue. `key`: the digit that invites them; `waits_since` in ISO form."""

    who: str
    place: str
    name: str
    badge: Badge
    lacks: str
    waits: str
    waits_since: str
    spoke: str
    key: str
    may_be_invited: bool
    is_first: bool
    invite_spoken: str
    drop_spoken: str


@dataclass(frozen=True, slots=True)
class QueueView:
    """Who waits, the first of them first; `note` says how many."""

    waiting: tuple[Waiting, ...]
    note: str
    may_act: bool


def view(
    words: Language, now: datetime, roster: MeetingRoster, names: Mapping[str, str]
) -> QueueView:
    """Return the queue as whoever looks sees it."""
    shown = [who for who in roster.hands if roster.is_live]
    may_act = roster.can_act and roster.is_live
    is_open = may_act and roster.floor.mode is not FloorMode.DISCUSSION
    invited = [who for who in shown if is_open and seats.may_be_given(roster, who)]
    return QueueView(
        waiting=tuple(
            _waiting(words, now, roster, names.get(who, who), place, who, invited)
            for place, who in enumerate(shown, 1)
        ),
        note=words.ngettext("%(n)s waits", "%(n)s wait", len(shown)) if shown else "",
        may_act=may_act,
    )


def _waiting(
    words: Language,
    now: datetime,
    roster: MeetingRoster,
    name: str,
    place: int,
    who: str,
    invited: list[str],
) -> Waiting:
    asked_at = roster.hands[who]
    known = roster.spoken.get(who)
    judged = _judged(roster, who)
    return Waiting(
        who=who,
        place=words.number(place),
        name=name,
        badge=Badge(*_BADGES[judged.verdict], _verdict(words, judged)),
        lacks=_lacks(words, roster, who, judged),
        waits=words.duration(now - asked_at),
        waits_since=asked_at.astimezone(UTC).isoformat(),
        spoke=seats.spoke(words, known, now) if known else words.gettext("has not spoken"),
        key=str(place) if place <= MOST_KEYS else "",
        may_be_invited=who in invited,
        is_first=invited[:1] == [who],
        invite_spoken=words.gettext("Invite %(name)s to speak", name=name),
        drop_spoken=words.gettext("Take %(name)s out of the queue", name=name),
    )


def _judged(roster: MeetingRoster, who: str) -> Ready:
    if person_named(who) is not None:
        session = roster.taking_part().get(who)
        return readiness.ready([session] if session else [], None, is_person=True)
    return readiness.ready(roster.sessions_of(who), roster.rooms.get(who), is_person=False)


def _verdict(words: Language, judged: Ready) -> str:
    if judged.verdict is Readiness.READY:
        return words.gettext("Ready")
    return words.gettext(_LACKS[judged.lacks[0]])


def _lacks(words: Language, roster: MeetingRoster, who: str, judged: Ready) -> str:
    """Return all that speaks against it, and what the point itself says of the cause."""
    if judged.verdict is Readiness.READY:
        return words.gettext("Ready")
    return ", ".join(_said(words, roster, who, judged, lack) for lack in judged.lacks)


def _said(words: Language, roster: MeetingRoster, who: str, judged: Ready, lack: Lack) -> str:
    text = words.gettext(_LACKS[lack])
    device = {Lack.NO_MICROPHONE: judged.microphone, Lack.NO_PICTURE: judged.camera}.get(lack)
    if device is not None and device.state not in ("open", "closed"):
        return f"{text}: {states.of_device(words, device)}"
    state = roster.point_states.get(who)
    if lack is Lack.NOT_IN and state not in (None, PointState.UP):
        return f"{text}: {states.of_point(state, words).word.lower()}"
    return text
