"""What the office does with meetings, by a page or a program: done, and in the audit log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from contracts.floor_request import FloorAction, FloorRequest
from contracts.ids import MeetingId, PointId
from contracts.participants import person_named
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.db.engine import reading
from controller.dispatch.changes import Changes
from controller.errors import Conflict
from controller.health import service as health
from controller.meetings.admission.desk import MeetingLock
from controller.meetings.agenda_steps import AgendaSteps
from controller.meetings.attendance import Attendance
from controller.meetings.calendar import Calendar, MeetingForm, is_correctable
from controller.meetings.deputy import ChairDesk
from controller.meetings.floor import Floor, FloorChanged
from controller.meetings.holds.desk import ApprovalDesk
from controller.meetings.holds.without import WithoutRooms
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import Move
from controller.meetings.messages.desk import MessageDesk
from controller.meetings.queue import SpeakersQueue
from controller.meetings.removal import Guest, Removal
from controller.meetings.restoring import Restoring
from controller.meetings.series import SeriesDesk, SeriesForm
from controller.meetings.series_changes import DateFacts, SeriesChanges
from controller.meetings.series_dates import DatesMeant, SeriesDates, Times
from controller.meetings.speech_time import SpeechTime
from controller.meetings.tables import Meeting
from controller.web.branch_door import refuse_outside
from controller.web.deps import Office, WebParts
from controller.web.scope import bounds_of

_NOTED = {
    Move.SCHEDULE: Action.SET_MEETING,
    Move.END: Action.END_MEETING,
    Move.CANCEL: Action.CANCEL_MEETING,
}


@dataclass(frozen=True, slots=True)
class Acts:
    """What whoever asks may do, being of the office."""

    web: WebParts
    person: Office
    request: Request

    def create(self, form: MeetingForm) -> Meeting:
        """Make a meeting."""
        self._refuse_outside(form)
        made = self.web.part(Calendar).create(form, actor=self.person.user_name)
        self._note(Action.SET_MEETING, made.meeting_id)
        return made

    def create_series(self, form: SeriesForm) -> str:
        """Make a series of meetings; return its id."""
        self._refuse_outside(form.meeting)
        made = SeriesDesk(self.web.part(Calendar)).create(form, actor=self.person.user_name)
        self._note(Action.SET_MEETING, made[0].meeting_id, detail=form.rule.text())
        return made[0].series_id or ""

    def move_dates(
        self, meeting_id: str, wanted: Times, scope: DatesMeant, *, is_clash_accepted: bool
    ) -> str:
        """Move one date of a series, or it and all later ones; return the series' id."""
        moved = SeriesDates(self.web.part(Calendar)).move(
            meeting_id,
            wanted,
            scope,
            actor=self.person.user_name,
            is_clash_accepted=is_clash_accepted,
        )
        for one in moved:
            self._note(Action.CHANGE_MEETING, one.meeting_id)
        return moved[0].series_id or ""

    def change_dates(
        self, meeting_id: str, wanted: DateFacts, scope: DatesMeant, *, is_clash_accepted: bool
    ) -> str:
        """Change one date of a series, or it and all later ones; return the series' id."""
        self._refuse_outside(wanted)
        changed = SeriesChanges(self.web.part(Calendar)).change(
            meeting_id,
            wanted,
            scope,
            actor=self.person.user_name,
            is_clash_accepted=is_clash_accepted,
        )
        for one in changed:
            self._note(Action.CHANGE_MEETING, one.meeting_id)
        return changed[0].series_id or ""

    def cancel_dates(self, meeting_id: str, scope: DatesMeant) -> str:
        """Cancel one date of a series, or it and all later ones; return the series' id."""
        desk = SeriesDates(self.web.part(Calendar))
        cancelled = desk.cancel(meeting_id, scope, actor=self.person.user_name)
        for one in cancelled:
            self._note(Action.CANCEL_MEETING, one.meeting_id)
        return cancelled[0].series_id or ""

    def restore_date(self, series_id: str, series_at: datetime) -> None:
        """Have a date of a series back that was skipped or cancelled."""
        desk = SeriesDates(self.web.part(Calendar))
        made = desk.restore(series_id, series_at, actor=self.person.user_name)
        self._note(Action.SET_MEETING, made.meeting_id)

    def edit(self, meeting_id: str, form: MeetingForm, *, expected: str | None = None) -> Meeting:
        """Replace the facts of a meeting that has not begun; correct one held in person."""
        self._refuse_outside(form)
        desk, actor = self.web.part(Calendar), self.person.user_name
        edited = desk.edit(meeting_id, form, actor=actor, expected=expected)
        self._note(
            Action.CORRECT_MEETING if is_correctable(edited) else Action.CHANGE_MEETING, meeting_id
        )
        return edited

    def restore(self, meeting_id: str, *, is_clash_accepted: bool) -> Meeting:
        """Have a cancelled meeting back; return it, or the one made in its place."""
        desk, actor = Restoring(self.web.part(Calendar)), self.person.user_name
        back = desk.restore(meeting_id, actor=actor, is_clash_accepted=is_clash_accepted)
        instead = back.meeting_id if back.meeting_id != meeting_id else ""
        self._note(Action.RESTORE_MEETING, meeting_id, detail=instead)
        return back

    def ask_rooms_again(self, meeting_id: str) -> Meeting:
        """Ask anew for rooms that were refused, not answered for in time or displaced."""
        desk, actor = self.web.part(ApprovalDesk), self.person.user_name
        asked = desk.ask_again(meeting_id, actor=actor)
        self._note(Action.ASK_ROOMS_AGAIN, meeting_id)
        return asked

    def leave_out_rooms(self, meeting_id: str) -> Meeting:
        """Have a meeting without the points whose rooms are not to be had."""
        desk, actor = WithoutRooms(self.web.part(Calendar)), self.person.user_name
        changed = desk.leave_out(meeting_id, actor=actor)
        self._note(Action.CHANGE_MEETING, meeting_id)
        return changed

    def move(self, meeting_id: str, move: Move) -> Meeting:
        """Schedule, end or cancel a meeting."""
        moved = self.web.part(Lifecycle).move(meeting_id, move, actor=self.person.user_name)
        self._note(_NOTED[move], meeting_id)
        return moved

    def move_floor(
        self, meeting_id: str, wanted: FloorRequest, *, expected_epoch: int | None = None
    ) -> FloorChanged:
        """Give or take the floor.

        Raises:
            Conflict: the rules refuse it, or the point is down and not in the meeting.
        """
        who = wanted.point_id
        if wanted.action is FloorAction.GRANT and who is not None and person_named(who) is None:
            self._refuse_absent(meeting_id, PointId(who))
        changed = self.web.part(Floor).change(
            meeting_id,
            wanted,
            actor=self.person.user_name,
            expected_epoch=expected_epoch,
            people=self.web.part(Attendance).people(MeetingId(meeting_id)),
        )
        self._note(Action.MOVE_FLOOR, meeting_id, wanted.point_id or "", wanted.action.value)
        return changed

    def come_to_item(
        self, meeting_id: str, index: int, *, seen: int, is_undone: bool = False
    ) -> None:
        """Come to an item of the agenda; `seen`: at which one whoever asks has the meeting."""
        desk = AgendaSteps(self.web.state, self.web.part(Changes), self.web.now)
        actor = self.person.user_name
        desk.come_to(meeting_id, index, seen=seen, actor=actor, is_undone=is_undone)
        self._note(Action.MOVE_AGENDA, meeting_id, detail=str(index + 1))

    def queue(self, meeting_id: str, who: str, *, is_up: bool) -> None:
        """Note that a point or person waits for the floor, or does no more."""
        desk = self.web.part(SpeakersQueue)
        people = self.web.part(Attendance).people(MeetingId(meeting_id))
        actor = self.person.user_name
        if desk.put(meeting_id, who, is_up=is_up, actor=actor, people=people):
            act = Action.NOTE_REQUEST if is_up else Action.DROP_REQUEST
            self._note(act, meeting_id, who)

    def restore_to_queue(self, meeting_id: str, who: str) -> None:
        """Let somebody wait again, at the old place, whom the office took out of the queue."""
        people = self.web.part(Attendance).people(MeetingId(meeting_id))
        desk, actor = self.web.part(SpeakersQueue), self.person.user_name
        if desk.restore(meeting_id, who, actor=actor, people=people):
            self._note(Action.RESTORE_REQUEST, meeting_id, who)

    def send_message(self, meeting_id: str, point_id: str | None, text: str) -> int:
        """Show a message on a point's screen, or on all; return its id."""
        desk, actor = self.web.part(MessageDesk), self.person.user_name
        message_id = desk.send(meeting_id, point_id, text, actor=actor)
        self._note(Action.SEND_MESSAGE, meeting_id, point_id or "")
        return message_id

    def take_back_message(self, meeting_id: str, message_id: int) -> None:
        """Take a message from the screens."""
        desk = self.web.part(MessageDesk)
        desk.take_back(meeting_id, message_id, actor=self.person.user_name)
        self._note(Action.TAKE_BACK_MESSAGE, meeting_id)

    def hand_over_chair(self, meeting_id: str, point_id: str, name: str) -> None:
        """Let a deputy lead a meeting."""
        desk, actor = self.web.part(ChairDesk), self.person.user_name
        if desk.hand_over(meeting_id, point_id, name, actor=actor):
            self._note(Action.HAND_OVER_CHAIR, meeting_id, point_id)

    def take_chair_back(self, meeting_id: str) -> None:
        """Let the chair lead a meeting again."""
        if self.web.part(ChairDesk).take_back(meeting_id, actor=self.person.user_name):
            self._note(Action.TAKE_CHAIR_BACK, meeting_id)

    def set_locked(self, meeting_id: str, *, is_locked: bool) -> None:
        """Have latecomers wait outside, or come in again."""
        desk, actor = self.web.part(MeetingLock), self.person.user_name
        if desk.set_locked(meeting_id, is_locked=is_locked, actor=actor):
            self._note(Action.LOCK_MEETING if is_locked else Action.UNLOCK_MEETING, meeting_id)

    def admit(self, meeting_id: str, who: str) -> None:
        """Let somebody in who waits outside."""
        if self.web.part(MeetingLock).admit(meeting_id, who, actor=self.person.user_name):
            self._note(Action.ADMIT, meeting_id, who)

    def set_speech_time(self, meeting_id: str, minutes: int) -> None:
        """Set how long each speech should last; 0: it has no time."""
        desk = self.web.part(SpeechTime)
        if desk.set_minutes(meeting_id, minutes, actor=self.person.user_name):
            self._note(Action.SET_SPEECH_TIME, meeting_id, detail=str(minutes))

    def _refuse_absent(self, meeting_id: str, point_id: PointId) -> None:
        """Refuse the floor to whom neither the relay nor the centre hears."""
        heard = self.web.part(Attendance).meeting_state(MeetingId(meeting_id))
        if heard is None or any(
            one.subject == point_id and one.is_connected for one in heard.attendees
        ):
            return
        with reading(self.web.series) as series:
            is_down = health.is_down(series, point_id, self.web.now())
        if is_down:
            raise Conflict(
                "point_down",
                "Điểm cầu này đang mất kết nối và không có trong cuộc họp, nên chưa mời phát biểu "
                "được. Khôi phục kết nối của điểm cầu rồi mời lại.",
                "The point is down and not in the meeting, so it is not given the floor. Bring it "
                "back first, then invite it again.",
            )

    def remove(self, meeting_id: str, guest: Guest, *, is_undone: bool = False) -> None:
        """Put somebody out, or let them in again."""
        desk = Removal(self.web.state, self.web.part(Changes), self.web.now)
        act = desk.let_back if is_undone else desk.put_out
        act(meeting_id, guest, actor=self.person.user_name)
        self._note(Action.LET_BACK if is_undone else Action.PUT_OUT, meeting_id, guest.subject)

    def _refuse_outside(self, form: MeetingForm | DateFacts) -> None:
        """Let people of a branch invite its points alone, and no other unit be the host."""
        points = (form.chair_point_id, *form.point_ids)
        refuse_outside(bounds_of(self.request), points, form.host_unit_id)

    def _note(self, action: Action, meeting_id: str, about: str = "", detail: str = "") -> None:
        subject, actor = f"{meeting_id} {about}".strip(), self.person.user_name
        noted(self.web, self.request, action, actor=actor, subject=subject, detail=detail)


OfficeActs = Annotated[Acts, Depends(Acts)]
