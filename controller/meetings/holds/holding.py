"""Rooms are held for a meeting as it is set, changed, moved or had back, in the same transaction.

Whoever sets meetings in rooms calls `claim_rooms` before anything else and `hold` when the
meeting and its points stand as they are to be. So of two who want one room at the same moment the
second sees what the first holds.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import event
from sqlmodel import Session

from contracts.ids import MeetingId, PointId
from contracts.local_days import ZONE
from contracts.message import EARLIEST
from controller.dispatch.changes import Changes
from controller.errors import Conflict
from controller.meetings import event_queries, meeting_queries
from controller.meetings.holds import hold_queries, letters, rules
from controller.meetings.holds.asker import Asker, asker
from controller.meetings.holds.hold_queries import HeldBy
from controller.meetings.holds.owner_roles import acts_for
from controller.meetings.holds.rules import ActsFor, BookedBefore, HoldState, RoomHours
from controller.meetings.holds.tables import RoomHold
from controller.meetings.invited import service as invitations
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting
from controller.places import service as places
from controller.places.owner import Owner
from controller.settings import ControllerSettings

ASKED, DISPLACED, TAKEN = "rooms_asked", "rooms_displaced", "rooms_taken"
_NAMED = 5


class RoomBooker(Protocol):
    """What whoever sets meetings in rooms has: the settings, and where it is noted what changed."""

    @property
    def settings(self) -> ControllerSettings:
        """Who is asked, and who goes before whom."""

    @property
    def changes(self) -> Changes:
        """Where it is noted that another meeting lost rooms, once that is kept."""


def said_of(owners: Iterable[Owner], reason: str = "") -> str:
    """Return how the log keeps owners, and what somebody said: translated as it is shown."""
    return f"{','.join(one.value for one in owners)} {reason}".strip()


def before_change(session: Session, meeting: Meeting) -> BookedBefore | None:
    """Return what a meeting has of rooms, to be told to `hold` after it is changed."""
    if MeetingPhase(meeting.state) is not MeetingPhase.SCHEDULED:
        return None
    points = meeting_queries.participants(session, meeting.meeting_id)
    return BookedBefore(frozenset(points), RoomHours(meeting.begins_at, meeting.ends_at))


def hold(
    session: Session,
    meeting: Meeting,
    desk: RoomBooker,
    *,
    actor: str | Asker,
    now: datetime,
    before: BookedBefore | None = None,
    is_anew: bool = False,
    is_told: bool = True,
) -> None:
    """Hold the rooms of a meeting that is set: ask for those that somebody has to agree to.

    Drafts hold nothing by anybody's word, nor does what is on or over.

    Args:
        actor: who sets it; of a series they are looked up once.
        is_anew: what was answered before is asked anew.
        is_told: whoever agrees gets a letter; of a series they get one.

    Raises:
        Conflict: a room is held for a meeting that this one does not go before.
    """
    if MeetingPhase(meeting.state) is not MeetingPhase.SCHEDULED:
        return
    owners = _owners(session, meeting)
    rows = hold_queries.of_meeting(session, meeting.meeting_id)
    settings = desk.settings
    answered = {} if is_anew else {PointId(one.point_id): _span(one) for one in rows}
    who = asker(session, settings, actor) if isinstance(actor, str) else actor
    span = RoomHours(meeting.begins_at, meeting.ends_at)
    plan = rules.planned_holds(owners, answered, span, who.needing, before)
    _make_room(session, meeting, desk, plan.claimed, plan.own, who=who.acts_for, now=now)
    gone = {*plan.dropped, *(PointId(one.point_id) for one in rows if is_anew)}
    hold_queries.drop(session, meeting.meeting_id, gone - set(plan.asked))
    hold_queries.keep_at(session, meeting, [one for one in answered if one not in plan.asked])
    asked = {one: owners[one] for one in plan.asked}
    ask(session, meeting, asked, settings, actor=who.name, now=now, is_told=is_told)


def would_ask(
    session: Session,
    who: Asker,
    points: Collection[PointId],
    span: RoomHours | None,
    changed: Meeting | None = None,
) -> dict[PointId, Owner]:
    """Return the rooms that would be asked for if somebody set a meeting, with their owners.

    Args:
        span: None where no hours are entered: what was answered for before does not count.
        changed: the meeting that it would be a change of.
    """
    if not who.needing:
        return {}
    known = places.points_by_id(session, points)
    owners = {one: Owner(known[one].owner) for one in points if one in known}
    before, answered = None, dict[PointId, RoomHours]()
    if changed is not None and span is not None:
        before = before_change(session, changed)
        rows = hold_queries.of_meeting(session, changed.meeting_id)
        answered = {PointId(one.point_id): _span(one) for one in rows}
    span = span or RoomHours(EARLIEST, EARLIEST)
    plan = rules.planned_holds(owners, answered, span, who.needing, before)
    return {one: owners[one] for one in plan.asked}


def ask(
    session: Session,
    meeting: Meeting,
    points: dict[PointId, Owner],
    settings: ControllerSettings,
    *,
    actor: str,
    now: datetime,
    is_told: bool = True,
) -> None:
    """Ask the owners of rooms, which are held until they answer, and tell who agrees for them."""
    if not points:
        return
    until = rules.expires_at(now, meeting.begins_at, settings.approval.times)
    state = HoldState.ASKED
    hold_queries.ask(session, meeting, points, state=state, actor=actor, now=now, expires_at=until)
    asked = [one for one in Owner if one in points.values()]
    detail = said_of(asked)
    event_queries.record(session, meeting.meeting_id, ASKED, now=now, actor=actor, detail=detail)
    if is_told:
        letters.tell_approvers(session, settings, meeting, asked, until=until, now=now)


def ask_again(
    session: Session, meeting: Meeting, desk: RoomBooker, *, actor: str, now: datetime
) -> int:
    """Ask anew for the rooms that were refused, not answered for or displaced; return how many.

    Raises:
        Conflict: a room is held for another meeting meanwhile.
    """
    lapsed = {
        PointId(one.point_id): Owner(one.owner)
        for one in hold_queries.of_meeting(session, meeting.meeting_id)
        if HoldState(one.state).is_lapsed
    }
    who = acts_for(session, actor)
    _make_room(session, meeting, desk, lapsed, (), who=who, now=now)
    ask(session, meeting, lapsed, desk.settings, actor=actor, now=now)
    return len(lapsed)


def take(
    session: Session, meeting: Meeting, desk: RoomBooker, *, actor: str, now: datetime
) -> None:
    """Have an emergency take rooms whose owners would be asked: they are told afterwards.

    What nobody has agreed to yet ends for it; what was agreed is for the person who accepted that.
    """
    owners, settings = _owners(session, meeting), desk.settings
    needing = asker(session, settings, actor).needing
    taken = {point: owner for point, owner in owners.items() if owner in needing}
    span = RoomHours(meeting.begins_at, meeting.ends_at)
    standing = hold_queries.standing_in(session, list(owners), span, but=meeting.meeting_id)
    asked = [one for one in standing if HoldState(one.hold.state) is HoldState.ASKED]
    _displace(session, asked, meeting, desk.changes, now=now)
    if not taken:
        return
    hold_queries.ask(
        session, meeting, taken, state=HoldState.TAKEN, actor=actor, now=now, expires_at=now
    )
    told = [one for one in Owner if one in taken.values()]
    detail = said_of(told)
    event_queries.record(session, meeting.meeting_id, TAKEN, now=now, actor=actor, detail=detail)
    letters.tell_approvers(session, settings, meeting, told, until=None, now=now)


def refuse_if_held(session: Session, meeting: Meeting, points: Sequence[PointId]) -> None:
    """Refuse to have rooms for a meeting that are held for another one.

    Raises:
        Conflict: which, and for what.
    """
    span = RoomHours(meeting.begins_at, meeting.ends_at)
    standing = hold_queries.standing_in(session, points, span, but=meeting.meeting_id)
    if standing:
        raise _held(session, standing)


def _make_room(
    session: Session,
    meeting: Meeting,
    desk: RoomBooker,
    claimed: Iterable[PointId],
    own: Iterable[PointId],
    *,
    who: ActsFor,
    now: datetime,
) -> None:
    """End what stands in the way and is gone before; refuse what is not.

    Raises:
        Conflict: a room is held for a meeting that this one does not go before.
    """
    span, is_own = RoomHours(meeting.begins_at, meeting.ends_at), set(own)
    standing = hold_queries.standing_in(session, list(claimed), span, but=meeting.meeting_id)
    ending: list[HeldBy] = []
    staying: list[HeldBy] = []
    order = desk.settings.approval.priority
    others = {one.hold.asked_by for one in standing}
    known = {name: acts_for(session, name) for name in others}
    for one in standing:
        is_mine = PointId(one.hold.point_id) in is_own
        wanted = _rank(order, meeting, who, is_own=is_mine)
        held = _rank(order, one.meeting, known[one.hold.asked_by], is_own=False)
        state = HoldState(one.hold.state)
        goes = rules.is_displaced(state, rank_held=held, rank_wanted=wanted)
        (ending if goes else staying).append(one)
    if staying:
        raise _held(session, staying)
    _displace(session, ending, meeting, desk.changes, now=now)


def _rank(order: Sequence[rules.Ranked], meeting: Meeting, who: ActsFor, *, is_own: bool) -> int:
    """Return a meeting's place; its owner counts where who asks acts for that owner."""
    is_theirs = meeting.owner in [one.value for one in who.owners]
    return rules.rank(order, meeting.kind, meeting.owner if is_theirs else "", is_own=is_own)


def _displace(
    session: Session,
    ending: Sequence[HeldBy],
    meeting: Meeting,
    changes: Changes,
    *,
    now: datetime,
) -> None:
    """End holds; points and people of the meetings that lose the rooms are told."""
    reason = f"Nhường phòng cho cuộc họp ưu tiên hơn: {meeting.title}"[:200]
    hold_queries.end(session, [one.hold for one in ending], HoldState.DISPLACED, reason)
    rooms: dict[str, list[PointId]] = {}
    for one in ending:
        rooms.setdefault(one.meeting.meeting_id, []).append(PointId(one.hold.point_id))
    for meeting_id, points in sorted(rooms.items()):
        # Claimed: somebody may cancel it at this moment, of which people are told instead.
        lost = meeting_queries.claim(session, meeting_id)
        detail = meeting.title
        event_queries.record(session, meeting_id, DISPLACED, now=now, detail=detail)
        invitations.follow(session, lost, now)
        told = _noting(changes, MeetingId(meeting_id), lost.state, points)
        event.listen(session, "after_commit", told)


def _noting(
    changes: Changes, meeting_id: MeetingId, state: str, points: Sequence[PointId]
) -> Callable[[Session], None]:
    def note(_: Session) -> None:
        changes.note_meeting(meeting_id, state, points)

    return note


def _held(session: Session, staying: Sequence[HeldBy]) -> Conflict:
    """Return the refusal of rooms that are held: which, for what, until when."""
    first = staying[0].meeting
    points = [
        PointId(one.hold.point_id) for one in staying if one.meeting.meeting_id == first.meeting_id
    ]
    known = places.points_by_id(session, points)
    names = ", ".join(known[one].name for one in points[:_NAMED])
    more = f" và {len(points) - _NAMED} phòng khác" if len(points) > _NAMED else ""
    at = f"{first.begins_at.astimezone(ZONE):%H:%M %d/%m/%Y}"
    return Conflict(
        "rooms_held",
        f"Phòng đang được giữ cho cuộc họp “{first.title}” lúc {at}: {names}{more}. Chọn giờ khác, "
        "bỏ các điểm cầu này, hoặc đề nghị người duyệt phòng trả lại phòng.",
        f"Rooms are held for “{first.title}” at {at}: {names}. Choose another time, leave these "
        "points out, or ask who agrees for the rooms to give them back.",
    )


def _owners(session: Session, meeting: Meeting) -> dict[PointId, Owner]:
    order = meeting_queries.participants(session, meeting.meeting_id)
    known = places.points_by_id(session, order)
    return {one: Owner(known[one].owner) for one in order if one in known}


def _span(one: RoomHold) -> RoomHours:
    return RoomHours(one.begins_at, one.ends_at)
