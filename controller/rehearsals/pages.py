"""A meeting's board before it begins, and having its points rehearsed."""

from urllib.parse import quote

from fastapi import APIRouter, Response

from controller.errors import BadRequest
from controller.meetings import service as meetings
from controller.people import accounts
from controller.places import service as places
from controller.rehearsals import board, view
from controller.rehearsals.acts import RehearsalActs
from controller.rehearsals.service import RehearsalDesk, Which
from controller.rehearsals.view import ALL, NEED, READY, BoardFacts, BoardView
from controller.roles import Role
from controller.web.page_request import PageRequest, Sent, acted, text_of
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)


@live_page(
    router,
    "/meetings/{meeting_id}/rehearsals",
    "rehearsals/rehearsals.html",
    section="meetings",
)
def rehearsals(asked: PageRequest) -> BoardView:
    """Return who needs something first, or those of one kind where that is asked for."""
    meeting = meetings.found(asked.state, asked.named("meeting_id"))
    runs = board.runs_in_short(asked.state, meeting)
    standings = board.standing_of(asked.state, asked.series, meeting, runs, asked.now)
    points = places.points_by_id(asked.state, [one.point_id for one in standings])
    desk = asked.web.part(RehearsalDesk)
    shown = asked.request.query_params.get("show", NEED)
    facts = BoardFacts(
        meeting=meeting,
        standings=standings,
        runs=runs,
        names={point.point_id: point.name for point in points.values()},
        people=accounts.display_names(asked.state, {one.run.asked_by for one in runs}),
        wanted=desk.settings.rehearsals.moments,
        least_share=desk.settings.rehearsals.least_percent / 100,
        refused=desk.why_not(asked.state, meeting, asked.words.code),
        can_act=asked.person.may(Role.OFFICE),
    )
    return view.view(
        asked.words, asked.now, facts, shown=shown if shown in (NEED, READY, ALL) else NEED
    )


@router.post("/meetings/{meeting_id}/rehearsals")
def ask(acts: RehearsalActs, meeting_id: str, form: Sent) -> Response:
    """Have the points rehearsed now: all of them, or those that are not ready."""
    try:
        which = Which(text_of(form, "which"))
    except ValueError as exc:
        raise BadRequest(
            "invalid_request",
            "Trang gửi một việc không có. Tải lại trang rồi thử lại.",
            "The page asked for something that does not exist. Reload it and try again.",
        ) from exc
    acts.ask(meeting_id, which)
    return acted(acts.request, f"/meetings/{quote(meeting_id)}/rehearsals")
