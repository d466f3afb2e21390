"""Whoever agrees for an owner answers for its rooms; the office asks again or does without.

One answer is one transaction. Of two who answer at the same moment the second is told who has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.ids import MeetingId, PointId
from controller import entered
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes
from controller.entered import Label
from controller.errors import BadEntry, Conflict, NotAllowed, NotFound
from controller.meetings import event_queries, meeting_queries
from controller.meetings.holds import hold_queries, holding
from controller.meetings.holds.holding import said_of
from controller.meetings.holds.owner_roles import acts_for
from controller.meetings.holds.rules import HoldState
from controller.meetings.holds.tables import RoomHold
from controller.meetings.invited import service as invitations
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, wrong_phase
from controller.meetings.seen import fingerprint
from controller.meetings.tables import Meeting
from controller.places.owner import OWNER_NAMES, Owner
from controller.settings import ControllerSettings
from controller.web.i18n.catalogue import chosen

MAX_REASON_CHARS = 200
MOST_AT_A_LOOK = 50
AGREED, REFUSED, EXPIRED, WITHDRAWN, REINSTATED = (
    "rooms_agreed", "rooms_refused", "rooms_expired", "rooms_withdrawn", "rooms_reinstated",
)  # fmt: skip
_REASON = Label("Lý do", "The reason")


@dataclass(frozen=True, slots=True)
class RoomsAnswer:
    """What an owner answers: yes, yes without some points, or no.

    `without`: points that are not to be had; all of them is no. `seen`: what the answer is to, as
    `asked_as` has it; empty: whatever stands.
    """

    is_yes: bool
    without: frozenset[str] = frozenset()
    reason: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class RoomsAnswered:
    """A meeting for which rooms were answered, and the points that it has and has not."""

    meeting: Meeting
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


def asked_as(meeting: Meeting, holds: Sequence[RoomHold]) -> str:
    """Return by what it is known whether an owner answers to what was shown."""
    points = sorted(one.point_id for one in holds if one.state == HoldState.ASKED.value)
    facts = (meeting.title, meeting.begins_at, meeting.ends_at, points)
    return fingerprint({str(place): one for place, one in enumerate(facts)})


@dataclass(frozen=True, slots=True)
class ApprovalDesk:
    """Where rooms are agreed to. Used from worker threads; keeps nothing itself."""

    settings: ControllerSettings
    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def answer(
        self, meeting_id: str, owner: Owner, said: RoomsAnswer, *, actor: str
    ) -> RoomsAnswered:
        """Answer for an owner's rooms.

        Raises:
            NotFound: there is no such meeting, or no room of the owner in it was asked for.
            NotAllowed: the person does not agree for this owner.
            Conflict: it was withdrawn, is over, was changed, or somebody has answered.
            BadEntry: there is no reason for a no, or it cannot be kept.
        """
        reason = entered.line(_REASON, said.reason, most=MAX_REASON_CHARS, least=0)
        now = self.now()
        with writing(self.state) as session:
            meeting, holds = self._claimed(session, meeting_id, owner, actor)
            asked = [one for one in holds if HoldState(one.state) is HoldState.ASKED]
            if not asked:
                raise _answered(holds)
            if said.seen and said.seen != asked_as(meeting, holds):
                raise _changed()
            no = [one for one in asked if not said.is_yes or one.point_id in said.without]
            if no and not reason:
                raise BadEntry(
                    "Ghi lý do để người đặt họp biết.", "Say why, for whoever set the meeting."
                )
            yes = [one for one in asked if one not in no]
            _answer(session, yes, HoldState.AGREED, actor, now)
            _answer(session, no, HoldState.REFUSED, actor, now, reason)
            note = (session, meeting_id)
            if yes:
                event_queries.record(*note, AGREED, now=now, actor=actor, detail=said_of([owner]))
            if no:
                detail = said_of([owner], reason)
                event_queries.record(*note, REFUSED, now=now, actor=actor, detail=detail)
            invitations.follow(session, meeting, now)
        self._tell(meeting, holds)
        return RoomsAnswered(meeting, _points(yes), _points(no))

    def withdraw(self, meeting_id: str, owner: Owner, reason: str, *, actor: str) -> RoomsAnswered:
        """Take an owner's rooms back that were agreed.

        Raises:
            NotFound, NotAllowed, BadEntry: as for `answer`.
            Conflict: the meeting is on or over, or nothing was agreed.
        """
        kept = entered.line(_REASON, reason, most=MAX_REASON_CHARS)
        now = self.now()
        with writing(self.state) as session:
            meeting, holds = self._claimed(session, meeting_id, owner, actor)
            if MeetingPhase(meeting.state) is not MeetingPhase.SCHEDULED:
                raise wrong_phase(meeting, "lấy lại phòng", "deprived of rooms")
            agreed = [one for one in holds if HoldState(one.state).is_agreed]
            if not agreed:
                raise Conflict(
                    "nothing_agreed",
                    "Chưa đồng ý phòng nào nên không có gì để lấy lại.",
                    "No room was agreed, so there is none to take back.",
                )
            _answer(session, agreed, HoldState.REFUSED, actor, now, kept)
            detail = said_of([owner], kept)
            event_queries.record(
                session, meeting_id, WITHDRAWN, now=now, actor=actor, detail=detail
            )
            invitations.follow(session, meeting, now)
        self._tell(meeting, holds)
        return RoomsAnswered(meeting, no=_points(agreed))

    def reinstate(self, meeting_id: str, owner: Owner, *, actor: str) -> RoomsAnswered:
        """Agree after all to an owner's rooms that were refused or taken back; nobody asks anew.

        Raises:
            NotFound, NotAllowed: as for `answer`.
            Conflict: the meeting is on or over, nothing was refused, or a room of it is held for
                another meeting meanwhile.
        """
        now = self.now()
        with writing(self.state) as session:
            meeting, holds = self._claimed(session, meeting_id, owner, actor)
            if MeetingPhase(meeting.state) is not MeetingPhase.SCHEDULED:
                raise wrong_phase(meeting, "đồng ý lại", "agreed to after all")
            refused = [one for one in holds if HoldState(one.state) is HoldState.REFUSED]
            if not refused:
                raise Conflict(
                    "nothing_refused",
                    "Không có phòng nào đã từ chối nên không có gì để đồng ý lại.",
                    "No room was refused, so there is none to agree to after all.",
                )
            holding.refuse_if_held(session, meeting, _points(refused))
            _answer(session, refused, HoldState.AGREED, actor, now)
            detail = said_of([owner])
            event_queries.record(
                session, meeting_id, REINSTATED, now=now, actor=actor, detail=detail
            )
            invitations.follow(session, meeting, now)
        self._tell(meeting, holds)
        return RoomsAnswered(meeting, yes=_points(refused))

    def ask_again(self, meeting_id: str, *, actor: str) -> Meeting:
        """Ask anew for what was refused, not answered for in time or displaced.

        Raises:
            NotFound: there is no such meeting.
            Conflict: it is over, nothing is to be asked, or a room is held meanwhile.
        """
        now = self.now()
        with writing(self.state) as session:
            hold_queries.claim_rooms(session)
            found(session, meeting_id)
            meeting = meeting_queries.claim(session, meeting_id)
            if not MeetingPhase(meeting.state).is_told:
                raise wrong_phase(meeting, "xin lại phòng", "asked rooms for again")
            if not holding.ask_again(session, meeting, self, actor=actor, now=now):
                raise Conflict(
                    "nothing_to_ask",
                    "Không còn phòng nào phải xin lại.",
                    "There is no room to ask for again.",
                )
            holds = hold_queries.of_meeting(session, meeting_id)
            invitations.follow(session, meeting, now)
        self._tell(meeting, holds)
        return meeting

    def expire(self) -> list[str]:
        """Hold no more what nobody answered for in time; return the meetings of it."""
        now = self.now()
        with reading(self.state) as session:
            due = hold_queries.unanswered(session, now, count=MOST_AT_A_LOOK)
        return [one for one in due if self._expire(one, now)]

    def _expire(self, meeting_id: str, now: datetime) -> bool:
        with writing(self.state) as session:
            hold_queries.claim_rooms(session)
            meeting = meeting_queries.claim(session, meeting_id)
            rows = hold_queries.of_meeting(session, meeting_id)
            late = [
                one
                for one in rows
                if HoldState(one.state) is HoldState.ASKED and one.expires_at <= now
            ]
            hold_queries.end(session, late, HoldState.EXPIRED)
            if not late or MeetingPhase(meeting.state).is_final:
                return False
            owners = dict.fromkeys(Owner(one.owner) for one in late)
            event_queries.record(session, meeting_id, EXPIRED, now=now, detail=said_of(owners))
            invitations.follow(session, meeting, now)
        self._tell(meeting, late)
        return True

    def _claimed(
        self, session: Session, meeting_id: str, owner: Owner, actor: str
    ) -> tuple[Meeting, list[RoomHold]]:
        """Return a meeting that is to come or on, and the rooms of an owner in it."""
        if owner not in acts_for(session, actor).approves:
            raise not_an_approver(owner)
        hold_queries.claim_rooms(session)
        found(session, meeting_id)
        meeting = meeting_queries.claim(session, meeting_id)
        if not MeetingPhase(meeting.state).is_told:
            raise wrong_phase(meeting, "trả lời", "answered for")
        holds = hold_queries.claimed_of(session, meeting_id, owner)
        if not holds:
            raise NotFound("phòng phải duyệt trong cuộc họp", "room to agree to in the meeting")
        return meeting, holds

    def _tell(self, meeting: Meeting, holds: Sequence[RoomHold]) -> None:
        points = [PointId(one.point_id) for one in holds]
        self.changes.note_meeting(MeetingId(meeting.meeting_id), meeting.state, points)


def not_an_approver(owner: Owner) -> NotAllowed:
    """Return the refusal of who does not agree for an owner."""
    name = chosen("vi").gettext(OWNER_NAMES[owner])
    return NotAllowed(
        "not_an_approver",
        f"Chỉ người duyệt phòng của {name} trả lời được. Quản trị hệ thống chỉ định người duyệt.",
        f"Only who agrees for the {OWNER_NAMES[owner]} can answer; administrators appoint them.",
    )


def _answer(
    session: Session,
    holds: Sequence[RoomHold],
    state: HoldState,
    actor: str,
    now: datetime,
    reason: str = "",
) -> None:
    for one in holds:
        one.answered_at, one.answered_by = now, actor
    hold_queries.end(session, holds, state, reason)


def _points(holds: Sequence[RoomHold]) -> tuple[PointId, ...]:
    return tuple(PointId(one.point_id) for one in holds)


def _answered(holds: Sequence[RoomHold]) -> Conflict:
    last = max(holds, key=lambda one: (one.answered_at is not None, one.answered_at))
    by_vi = f" ({last.answered_by})" if last.answered_by else ""
    return Conflict(
        "answered_already",
        f"Không còn phòng nào chờ trả lời: đã có người trả lời{by_vi} hoặc đã hết hạn giữ.",
        f"No room waits for an answer: somebody has answered{by_vi}, or the hold has expired.",
    )


def _changed() -> Conflict:
    return Conflict(
        "changed_meanwhile",
        "Cuộc họp vừa được sửa. Xem lại giờ và phòng rồi trả lời.",
        "The meeting has just been changed. Look at its hours and rooms, then answer.",
    )
