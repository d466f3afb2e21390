"""Meetings: list, make, change, move; what clashes; who is in; what happened."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime
from sqlmodel import Session

from contracts.ids import MeetingId, PointId, RelayId
from controller.meetings import (
    agenda_queries,
    calendar,
    event_queries,
    floor_moves,
    floor_queries,
    meeting_queries,
)
from controller.meetings.acts import OfficeActs
from controller.meetings.agenda import AgendaItem
from controller.meetings.attendance import Attendance
from controller.meetings.calendar import Calendar, MeetingForm
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.list_filter import ListFilter
from controller.meetings.meeting_state import MeetingPhase, Move
from controller.meetings.refusals import found
from controller.meetings.relays_now import relays_now
from controller.meetings.schemas import (
    AgendaItemOut,
    AttendanceOut,
    ClashOut,
    EventOut,
    FloorOut,
    MeetingDetailOut,
    MeetingIn,
    MeetingMadeOut,
    MeetingOut,
)
from controller.meetings.tables import Meeting
from controller.web.deps import Office, StateSession, Viewer, Web, WebParts
from controller.web.schemas import Id

router = APIRouter(prefix="/api/v1/meetings", tags=["meetings"])
MAX_SPAN = timedelta(days=370)


async def judged_classification(request: Request, _: Office) -> None:
    """Judge the classification alone, before anything else of the meeting is read."""
    try:
        body = await request.json()
    except (ValueError, RecursionError):  # what is wrong with it is said by the model's reader
        body = None
    calendar.refuse_unless_normal(body.get("classification") if isinstance(body, dict) else None)


Judged = Annotated[None, Depends(judged_classification)]


@router.get("")
def list_meetings(
    web: WebParts,
    session: StateSession,
    _: Viewer,
    begins: AwareDatetime | None = None,
    ends: AwareDatetime | None = None,
    kind: MeetingKind | None = None,
    held_as: HeldAs | None = None,
    host_unit_id: Id | None = None,
) -> list[MeetingOut]:
    """Return the meetings that touch a time: by default a day back to 14 ahead.

    With a type, a way of being held or a unit that hosts: of these alone.
    """
    begins = begins or web.now() - timedelta(days=1)
    ends = ends or web.now() + timedelta(days=14)
    calendar.refuse_outside_calendar(begins=begins, ends=ends)
    ends = min(ends, begins + MAX_SPAN)
    wanted = ListFilter(kind, held_as, host_unit_id)
    found = meeting_queries.between(session, begins=begins, ends=ends, wanted=wanted)
    counts = meeting_queries.participant_counts(session, [one.meeting_id for one in found])
    return [
        MeetingOut.of(one).model_copy(update={"point_count": counts.get(one.meeting_id, 0)})
        for one in found
    ]


@router.get("/clashes")
def list_clashes(
    web: WebParts,
    _: Office,
    begins_at: AwareDatetime,
    ends_at: AwareDatetime,
    point_id: Annotated[list[str], Query(max_length=400)],
    except_meeting: str = "",
) -> list[ClashOut]:
    """Return what else holds these rooms then: a warning while a meeting is being made."""
    found = web.part(Calendar).clashes(
        begins_at=begins_at,
        ends_at=ends_at,
        point_ids=tuple(point_id),
        except_meeting=except_meeting,
    )
    return [ClashOut.of(clash) for clash in found]


@router.post("", status_code=201)
def make_meeting(acts: OfficeActs, _: Judged, form: MeetingIn) -> MeetingMadeOut:
    """Make a meeting; clashes are given back as a warning."""
    return _made(acts.web, acts.create(form_of(form)), form)


@router.put("/{meeting_id}")
def edit_meeting(acts: OfficeActs, _: Judged, meeting_id: str, form: MeetingIn) -> MeetingMadeOut:
    """Replace the facts of a meeting that has not begun."""
    return _made(acts.web, acts.edit(meeting_id, form_of(form)), form)


@router.get("/{meeting_id}")
def one_meeting(
    web: WebParts, session: StateSession, _: Viewer, meeting_id: str
) -> MeetingDetailOut:
    """Return a meeting with its points, floor and who is in."""
    meeting = found(session, meeting_id)
    return MeetingDetailOut.model_validate(
        {
            **meeting.model_dump(),
            "point_ids": meeting_queries.participants(session, meeting_id),
            "agenda": [
                AgendaItemOut.of(one) for one in agenda_queries.of_meeting(session, meeting_id)
            ],
            "floor": FloorOut.of(
                floor_moves.shown(
                    floor_queries.current(session, meeting_id),
                    is_over=MeetingPhase(meeting.state).is_final,
                )
            ),
            "attendance": attendance_of(web, session, meeting),
        }
    )


@router.get("/{meeting_id}/events")
def list_events(session: StateSession, _: Viewer, meeting_id: str) -> list[EventOut]:
    """Return the newest thousand events of a meeting, oldest first."""
    found(session, meeting_id)
    return [EventOut.of(event) for event in event_queries.of_meeting(session, meeting_id)]


@router.post("/{meeting_id}/schedule")
def schedule(acts: OfficeActs, meeting_id: str) -> MeetingOut:
    """Schedule a draft."""
    return MeetingOut.of(acts.move(meeting_id, Move.SCHEDULE))


@router.post("/{meeting_id}/end")
def end(acts: OfficeActs, meeting_id: str) -> MeetingOut:
    """End a meeting that is on."""
    return MeetingOut.of(acts.move(meeting_id, Move.END))


@router.post("/{meeting_id}/cancel")
def cancel(acts: OfficeActs, meeting_id: str) -> MeetingOut:
    """Cancel a meeting that has not begun."""
    return MeetingOut.of(acts.move(meeting_id, Move.CANCEL))


def attendance_of(web: Web, session: Session, meeting: Meeting) -> AttendanceOut:
    """Return who is in a meeting by its relays' last word."""
    attendance = web.part(Attendance)
    return AttendanceOut.of(
        attendance.meeting_state(MeetingId(meeting.meeting_id)),
        relays_now(session, web.settings, attendance, meeting),
        reported_at=attendance.reported_at(RelayId(meeting.relay_id)),
    )


def form_of(form: MeetingIn) -> MeetingForm:
    """Return what a program sent, as the calendar takes it."""
    fields = form.model_dump(exclude={"classification", "agenda"})
    agenda = [AgendaItem(one.title, one.minutes, one.speaker) for one in form.agenda or ()]
    kept = None if form.agenda is None else tuple(agenda)
    return MeetingForm(**fields | {"point_ids": tuple(form.point_ids), "agenda": kept})


def _made(web: Web, meeting: Meeting, form: MeetingIn) -> MeetingMadeOut:
    found = web.part(Calendar).clashes(
        begins_at=form.begins_at,
        ends_at=form.ends_at,
        point_ids=(PointId(form.chair_point_id), *form.point_ids),
        except_meeting=meeting.meeting_id,
    )
    return MeetingMadeOut.model_validate(
        {**meeting.model_dump(), "clashes": [ClashOut.of(clash) for clash in found]}
    )
