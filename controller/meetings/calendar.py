"""Meetings are made and edited: the one way in for the API and the pages.

Each function checks, writes one transaction and notes the change for the dispatcher.
Refusals are RequestErrors with a sentence in two languages.
"""

import secrets
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.floor import MAX_POINTS, FloorMode
from contracts.ids import MeetingId, PointId
from contracts.message import EARLIEST, LATEST
from controller import entered
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes
from controller.entered import Label
from controller.errors import BadRequest, ClassificationRefused, NotFound
from controller.meetings import (
    booking,
    booking_queries,
    change_queries,
    classification,
    event_queries,
    meeting_queries,
)
from controller.meetings.agenda import AgendaItem, with_points
from controller.meetings.agenda_entered import judged
from controller.meetings.booking import Booking, Clash
from controller.meetings.floor import record_moves, refit_floor
from controller.meetings.holds import hold_queries, holding
from controller.meetings.invited import service as invitations
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.meeting_queries import MeetingFacts
from controller.meetings.meeting_state import MeetingPhase, first_phase
from controller.meetings.minutes import service as minutes
from controller.meetings.refusals import changed_meanwhile, found, minutes_locked, wrong_phase
from controller.meetings.removal import refuse_chair_put_out
from controller.meetings.tables import Meeting
from controller.places import service as places
from controller.places.owner import Owner
from controller.places.service import Point
from controller.settings import ControllerSettings

MAX_DURATION = timedelta(hours=24)
MAX_AHEAD = timedelta(days=3 * 365)
MAX_AGO = timedelta(days=3 * 365)
MAX_TITLE_CHARS, MAX_NUMBER_CHARS, MAX_SECRETARY_CHARS = 120, 60, 60
USUAL_OWNER = Owner.PEOPLE_COMMITTEE
_TITLE = Label("Tên cuộc họp", "The meeting's title")
_DOCUMENT_NUMBER = Label("Số văn bản", "The document's number")
_SECRETARY = Label("Tên thư ký", "The secretary's name")
_CHAIR = Label("Tên chủ tọa", "The chair's name")
_MADE = {
    MeetingPhase.DRAFT: "meeting_drafted",
    MeetingPhase.SCHEDULED: "meeting_scheduled",
    MeetingPhase.ENDED: "meeting_entered",
}


@dataclass(frozen=True, slots=True)
class MeetingForm:
    """What a person enters; the classification was accepted before this is made.

    `is_recorded`: None as meetings of this owner are. `host_unit_id`: None the unit of the chair's
    point. `agenda`: None leaves it as it is.
    """

    title: str
    chair_point_id: str
    point_ids: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime
    document_number: str = ""
    kind: MeetingKind = MeetingKind.OTHER
    level: int | None = None
    secretary: str = ""
    held_as: HeldAs = HeldAs.ONLINE
    host_unit_id: str | None = None
    chair_name: str = ""
    owner: Owner = USUAL_OWNER
    mode: FloorMode = FloorMode.ONE_MIC
    is_draft: bool = False
    is_recorded: bool | None = None
    agenda: tuple[AgendaItem, ...] | None = None


def title_of(typed: str) -> str:
    """Return a meeting's title as it is kept.

    Raises:
        BadEntry: it is none; the sentence says why.
    """
    return entered.line(_TITLE, typed, most=MAX_TITLE_CHARS)


def document_number_of(typed: str) -> str:
    """Return the number of the document a meeting follows, as it is kept; it may be empty.

    Raises:
        BadEntry: it is none; the sentence says why.
    """
    return entered.line(_DOCUMENT_NUMBER, typed, most=MAX_NUMBER_CHARS, least=0)


def secretary_of(typed: str) -> str:
    """Return the name of who keeps a meeting's minutes, as it is kept; it may be empty.

    Raises:
        BadEntry: it is none; the sentence says why.
    """
    return entered.line(_SECRETARY, typed, most=MAX_SECRETARY_CHARS, least=0)


def chair_name_of(typed: str) -> str:
    """Return the name of who chairs a meeting, as it is kept; it may be empty.

    Raises:
        BadEntry: it is none; the sentence says why.
    """
    return entered.line(_CHAIR, typed, most=MAX_SECRETARY_CHARS, least=0)


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
class Calendar:
    """Where meetings are made and edited. Used from worker threads; keeps nothing itself."""

    settings: ControllerSettings
    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def create(self, form: MeetingForm, *, actor: str) -> Meeting:
        """Make a meeting: as a draft, scheduled, or as one that was held in person."""
        now = self.now()
        with writing(self.state) as session:
            hold_queries.claim_rooms(session)
            facts = self.checked(session, form, now)
            meeting = made(session, facts, form, actor=actor, now=now)
            holding.hold(session, meeting, self, actor=actor, now=now)
        self.changes.note_meeting(MeetingId(meeting.meeting_id), meeting.state, facts.point_ids)
        return meeting

    def edit(
        self, meeting_id: str, form: MeetingForm, *, actor: str, expected: str | None = None
    ) -> Meeting:
        """Replace the facts of a meeting that has not begun; correct one held in person.

        Args:
            expected: refuse it if the meeting is not as `change_queries.seen` said then.

        Raises:
            RequestError: it cannot be kept, it is on or over, or was changed meanwhile.
        """
        now = self.now()
        with writing(self.state) as session:
            hold_queries.claim_rooms(session)
            found(session, meeting_id)
            meeting = meeting_queries.claim(session, meeting_id)
            if expected is not None and expected != change_queries.seen(session, meeting):
                raise changed_meanwhile(meeting)
            is_over = is_correctable(meeting)
            booked = holding.before_change(session, meeting)
            before = meeting_queries.participants(session, meeting_id)
            held = {*before, meeting.host_unit_id} if is_over else ()
            facts = self.checked(session, form, now, held=held)
            if is_over:
                _refuse_unless_over(form, now)
                if minutes.locked(session, [meeting_id]):
                    raise minutes_locked()
            if not (
                change_queries.correct(session, meeting, facts)
                if is_over
                else change_queries.edit(session, MeetingId(meeting_id), facts)
            ):
                raise wrong_phase(meeting, "sửa", "edited")
            kind = "meeting_corrected" if is_over else "meeting_edited"
            event_queries.record(session, meeting_id, kind, now=now, actor=actor)
            session.refresh(meeting)
            refuse_chair_put_out(session, meeting)
            old, new = refit_floor(session, meeting, form.mode)
            record_moves(session, meeting_id, old, new, actor=actor, now=now)
            holding.hold(session, meeting, self, actor=actor, now=now, before=booked)
            invitations.follow(session, meeting, now)
        self.changes.note_meeting(MeetingId(meeting_id), meeting.state, (*before, *facts.point_ids))
        if new != old:
            self.changes.note_floor(MeetingId(meeting_id), new)
        return meeting

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
            others = booking_queries.bookings(session, begins=begins_at, ends=ends_at)
        return booking.clashes(wanted, others)

    def checked(
        self,
        session: Session,
        form: MeetingForm,
        now: datetime,
        *,
        held: Container[str | None] = (),
    ) -> MeetingFacts:
        """Return what is kept of a form.

        Args:
            held: points that were there, and the unit that hosted, whatever became of them.

        Raises:
            RequestError: it cannot be kept; the sentence says why.
        """
        title, number = title_of(form.title), document_number_of(form.document_number)
        if form.begins_at - now > MAX_AHEAD:
            raise _field("begins_at", "Giờ bắt đầu quá xa. Xem lại năm.")
        if not timedelta() < form.ends_at - form.begins_at <= MAX_DURATION:
            raise _field("ends_at", "Giờ kết thúc phải sau giờ bắt đầu, không quá 24 giờ.")
        if form.held_as.is_joined and form.ends_at <= now:
            raise _field("ends_at", "Giờ kết thúc đã qua.")
        if now - form.begins_at > MAX_AGO:
            raise _field("begins_at", "Giờ bắt đầu đã qua hơn ba năm. Xem lại năm.")
        ordered = tuple(dict.fromkeys((form.chair_point_id, *form.point_ids)))
        if len(ordered) > MAX_POINTS:
            raise _field("point_ids", f"Mỗi cuộc họp có tối đa {MAX_POINTS} điểm cầu.")
        known = places.points_by_id(session, ordered)
        there = _there(session, form.begins_at, now)
        for point_id in ordered:
            if PointId(point_id) not in known:
                raise NotFound("điểm cầu", "point")
            if point_id not in there and point_id not in held:
                name = known[PointId(point_id)].name
                raise _field("point_ids", f"Vào giờ họp không có điểm cầu “{name}”. Bỏ điểm này.")
        return MeetingFacts(
            title=title,
            document_number=number,
            kind=form.kind.value,
            level=form.level,
            secretary=secretary_of(form.secretary),
            held_as=form.held_as.value,
            host_unit_id=form.host_unit_id
            if form.host_unit_id in held
            else _host(session, form, there, now),
            chair_name=chair_name_of(form.chair_name),
            chair_point_id=PointId(form.chair_point_id),
            point_ids=tuple(PointId(one) for one in ordered),
            begins_at=form.begins_at,
            ends_at=form.ends_at,
            owner=form.owner.value,
            relay_id=self.settings.relays[0].relay_id,
            is_recorded=self._is_recorded(form),
            agenda=None
            if form.agenda is None
            else with_points(judged(form.agenda), {str(one): known[one].name for one in known}),
        )

    def _is_recorded(self, form: MeetingForm) -> bool:
        recording = self.settings.recording
        if not form.held_as.is_joined:
            if form.is_recorded:
                raise _field("is_recorded", "Cuộc họp trực tiếp không ghi hình trên hệ thống.")
            return False
        if recording.folder is None:
            if form.is_recorded:
                raise _field("is_recorded", "Trung tâm này không có máy ghi hình.")
            return False
        is_usual = form.owner.value in recording.owners
        return is_usual if form.is_recorded is None else form.is_recorded


def made(
    session: Session,
    facts: MeetingFacts,
    form: MeetingForm,
    *,
    actor: str,
    now: datetime,
    date_of: tuple[str, datetime] | None = None,
) -> Meeting:
    """Make a meeting, and log it.

    Args:
        date_of: the series and the date of its rule that the meeting is.
    """
    meeting_id = MeetingId(f"m{now:%y%m%d}-{secrets.token_hex(4)}")
    phase = first_phase(
        is_draft=form.is_draft,
        is_joined=form.held_as.is_joined,
        ends_at=facts.ends_at,
        now=now,
    )
    meeting = meeting_queries.create(
        *(session, meeting_id, facts),
        phase=phase,
        mode=form.mode,
        actor=actor,
        now=now,
        date_of=date_of,
    )
    event_queries.record(session, meeting_id, _MADE[phase], now=now, actor=actor)
    return meeting


def _there(session: Session, begins_at: datetime, now: datetime) -> dict[str, Point]:
    """Return the points that there are at a meeting's hour; of one entered later, also now."""
    late = places.points(session, at=now) if begins_at < now else []
    return {one.point_id: one for one in (*late, *places.points(session, at=begins_at))}


def is_correctable(meeting: Meeting) -> bool:
    """Return whether what is kept of a meeting that is over may be corrected.

    What machines saw is not typed anew; of one in person all that is known was typed.
    """
    return not meeting.is_joined and MeetingPhase(meeting.state) is MeetingPhase.ENDED


def _refuse_unless_over(form: MeetingForm, now: datetime) -> None:
    if form.held_as.is_joined:
        raise _field("held_as", "Cuộc họp đã họp trực tiếp nên không chuyển thành trực tuyến được.")
    if form.ends_at > now:
        raise _field("ends_at", "Cuộc họp đã họp xong nên giờ kết thúc phải ở trước lúc này.")


def _host(
    session: Session, form: MeetingForm, there: Mapping[str, Point], now: datetime
) -> str | None:
    """Return the unit that hosts a meeting.

    Raises:
        BadRequest: the tree has no such unit on the meeting's date. What was held before the tree
            was entered may be hosted by a unit of today.
    """
    if form.host_unit_id is None:
        chair = there.get(form.chair_point_id)
        return chair.unit_id if chair else None
    dates = [form.begins_at, *([now] if form.begins_at < now else [])]
    if not any(places.unit(session, form.host_unit_id, at=one) for one in dates):
        raise _field("host_unit_id", "Vào ngày họp không có đơn vị chủ trì này. Chọn đơn vị khác.")
    return form.host_unit_id


def _field(name: str, sentence_vi: str) -> BadRequest:
    return BadRequest("invalid_request", sentence_vi, f"The field {name} is not valid.")
