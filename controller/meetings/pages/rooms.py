"""The meeting page's panel of rooms that others agree to."""

from fastapi import APIRouter, Response

from contracts.ids import PointId
from controller.meetings.acts import OfficeActs
from controller.meetings.guests import service as guests
from controller.meetings.holds import hold_queries
from controller.meetings.pages.booking_rooms import approvers
from controller.meetings.refusals import found
from controller.meetings.tables import Meeting
from controller.meetings.views import rooms as view
from controller.meetings.views.rooms import RoomsFacts, RoomsView
from controller.places import service as places
from controller.roles import Role
from controller.web.page_request import Asked, PageRequest, acted

router = APIRouter(include_in_schema=False)


@router.get("/parts/meetings/{meeting_id}/rooms")
def panel(asked: Asked) -> Response:
    """Return the panel."""
    row = found(asked.state, asked.named("meeting_id"))
    shown = rooms_of(asked, row)
    return asked.page("meetings/parts/rooms.html", "meetings", rooms=shown)


@router.post("/meetings/{meeting_id}/rooms/ask-again")
def ask_again(acts: OfficeActs, meeting_id: str) -> Response:
    """Ask anew for what was refused, not answered for or displaced."""
    acts.ask_rooms_again(meeting_id)
    return acted(acts.request, f"/meetings/{meeting_id}")


@router.post("/meetings/{meeting_id}/rooms/leave-out")
def leave_out(acts: OfficeActs, meeting_id: str) -> Response:
    """Have the meeting without the points whose rooms are not to be had."""
    acts.leave_out_rooms(meeting_id)
    return acted(acts.request, f"/meetings/{meeting_id}")


def rooms_of(asked: PageRequest, row: Meeting) -> RoomsView | None:
    """Return a meeting's rooms that others agree to; None: there are none."""
    holds = hold_queries.of_meeting(asked.state, row.meeting_id)
    if not holds:
        return None
    known = places.points_by_id(asked.state, [PointId(one.point_id) for one in holds])
    people = {name for one in holds for name in (one.asked_by, one.answered_by)}
    facts = RoomsFacts(
        meeting=row,
        holds=holds,
        names={str(one): point.name for one, point in known.items()},
        people=guests.called(asked.state, people),
        approvers=approvers(asked),
    )
    return view.view(asked.words, asked.now, facts, is_office=asked.person.may(Role.OFFICE))
