"""What people do with meetings: the one way in for the API and the pages.

Each function checks, writes one transaction and notes the change for the dispatcher.
Refusals are RequestErrors with a sentence in two languages.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.errors import FloorError
from contracts.floor import MAX_POINTS, SOUNDS_AT_ONCE, FloorMode, FloorState
from contracts.ids import MeetingId, PointId
from contracts.message import EARLIEST, LATEST
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes
from controller.errors import BadRequest, ClassificationRefused, Conflict, NotFound
from controller.meetings import (
    booking,
    classification,
    event_queries,
    floor_moves,
    floor_queries,
    meeting_queries,
)
from controller.meetings.booking import Booking, Clash
from controller.meetings.floor_moves import FloorRequest, Participants
from controller.meetings.meeting_queries import MeetingFacts
from controller.meetings.meeting_state import MeetingPhase, Move, after
from controller.meetings.tables import Meeting
from controller.places import place_queries
from controller.places.owner import Owner
from controller.settings import ControllerSettings

MAX_DURATION = timedelta(hours=24)
MAX_AHEAD = timedelta(days=3 * 365)
MAX_TITLE_CHARS, MAX_NUMBER_CHARS = 120, 60
_EVENT_KINDS = {
    Move.SCHEDULE: "meeting_scheduled",
    Move.BEGIN: "meeting_began",
    Move.END: "meeting_ended",
    Move.CANCEL: "meeting_cancelled",
}


@dataclass(frozen=True, slots=True)
class MeetingForm:
    """What a person enters; the classification was accepted before this is made."""

    title: str
    chair_point_id: str
    point_ids: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime
    document_number: str = ""
    owner: Owner = Owner.PEOPLE_COMMITTEE
    mode: FloorMode = FloorMode.ONE_MIC
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class FloorChanged:
    """The floor before and after a request; equal where nothing changed."""

    before: FloorState
    after: FloorState


def refuse_unless_normal(value: object) -> None:
    """Refuse a meeting that is not classified "normal"; call this before reading its title.

    Raises:
        ClassificationRefused: it is above normal.
        BadRequest: the classification is missing or unknown.
    """
    if classification.is_allowed(value):
        return
    if classification.is_known(value):
        raise ClassificationRefused(
            "classification_refused", classification.REFUSAL_VI, classification.REFUSAL_EN
        )
    raise BadRequest(
        "classification_missing",
        "Chọn độ mật của cuộc họp trước tiên.",
        "Choose the meeting's classification first: classification must be one of "
        "normal, confidential, secret, top_secret.",
    )


def refuse_outside_calendar(**instants: datetime) -> None:
    """Refuse times that no message can hold; the last ones of all have no UTC either.

    Raises:
        BadRequest: one of the named times is centuries away.
    """
    for name, instant in instants.items():
        if not EARLIEST <= instant < LATEST:
            raise _field(name, "Thời gian quá xa. Xem lại năm.")


@dataclass(frozen=True, slots=True)
class MeetingDesk:
    """Where meetings are made and moved. Used from worker threads; keeps nothing itself."""

    settings: ControllerSettings
    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def create(self, form: MeetingForm, *, actor: str) -> Meeting:
        """Make a meeting, as a draft or scheduled."""
        now = self.now()
        meeting_id = MeetingId(f"m{now:%y%m%d}-{secrets.token_hex(4)}")
        phase = MeetingPhase.DRAFT if form.is_draft else MeetingPhase.SCHEDULED
        with writing(self.state) as session:
            facts = self._checked(session, form, now)
            meeting = meeting_queries.create(
                session, meeting_id, facts, phase=phase, mode=form.mode, actor=actor, now=now
            )
            kind = "meeting_drafted" if form.is_draft else _EVENT_KINDS[Move.SCHEDULE]
            event_queries.record(session, meeting_id, kind, now=now, actor=actor)
        self.changes.note_meeting(meeting_id, meeting.state, facts.point_ids)
        return meeting

    def edit(self, meeting_id: str, form: MeetingForm, *, actor: str) -> Meeting:
        """Replace the facts of a meeting that has not begun."""
        now = self.now()
        with writing(self.state) as session:
            meeting = found(session, meeting_id)
            facts = self._checked(session, form, now)
            before = meeting_queries.participants(session, meeting_id)
            if not meeting_queries.edit(session, MeetingId(meeting_id), facts):
                raise _wrong_phase(meeting, "sửa", "edited")
            event_queries.record(session, meeting_id, "meeting_edited", now=now, actor=actor)
            session.refresh(meeting)
            old, new = _refit_floor(session, meeting, form.mode)
            record_moves(session, meeting_id, old, new, actor=actor, now=now)
        self.changes.note_meeting(MeetingId(meeting_id), meeting.state, (*before, *facts.point_ids))
        if new != old:
            self.changes.note_floor(MeetingId(meeting_id), new)
        return meeting

    def move(self, meeting_id: str, move: Move, *, actor: str) -> Meeting:
        """Schedule, end or cancel a meeting."""
        now = self.now()
        words = {Move.END: ("kết thúc", "ended"), Move.CANCEL: ("hủy", "cancelled")}
        with writing(self.state) as session:
            meeting = found(session, meeting_id)
            phase = MeetingPhase(meeting.state)
            claimed = meeting_queries.claim_move(
                session, MeetingId(meeting_id), phase, move, now=now
            )
            if not claimed:
                raise _wrong_phase(meeting, *words.get(move, ("xếp lịch", "scheduled")))
            event_queries.record(session, meeting_id, _EVENT_KINDS[move], now=now, actor=actor)
            session.refresh(meeting)
            points = meeting_queries.participants(session, meeting_id)
        self.changes.note_meeting(MeetingId(meeting_id), meeting.state, points)
        return meeting

    def move_by_clock(self, meeting_id: str, phase: MeetingPhase, move: Move) -> bool:
        """Make a move that is due; False: somebody was there before."""
        now = self.now()
        identifier, target = MeetingId(meeting_id), after(phase, move)
        if target is None:
            return False
        with writing(self.state) as session:
            if not meeting_queries.claim_move(session, identifier, phase, move, now=now):
                return False
            event_queries.record(session, meeting_id, _EVENT_KINDS[move], now=now)
            points = meeting_queries.participants(session, meeting_id)
        self.changes.note_meeting(identifier, target.value, points)
        return True

    def change_floor(
        self,
        meeting_id: str,
        request: FloorRequest,
        *,
        actor: str,
        expected_epoch: int | None = None,
    ) -> FloorChanged:
        """Move the floor; with an expected epoch only if nobody has moved it since."""
        now = self.now()
        with writing(self.state) as session:
            meeting = found(session, meeting_id)
            if not MeetingPhase(meeting.state).is_told:
                raise _wrong_phase(meeting, "điều khiển quyền phát biểu", "given a floor")
            old = floor_queries.current(session, meeting_id)
            if expected_epoch is not None and expected_epoch != old.epoch:
                raise _floor_moved()
            undo = floor_queries.undo_state(session, meeting_id)
            seats = meeting_queries.seats(session, meeting)
            try:
                new = floor_moves.applied(old, request, seats, undo=undo)
            except FloorError as exc:
                vi = floor_moves.refusal_vi(old, request, seats)
                raise Conflict(
                    "floor_refused", vi, f"The floor is not moved: {exc.reason}."
                ) from exc
            if new == old:
                return FloorChanged(old, old)
            if not floor_queries.claim_change(session, meeting_id, old, new, undo=old):
                raise _floor_moved()
            record_moves(session, meeting_id, old, new, actor=actor, now=now)
        self.changes.note_floor(MeetingId(meeting_id), new)
        return FloorChanged(old, new)

    def clashes(
        self,
        *,
        begins_at: datetime,
        ends_at: datetime,
        point_ids: tuple[str, ...],
        except_meeting: str = "",
    ) -> list[Clash]:
        """Return what else holds these rooms at that time: a warning, not a refusal."""
        refuse_outside_calendar(begins_at=begins_at, ends_at=ends_at)
        points = frozenset(PointId(one) for one in point_ids)
        wanted = Booking(MeetingId(except_meeting), "", begins_at, ends_at, points)
        with reading(self.state) as session:
            others = meeting_queries.bookings(session, begins=begins_at, ends=ends_at)
        return booking.clashes(wanted, others)

    def _checked(self, session: Session, form: MeetingForm, now: datetime) -> MeetingFacts:
        title, number = form.title.strip(), form.document_number.strip()
        if not 1 <= len(title) <= MAX_TITLE_CHARS or not title.isprintable():
            raise _field("title", f"Tên cuộc họp cần từ 1 đến {MAX_TITLE_CHARS} ký tự.")
        if len(number) > MAX_NUMBER_CHARS or not number.isprintable():
            raise _field("document_number", f"Số văn bản dài tối đa {MAX_NUMBER_CHARS} ký tự.")
        if form.begins_at - now > MAX_AHEAD:
            raise _field("begins_at", "Giờ bắt đầu quá xa. Xem lại năm.")
        if not timedelta() < form.ends_at - form.begins_at <= MAX_DURATION:
            raise _field("ends_at", "Giờ kết thúc phải sau giờ bắt đầu, không quá 24 giờ.")
        if form.ends_at <= now:
            raise _field("ends_at", "Giờ kết thúc đã qua.")
        ordered = tuple(dict.fromkeys((form.chair_point_id, *form.point_ids)))
        if len(ordered) > MAX_POINTS:
            raise _field("point_ids", f"Mỗi cuộc họp có tối đa {MAX_POINTS} điểm cầu.")
        if form.mode is FloorMode.DISCUSSION and len(ordered) > SOUNDS_AT_ONCE:
            raise _field("mode", f"Thảo luận chỉ dùng cho tối đa {SOUNDS_AT_ONCE} điểm cầu.")
        for point_id in ordered:
            if place_queries.point(session, point_id, at=now) is None:
                raise NotFound("điểm cầu", "point")
        return MeetingFacts(
            title=title,
            document_number=number,
            chair_point_id=PointId(form.chair_point_id),
            point_ids=tuple(PointId(one) for one in ordered),
            begins_at=form.begins_at,
            ends_at=form.ends_at,
            owner=form.owner.value,
            relay_id=self.settings.relays[0].relay_id,
        )


def found(session: Session, meeting_id: str) -> Meeting:
    """Return a meeting.

    Raises:
        NotFound: there is none of this id.
    """
    meeting = meeting_queries.get(session, meeting_id)
    if meeting is None:
        raise NotFound("cuộc họp", "meeting")
    return meeting


def _refit_floor(
    session: Session, meeting: Meeting, mode: FloorMode
) -> tuple[FloorState, FloorState]:
    """Clear a floor that the edited meeting cannot have; return it before and after.

    What undoing would bring back is judged alike.
    """
    old = floor_queries.current(session, meeting.meeting_id)
    undo = floor_queries.undo_state(session, meeting.meeting_id)
    seats = meeting_queries.seats(session, meeting)
    is_kept = old.mode is mode and _is_seated(old, seats)
    if is_kept and (undo is None or _is_seated(undo, seats)):
        return old, old
    new = old if is_kept else FloorState(epoch=old.epoch + 1, mode=mode)
    if not floor_queries.claim_change(session, meeting.meeting_id, old, new, undo=None):
        raise _floor_moved()
    return old, new


def _is_seated(floor: FloorState, seats: Participants) -> bool:
    return seats.invited.issuperset(floor.muted) and (seats.invited - {seats.chair}).issuperset(
        floor.holders
    )


def record_moves(
    session: Session,
    meeting_id: str,
    old: FloorState,
    new: FloorState,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Write into the meeting's log what became different."""
    for one in floor_moves.moves_between(old, new):
        event_queries.record(
            session,
            meeting_id,
            one.kind,
            now=now,
            actor=actor,
            point_id=one.point_id,
            floor_epoch=new.epoch,
            detail=one.detail,
        )


_PHASE_VI = {
    "draft": "đang là bản nháp",
    "scheduled": "chưa bắt đầu",
    "live": "đang họp",
    "ended": "đã kết thúc",
    "cancelled": "đã hủy",
}


def _wrong_phase(meeting: Meeting, done_vi: str, done_en: str) -> Conflict:
    return Conflict(
        "wrong_state",
        f"Cuộc họp {_PHASE_VI[meeting.state]} nên không {done_vi} được.",
        f"The meeting is {meeting.state} and cannot be {done_en}.",
    )


def _floor_moved() -> Conflict:
    return Conflict(
        "floor_moved",
        "Quyền phát biểu vừa được người khác thay đổi. Xem lại rồi thử lại.",
        "The floor has just been moved by someone else. Look again and retry.",
    )


def _field(name: str, sentence_vi: str) -> BadRequest:
    return BadRequest("invalid_request", sentence_vi, f"The field {name} is not valid.")
