"""The roll call is held: said, taken back, closed and opened again.

Each function is one transaction in which nobody else changes the same roll call. The later word
on a row counts; the earlier one is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.ids import MeetingId
from controller import entered
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.entered import Label
from controller.errors import BadEntry, Conflict, NotFound
from controller.meetings import event_queries
from controller.meetings.meeting_state import MeetingPhase, may_be_ended
from controller.meetings.minutes import service as minutes
from controller.meetings.refusals import found, wrong_phase
from controller.meetings.rollcall import roll_queries
from controller.meetings.rollcall.roll import rows_of
from controller.meetings.rollcall.rules import RollMark, RollRow, RollState
from controller.meetings.rollcall.tables import RollCall
from controller.meetings.tables import Meeting

MAX_DETAIL_CHARS, MAX_REASON_CHARS = 120, 200
MAX_HEADS, MAX_LATE_MIN = 5000, 24 * 60
# 400 who are invited, each called fifteen times.
MAX_ENTRIES = 6000
_DETAIL = Label("Ghi chú điểm danh", "The note of the roll call")
_REASON = Label("Lý do mở lại", "The reason for opening it again")


class Unsaid(Enum):
    """Where a wish says nothing of a number."""

    AS_IT_IS = "as it is"


@dataclass(frozen=True, slots=True)
class RollWish:
    """What is to be said of one who is invited; what is left out stays as it is.

    With another state the note and the minutes begin anew: a reason is no substitute's name.
    """

    subject: str
    state: RollState | None = None
    detail: str | None = None
    late_min: int | Unsaid | None = Unsaid.AS_IT_IS
    heads: int | Unsaid | None = Unsaid.AS_IT_IS


@dataclass(frozen=True, slots=True)
class RollDesk:
    """Where roll calls are held. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]
    grace: timedelta

    def mark(self, meeting_id: str, wishes: Sequence[RollWish], *, actor: str) -> int:
        """Say how some who are invited stand, in one act; return of how many that is new.

        Raises:
            NotFound: there is no such meeting, or one of them is not invited.
            Conflict: the roll call is closed, or the meeting is a draft or cancelled.
            BadEntry: a note or a number cannot be used.
        """
        with writing(self.state) as session:
            meeting, call = self._open(session, meeting_id)
            wanted = frozenset(wish.subject for wish in wishes)
            rows = {row.subject: row for row in self._rows(session, meeting, wanted)}
            said: dict[str, RollMark] = {}
            for wish in wishes:
                row = rows.get(wish.subject)
                if row is None:
                    raise NotFound("điểm cầu hoặc khách mời", "point or guest in this meeting")
                mark = _said(replace(row, mark=said.get(wish.subject, row.mark)), wish)
                said[wish.subject] = replace(mark, actor=actor, at=self.now())
            new = [(who, mark) for who, mark in said.items() if not _is_same(rows[who].mark, mark)]
            self._add(session, call, new)
        return self._told(meeting_id, len(new))

    def confirm(self, meeting_id: str, *, actor: str) -> int:
        """Say of all whom nobody has called what is proposed, in one act; return of how many."""
        now = self.now()
        with writing(self.state) as session:
            meeting, call = self._open(session, meeting_id)
            new = [
                (
                    row.subject,
                    RollMark(
                        state=row.proposal.state,
                        late_min=row.proposal.late_min,
                        heads=row.heads,
                        actor=actor,
                        at=now,
                        proposed=row.proposal.state.value,
                    ),
                )
                for row in self._rows(session, meeting)
                if row.state is RollState.UNCALLED and row.proposal is not None
            ]
            self._add(session, call, new)
        return self._told(meeting_id, len(new))

    def take_back(self, meeting_id: str, *, actor: str) -> int:
        """Take back a person's own last act; what others said since stays.

        Returns:
            Of how many rows it was.

        Raises:
            Conflict: there is nothing to take back, or the roll call is closed.
        """
        with writing(self.state) as session:
            self._open(session, meeting_id)
            act = roll_queries.last_act(session, meeting_id, actor)
            if act is None:
                raise Conflict(
                    "nothing_to_undo",
                    "Không còn lần ghi nào của mình để hoàn tác.",
                    "There is nothing of one's own to take back.",
                )
            count = roll_queries.take_back(session, meeting_id, act, now=self.now())
        return self._told(meeting_id, count)

    def close(self, meeting_id: str, *, actor: str) -> None:
        """Let nothing be changed from now on; also while the meeting is on, as its first call.

        Raises:
            Conflict: it is closed already, or the meeting has not begun.
        """
        now = self.now()
        with writing(self.state) as session:
            meeting, call = self._open(session, meeting_id)
            phase = MeetingPhase(meeting.state)
            is_over = phase is MeetingPhase.ENDED
            if not (is_over or may_be_ended(phase, meeting.begins_at, now=now)):
                raise wrong_phase(meeting, "chốt điểm danh", "closed in its roll call")
            call.closed_at, call.closed_by = now, actor
            session.add(call)
            event_queries.record(session, meeting_id, "roll_call_closed", now=now, actor=actor)
        self._told(meeting_id, 1)

    def reopen(self, meeting_id: str, reason: str, *, actor: str) -> str:
        """Open a closed roll call again; return the reason as it is kept.

        Raises:
            BadEntry: no reason is given, or it cannot be used.
            Conflict: it is open, or the minutes are locked with it.
        """
        reason, now = entered.line(_REASON, reason, most=MAX_REASON_CHARS), self.now()
        with writing(self.state) as session:
            found(session, meeting_id)
            call = roll_queries.claimed(session, meeting_id)
            if call.closed_at is None:
                raise Conflict(
                    "roll_call_open",
                    "Điểm danh đang mở, không cần mở lại.",
                    "The roll call is open already.",
                )
            if minutes.locked(session, [meeting_id]):
                raise Conflict(
                    "minutes_locked",
                    "Biên bản đã khóa cùng với điểm danh. Mở khóa biên bản trước.",
                    "The minutes are locked with the roll call. Unlock them first.",
                )
            call.closed_at, call.closed_by = None, ""
            call.reopened_at, call.reopened_by, call.reason = now, actor, reason
            session.add(call)
            event_queries.record(
                session, meeting_id, "roll_call_reopened", now=now, actor=actor, detail=reason
            )
        self._told(meeting_id, 1)
        return reason

    def _open(self, session: Session, meeting_id: str) -> tuple[Meeting, RollCall]:
        """Return a meeting whose roll is called, and its roll call, claimed."""
        meeting = found(session, meeting_id)
        call = roll_queries.claimed(session, meeting_id)
        if MeetingPhase(meeting.state) in (MeetingPhase.DRAFT, MeetingPhase.CANCELLED):
            raise wrong_phase(meeting, "điểm danh", "called")
        if call.closed_at is not None:
            raise Conflict(
                "roll_call_closed",
                "Điểm danh đã chốt. Muốn sửa thì mở lại và ghi lý do.",
                "The roll call is closed. To change it, open it again and say why.",
            )
        return meeting, call

    def _rows(
        self, session: Session, meeting: Meeting, only: frozenset[str] | None = None
    ) -> list[RollRow]:
        return rows_of(session, meeting, grace=self.grace, now=self.now(), only=only)

    def _add(self, session: Session, call: RollCall, new: Sequence[tuple[str, RollMark]]) -> None:
        if not new:
            return
        if roll_queries.entry_count(session, call.meeting_id) + len(new) > MAX_ENTRIES:
            raise Conflict(
                "too_many_entries",
                f"Điểm danh của cuộc họp này đã có {MAX_ENTRIES} lần ghi, không ghi thêm được.",
                f"This roll call has {MAX_ENTRIES} entries; there is no room for more.",
            )
        call.acts += 1
        session.add(call)
        roll_queries.add(session, call.meeting_id, call.acts, new)

    def _told(self, meeting_id: str, count: int) -> int:
        if count:
            self.changes.note_roll_call(MeetingId(meeting_id))
        return count


def _said(row: RollRow, wish: RollWish) -> RollMark:
    """Return what is said of a row once a wish is fulfilled."""
    before = row.mark or RollMark(RollState.UNCALLED)
    mark, proposed = before, row.proposal
    if wish.state is not None and wish.state is not before.state:
        is_late = wish.state is RollState.LATE and proposed is not None
        late_min = proposed.late_min if is_late and proposed else None
        mark = replace(before, state=wish.state, detail="", late_min=late_min)
    if wish.detail is not None:
        detail = entered.line(_DETAIL, wish.detail, most=MAX_DETAIL_CHARS, least=0)
        mark = replace(mark, detail=detail)
    if not isinstance(wish.late_min, Unsaid):
        mark = replace(mark, late_min=_number(wish.late_min, MAX_LATE_MIN, "Số phút muộn"))
    if not isinstance(wish.heads, Unsaid):
        mark = replace(mark, heads=_number(wish.heads, MAX_HEADS, "Số người"))
    return replace(mark, proposed=proposed.state.value if proposed else "")


def _number(value: int | None, most: int, name_vi: str) -> int | None:
    if value is not None and not 0 <= value <= most:
        raise BadEntry(f"{name_vi} phải từ 0 đến {most}.", f"A number from 0 to {most} is wanted.")
    return value


def _is_same(before: RollMark | None, mark: RollMark) -> bool:
    """Whether nothing new is said; to say the same again of what was overtaken is new."""
    if before is None:
        return mark.state is RollState.UNCALLED and mark.heads is None and not mark.detail
    return replace(before, actor=mark.actor, at=mark.at) == mark
