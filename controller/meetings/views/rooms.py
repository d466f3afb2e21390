"""Rooms of others in a meeting: who has to agree, since when, and what to do now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.meetings.holds.rules import HoldState
from controller.meetings.holds.tables import RoomHold
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting
from controller.meetings.views.approvals import rooms_named, worst
from controller.places.owner import OWNER_NAMES, Owner
from controller.web.elements import Badge
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class OwnerRooms:
    """An owner's rooms in a meeting; `nobody`: what to do where nobody agrees for it.

    `chair`: that the room from where the meeting is led is one of them, and not agreed.
    """

    key: str
    owner: str
    rooms: str
    badge: Badge
    said: str
    approvers: str
    nobody: str
    chair: str


@dataclass(frozen=True, slots=True)
class RoomsView:
    """The panel; `left_out`: said where points do not join; `is_open`: something is to be done.

    `no_chair`: said where the point from where the meeting is led does not join.
    """

    meeting_id: str
    owners: tuple[OwnerRooms, ...]
    left_out: str
    no_chair: str
    is_open: bool
    can_ask: bool
    can_leave_out: bool


@dataclass(frozen=True, slots=True)
class RoomsFacts:
    """What is known; `approvers`: the names of who agrees, by owner."""

    meeting: Meeting
    holds: Sequence[RoomHold]
    names: Mapping[str, str]
    people: Mapping[str, str]
    approvers: Mapping[Owner, Sequence[str]]


def view(words: Language, now: datetime, facts: RoomsFacts, *, is_office: bool) -> RoomsView:
    """Return the panel."""
    phase = MeetingPhase(facts.meeting.state)
    lapsed = [one for one in facts.holds if HoldState(one.state).is_lapsed]
    missing = [one for one in facts.holds if not HoldState(one.state).is_agreed]
    is_coming = phase is MeetingPhase.SCHEDULED and facts.meeting.begins_at > now
    left_out = ""
    if missing and phase.is_told:
        names = [facts.names.get(one.point_id, one.point_id) for one in missing]
        left_out = words.gettext(
            "Not agreed, so they do not join: %(rooms)s", rooms=rooms_named(words, names)
        )
    chair = facts.meeting.chair_point_id
    leads = _unled(facts) if phase.is_told and facts.meeting.is_joined else None
    return RoomsView(
        meeting_id=facts.meeting.meeting_id,
        owners=tuple(
            _owner(words, now, facts, owner, [one for one in facts.holds if one.owner == owner])
            for owner in dict.fromkeys(one.owner for one in facts.holds)
        ),
        left_out=left_out,
        no_chair=words.gettext(
            "Nobody leads the meeting as it stands: %(name)s, from where it is led, does not join. "
            "Get the room agreed, or choose another point before it begins.",
            name=facts.names.get(leads, leads),
        )
        if leads
        else "",
        is_open=bool(missing) and phase.is_told,
        can_ask=is_office and is_coming and bool(lapsed),
        can_leave_out=is_office
        and is_coming
        and bool(lapsed)
        and all(one.point_id != chair for one in lapsed),
    )


def _unled(facts: RoomsFacts) -> str | None:
    """Return the point from where a meeting is led if its room is not agreed."""
    leads = facts.meeting.chairing_point_id
    missing = {one.point_id for one in facts.holds if not HoldState(one.state).is_agreed}
    return leads if leads in missing else None


def _owner(
    words: Language, now: datetime, facts: RoomsFacts, owner: str, holds: Sequence[RoomHold]
) -> OwnerRooms:
    first, known = holds[0], Owner(owner)
    asked = [one for one in holds if HoldState(one.state) is HoldState.ASKED]
    who = facts.approvers.get(known, ())
    if asked:
        said = words.gettext(
            "Asked %(time)s by %(who)s; held until %(until)s",
            time=words.moment(first.asked_at, now),
            who=facts.people.get(first.asked_by, first.asked_by),
            until=words.moment(min(one.expires_at for one in asked), now),
        )
    else:
        said = _answered(words, now, facts, holds)
    nobody = words.gettext("Nobody agrees for this owner yet: an administrator appoints somebody.")
    return OwnerRooms(
        key=owner,
        owner=words.gettext(OWNER_NAMES[known]),
        rooms=rooms_named(words, [facts.names.get(one.point_id, one.point_id) for one in holds]),
        badge=worst(words, facts.meeting, holds),
        said=said,
        approvers=words.gettext("Who agrees: %(names)s", names=", ".join(who))
        if asked and who
        else "",
        nobody=nobody if asked and not who else "",
        chair=words.gettext("The chair's room is among them")
        if _unled(facts) in {one.point_id for one in holds}
        else "",
    )


def _answered(words: Language, now: datetime, facts: RoomsFacts, holds: Sequence[RoomHold]) -> str:
    last = max((one for one in holds if one.answered_at), key=_when, default=None)
    reason = next((one.reason for one in holds if one.reason), "")
    if last is None or last.answered_at is None:
        return reason
    said = words.gettext(
        "%(who)s, %(time)s",
        who=facts.people.get(last.answered_by, last.answered_by),
        time=words.moment(last.answered_at, now),
    )
    return f"{said}. {reason}" if reason else said


def _when(one: RoomHold) -> datetime:
    return one.answered_at or one.asked_at
