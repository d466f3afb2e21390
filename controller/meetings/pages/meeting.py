"""One meeting's own page, and what is done there."""

from dataclasses import replace

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts.floor import FloorMode
from contracts.floor_request import FloorAction, FloorRequest
from contracts.ids import MeetingId
from contracts.participants import ParticipantKind
from controller.errors import BadRequest
from controller.health import service as health
from controller.meetings import (
    access_queries,
    agenda,
    agenda_queries,
    event_queries,
    floor_moves,
    floor_queries,
    meeting_queries,
    queue,
    queue_queries,
    series_queries,
    speech_times,
)
from controller.meetings.acts import OfficeActs
from controller.meetings.admission import admission_queries
from controller.meetings.admission.desk import LOCKED
from controller.meetings.agenda_steps import MOVED
from controller.meetings.attendance import Attendance
from controller.meetings.deputy import HANDED_OVER, shut_out
from controller.meetings.guests import service as guests
from controller.meetings.meeting_state import MeetingPhase, Move, is_running
from controller.meetings.messages import message_queries
from controller.meetings.pages.guests import guests_of
from controller.meetings.pages.invitations import invitations_of
from controller.meetings.pages.lines import line_facts
from controller.meetings.pages.rooms import rooms_of
from controller.meetings.refusals import found
from controller.meetings.relays_now import relays_now
from controller.meetings.tables import Meeting, MeetingEvent
from controller.meetings.views import agenda as agenda_view
from controller.meetings.views import deputy as deputy_view
from controller.meetings.views import in_person, meeting_log
from controller.meetings.views import meeting as view
from controller.meetings.views.in_person import InPersonFacts, InPersonView
from controller.meetings.views.last_move import MoveFacts
from controller.meetings.views.meeting import ConsoleFacts, ConsoleView
from controller.meetings.views.seats import MeetingRoster, without_picture
from controller.places import service as places
from controller.recordings.shown import recording_of, shelf_of
from controller.roles import Role
from controller.web.page_request import PageRequest, Sent, acted, text_of
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)

_NAMING_KINDS = (
    meeting_log.CONTENT_KINDS | meeting_log.FLOOR_KINDS | meeting_log.QUEUE_KINDS
)  # of people, by their subject


@live_page(router, "/meetings/{meeting_id}", "meetings/meeting.html", section="meetings")
def meeting(asked: PageRequest) -> ConsoleView | InPersonView:
    """Return a meeting with its floor, points and log; one in person has no floor."""
    row = found(asked.state, asked.named("meeting_id"))
    return console(asked, row) if row.is_joined else _in_person(asked, row)


def _in_person(asked: PageRequest, row: Meeting) -> InPersonView:
    state, is_office = asked.state, asked.person.may(Role.OFFICE)
    events = event_queries.of_meeting(state, row.meeting_id)
    order = meeting_queries.participants(state, row.meeting_id)
    known = places.points_by_id(state, order)
    facts = InPersonFacts(
        meeting=row,
        points=[known[one] for one in order if one in known],
        host=_host(asked, row),
        events=events,
        people=guests.called(state, {one.actor for one in events}),
        log_shown=asked.web.settings.pages.log_shown,
        is_office=is_office,
        series_place=_series_place(asked, row),
        invitations=invitations_of(asked, row) if is_office else None,
        held_rooms=rooms_of(asked, row),
        agenda=agenda_view.plan(asked.words, row, agenda_queries.of_meeting(state, row.meeting_id)),
    )
    return in_person.view(asked.words, asked.now, facts)


def _host(asked: PageRequest, row: Meeting) -> str:
    """Return what the unit that hosts a meeting is called; empty: none is known."""
    hosts = places.unit_names(asked.state, [row.host_unit_id]) if row.host_unit_id else {}
    return hosts.get(row.host_unit_id or "", "")


def _series_place(asked: PageRequest, row: Meeting) -> tuple[int, int] | None:
    if row.series_id is None:
        return None
    return series_queries.places(asked.state, [row.series_id]).get(row.meeting_id)


def console(asked: PageRequest, row: Meeting) -> ConsoleView:
    """Return a meeting as whoever asks sees it."""
    state, is_office = asked.state, asked.person.may(Role.OFFICE)
    events = event_queries.of_meeting(state, row.meeting_id)
    roster = _roster(asked, row, events)
    moves = _moves(asked, row)
    told = [
        *events,
        *moves.floor,
        *filter(None, (moves.dropped, moves.locked, moves.handed_over, moves.stepped)),
    ]
    put_out = {one.detail for one in told if one.kind in meeting_log.REMOVAL_KINDS}
    shared = {one.subject for one in told if one.kind in _NAMING_KINDS}
    called = roster.watchers() | put_out | shared | {one.actor for one in told}
    called |= {one.sent_by for one in moves.messages}
    called |= {one.subject for one in (roster.attendance.outside if roster.attendance else ())}
    facts = ConsoleFacts(
        meeting=row,
        roster=roster,
        events=events,
        moves=moves,
        admitted=admission_queries.admitted(state, row) if is_office else None,
        people=guests.called(state, called, mark=asked.words.gettext("guest")),
        relays=relays_now(state, asked.web.settings, asked.web.part(Attendance), row),
        spreading=asked.web.settings.spreading,
        is_office=is_office,
        guests=guests_of(asked, row) if is_office else None,
        recording=recording_of(asked, row),
        shelf=shelf_of(asked, row),
        log_shown=asked.web.settings.pages.log_shown,
        lines=line_facts(asked, row, roster.points),
        host=_host(asked, row),
        series_place=_series_place(asked, row),
    )
    shown = view.view(asked.words, asked.now, facts)
    names = {str(one.point_id): one.name for one in roster.points}
    items = agenda_queries.of_meeting(state, row.meeting_id)
    return replace(
        shown,
        invitations=invitations_of(asked, row) if is_office else None,
        held_rooms=rooms_of(asked, row),
        agenda=agenda_view.view(asked.words, asked.now, row, items, roster, names),
        deputy=deputy_view.view(asked.words, row, roster, names, shut_out(state, row.meeting_id)),
    )


def _moves(asked: PageRequest, row: Meeting) -> MoveFacts:
    """Return what was done last and may be undone."""
    state, meeting_id = asked.state, row.meeting_id
    is_over = MeetingPhase(row.state).is_final
    return MoveFacts(
        floor=event_queries.newest_move(state, meeting_id, meeting_log.MOVE_KINDS),
        dropped=event_queries.newest(state, meeting_id, (queue.DROPPED,)),
        locked=event_queries.newest(state, meeting_id, (LOCKED,)) if row.locked_at else None,
        stepped=event_queries.newest(state, meeting_id, (MOVED,)),
        item=_item(asked, row),
        messages=[] if is_over else message_queries.standing(state, meeting_id, now=asked.now),
        handed_over=event_queries.newest(state, meeting_id, (HANDED_OVER,))
        if row.deputy_since and not is_over
        else None,
        has_floor_undo=floor_queries.undo_state(state, meeting_id) is not None,
    )


def _item(asked: PageRequest, row: Meeting) -> int | None:
    """Return at which item of its agenda a meeting that is on is; None: it has none."""
    if MeetingPhase(row.state) is not MeetingPhase.LIVE:
        return None
    items = agenda_queries.of_meeting(asked.state, row.meeting_id)
    begun = row.live_at or row.begins_at
    at = agenda.place(items, row.begins_at, live_at=begun, now=asked.now)
    return at.index if at else None


@router.post("/meetings/{meeting_id}/floor")
def move_floor(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Move the floor; everyone's page follows by the stream."""
    wanted = _floor_request(
        text_of(form, "action"), text_of(form, "point_id"), text_of(form, "mode")
    )
    acts.move_floor(meeting_id, wanted)
    return acted(acts.request, f"/meetings/{meeting_id}")


@router.post("/meetings/{meeting_id}/end")
def end(acts: OfficeActs, meeting_id: str) -> Response:
    """End the meeting."""
    acts.move(meeting_id, Move.END)
    return RedirectResponse(f"/meetings/{meeting_id}", status_code=303)


@router.post("/meetings/{meeting_id}/cancel")
def cancel(acts: OfficeActs, meeting_id: str) -> Response:
    """Cancel a meeting that has not begun."""
    acts.move(meeting_id, Move.CANCEL)
    return RedirectResponse(f"/meetings/{meeting_id}", status_code=303)


def _floor_request(action: str, point_id: str, mode: str) -> FloorRequest:
    try:
        return FloorRequest(
            FloorAction(action),
            point_id or None,
            FloorMode(mode) if mode else None,
        )
    except ValueError as exc:
        raise BadRequest(
            "invalid_request",
            "Trang gửi một việc không có. Tải lại trang rồi thử lại.",
            "The page asked for something that does not exist. Reload it and try again.",
        ) from exc


def _roster(asked: PageRequest, row: Meeting, events: list[MeetingEvent]) -> MeetingRoster:
    order = meeting_queries.participants(asked.state, row.meeting_id)
    known = places.points_by_id(asked.state, order)
    points = [known[one] for one in order if one in known]
    is_over = MeetingPhase(row.state) is MeetingPhase.ENDED
    came = event_queries.came_in(asked.state, row.meeting_id) if is_over and events else None
    out = access_queries.expelled(asked.state, row.meeting_id)
    meeting_id = MeetingId(row.meeting_id)
    attendance = asked.web.part(Attendance).meeting_state(meeting_id)
    is_forwarded = attendance is not None and attendance.is_forwarding
    waiting = queue.present_of(
        queue_queries.waiting(asked.state, row.meeting_id),
        asked.web.part(Attendance).people(meeting_id),
    )
    is_live = is_running(MeetingPhase(row.state), is_forwarded=is_forwarded)
    return MeetingRoster(
        chair_id=row.chairing_point_id,
        points=points,
        floor=floor_moves.shown(
            floor_queries.current(asked.state, row.meeting_id),
            is_over=MeetingPhase(row.state).is_final,
        ),
        attendance=attendance,
        hands=waiting,
        rooms=health.rooms(asked.series, without_picture(attendance).union(waiting)),
        point_states=health.point_states(asked.series, points, asked.now),
        spoken=speech_times.spoken(
            event_queries.floor_turns(asked.state, row.meeting_id), ended_at=row.ended_at
        ),
        came=came,
        is_live=is_live,
        is_open=is_live or view.is_playable(row, asked.now),
        can_act=asked.person.may(Role.OFFICE),
        expelled=frozenset(
            one.subject for one in out if one.participant_kind == ParticipantKind.POINT.value
        ),
        expelled_people=frozenset(
            one.subject for one in out if one.participant_kind == ParticipantKind.PERSON.value
        ),
        person=asked.person.user_name,
    )
