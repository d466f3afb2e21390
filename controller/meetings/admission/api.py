"""Locking a meeting, who waits outside, and letting them in."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from contracts.ids import SPEAKER_PATTERN, MeetingId
from contracts.participants import ParticipantKind
from controller.meetings.acts import OfficeActs
from controller.meetings.attendance import Attendance
from controller.meetings.refusals import found
from controller.web.deps import StateSession, Viewer, WebParts
from controller.web.schemas import Input, Output

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}", tags=["meetings"])


class LockIn(Input):
    """Whether latecomers wait outside."""

    is_locked: bool


class LateAdmissionIn(Input):
    """Who is let in: a point, or `person:NAME`."""

    who: Annotated[str, Field(pattern=SPEAKER_PATTERN)]


class OutsideOut(Output):
    """Who waits outside, by the relay's last word."""

    subject: str
    participant_kind: ParticipantKind
    since: datetime


class LockOut(Output):
    """Whether a meeting is locked, since when, and who waits outside."""

    locked_at: datetime | None
    outside: list[OutsideOut]


@router.get("/lock")
def show(web: WebParts, session: StateSession, _: Viewer, meeting_id: str) -> LockOut:
    """Return whether a meeting is locked, and who waits outside."""
    meeting = found(session, meeting_id)
    state = web.part(Attendance).meeting_state(MeetingId(meeting_id))
    outside = state.outside if state and meeting.locked_at else ()
    return LockOut(locked_at=meeting.locked_at, outside=[OutsideOut.of(one) for one in outside])


@router.put("/lock", status_code=204)
def set_locked(acts: OfficeActs, meeting_id: str, form: LockIn) -> None:
    """Have latecomers wait outside, or come in again; who was in comes back unasked."""
    acts.set_locked(meeting_id, is_locked=form.is_locked)


@router.post("/admissions", status_code=204)
def admit(acts: OfficeActs, meeting_id: str, form: LateAdmissionIn) -> None:
    """Let somebody in. Whoever shall not come in is put out (api_removal.py)."""
    acts.admit(meeting_id, form.who)
