"""A meeting's board before it begins, and having its points rehearsed."""

from collections.abc import Sequence
from urllib.parse import quote

from fastapi import APIRouter, Response

from controller.carriers import service as carriers
from controller.errors import BadRequest
from controller.incidents import missed_told
from controller.meetings import service as meetings
from controller.people import accounts
from controller.places import service as places
from controller.rehearsals import board, facts, required, view
from controller.rehearsals.acts import RehearsalActs
from controller.rehearsals.board import PointStanding
from controller.rehearsals.rows import ALL, NEED, READY, BoardFacts
from controller.rehearsals.service import RehearsalDesk, Which
from controller.rehearsals.view import BoardView
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
    desk = asked.web.part(RehearsalDesk)
    needed = required.of_meeting(asked.state, desk.settings, meeting)
    standings = board.standing_of(asked.state, asked.series, meeting, runs, asked.now, needed)
    points = places.points_by_id(asked.state, [one.point_id for one in standings])
    shown = asked.request.query_params.get("show", NEED)
    is_office = asked.person.may(Role.OFFICE)
    drawn_of = BoardFacts(
        meeting=meeting,
        standings=standings,
        runs=runs,
        names={point.point_id: point.name for point in points.values()},
        people=accounts.display_names(asked.state, {one.run.asked_by for one in runs}),
        wanted=desk.settings.rehearsals.moments,
        least_share=desk.settings.rehearsals.least_percent / 100,
        refused=desk.why_not(asked.state, meeting, asked.words.code),
        can_act=is_office,
        can_require=is_office and facts.to_rehearse(meeting).is_waited_for,
        sharers=_sharers(asked, standings),
        told=missed_told.told_of(asked.state, meeting.meeting_id, meeting.begins_at),
    )
    return view.view(
        asked.words, asked.now, drawn_of, shown=shown if shown in (NEED, READY, ALL) else NEED
    )


def _sharers(asked: PageRequest, standings: Sequence[PointStanding]) -> dict[str, str]:
    """Return what the units and carriers are called that points' lines share."""
    shared = {name for one in standings if one.result for name in one.result.shared.split()}
    kinds = {name.partition(":")[0] for name in shared}
    names = places.unit_names(asked.state, {name.partition(":")[2] for name in shared})
    if "contract" in kinds:
        names |= {one.carrier_id: one.name for one in carriers.carriers(asked.state)}
    return names


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


@router.post("/meetings/{meeting_id}/rehearsals/required")
def require(acts: RehearsalActs, meeting_id: str, form: Sent) -> Response:
    """Say that the meeting does not begin without a point, or that it does."""
    point_id, released = text_of(form, "require"), text_of(form, "release")
    acts.require(meeting_id, point_id or released, is_required=bool(point_id))
    return acted(acts.request, f"/meetings/{quote(meeting_id)}/rehearsals")
