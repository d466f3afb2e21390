"""Rooms to agree to: the list for who agrees, one request, and the answers."""

from collections.abc import Collection
from datetime import timedelta

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts.ids import MeetingId, PointId
from controller.errors import NotFound, RequestError
from controller.health import service as health
from controller.meetings import booking, booking_queries, meeting_queries
from controller.meetings.booking import Booking
from controller.meetings.guests import service as guests
from controller.meetings.holds import hold_queries
from controller.meetings.holds.acts import ApproverActs
from controller.meetings.holds.desk import RoomsAnswer, not_an_approver
from controller.meetings.holds.letters import PAGE
from controller.meetings.holds.owner_roles import acts_for
from controller.meetings.holds.rules import HoldState
from controller.meetings.holds.tables import RoomHold
from controller.meetings.refusals import found
from controller.meetings.tables import Meeting
from controller.meetings.views import approvals as view
from controller.meetings.views.approvals import RequestFacts
from controller.places import service as places
from controller.places.owner import OWNER_NAMES, Owner
from controller.web.elements import Crumb
from controller.web.page_request import Asked, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)
SHOWN, ANSWERED = 200, 50
ANSWERED_FOR = timedelta(days=31)
MOST_CHOSEN = 100
NOTHING_SEEN = "-"
"""Of a choice that does not say what was shown; no request is known by it."""


@router.get(PAGE)
def approvals(asked: Asked) -> Response:
    """Show what waits for the asker's answer, and what was answered."""
    return _list(asked)


@router.post(f"{PAGE}/agree")
def agree(asked: Asked, acts: ApproverActs, form: Sent) -> Response:
    """Agree to several requests; what cannot be is said, and stands in nobody's way."""
    said: list[str] = []
    chosen = [one for one in form.getlist("chosen") if isinstance(one, str)][:MOST_CHOSEN]
    for one in chosen:
        meeting_id, _, rest = one.partition("/")
        owner, _, seen = rest.partition("/")
        yes = RoomsAnswer(is_yes=True, seen=seen or NOTHING_SEEN)
        try:
            meeting = acts.answer(meeting_id, _owner(owner), yes)
            said.append(asked.words.gettext("Agreed: %(title)s", title=meeting.title))
        except RequestError as exc:
            said.append(exc.said_in(asked.words.code))
    if not chosen:
        said.append(asked.words.gettext("Choose at least one meeting."))
    asked.state.rollback()  # what was answered is read anew
    return _list(asked, tuple(said))


@router.get(f"{PAGE}/{{meeting_id}}/{{owner}}")
def request(asked: Asked) -> Response:
    """Show one request."""
    return _request(asked)


@router.post(f"{PAGE}/{{meeting_id}}/{{owner}}")
def answer(asked: Asked, acts: ApproverActs, form: Sent) -> Response:
    """Answer, or take that back, and return to what waits; without an answer show it again."""
    meeting_id, owner = asked.named("meeting_id"), _owner(asked.named("owner"))
    reason, what = text_of(form, "reason"), text_of(form, "answer")
    without = frozenset(one for one in form.getlist("without") if isinstance(one, str))
    if not what:
        return _request(asked, reason=reason, without=without)
    try:
        if what == "withdraw":
            acts.withdraw(meeting_id, owner, reason)
        elif what == "reinstate":
            acts.reinstate(meeting_id, owner)
        else:
            said = RoomsAnswer(what == "yes", without, reason, text_of(form, "seen"))
            acts.answer(meeting_id, owner, said)
    except RequestError as exc:
        asked.state.rollback()
        problem = exc.said_in(asked.words.code)
        return _request(asked, problem, reason, without, status=exc.status)
    return RedirectResponse(PAGE, status_code=303)


def _owner(said: str) -> Owner:
    try:
        return Owner(said)
    except ValueError as exc:
        raise NotFound("cơ quan", "owner") from exc


def _list(asked: PageRequest, said: tuple[str, ...] = ()) -> Response:
    words, state = asked.words, asked.state
    owners = acts_for(state, asked.person.user_name).approves
    since = asked.now - ANSWERED_FOR
    waiting = hold_queries.asked_of(state, owners, count=SHOWN)
    answered = hold_queries.answered_of(state, owners, since=since, count=ANSWERED)
    rows = [*_by_owner(waiting), *_by_owner(answered)]
    names = _names(asked, [one.point_id for _, holds in rows for one in holds])
    people = _people(asked, [one for _, holds in rows for one in holds])
    shown = view.ApprovalsView(
        crumbs=(
            Crumb(words.gettext("Meetings"), "/meetings"),
            Crumb(words.gettext("Rooms to agree to")),
        ),
        acts_for=", ".join(words.gettext(OWNER_NAMES[one]) for one in Owner if one in owners),
        waiting=tuple(
            view.row(words, asked.now, meeting, holds, names, people)
            for meeting, holds in _by_owner(waiting)
        ),
        answered=tuple(
            view.row(words, asked.now, meeting, holds, names, people)
            for meeting, holds in _by_owner(answered)
        ),
        said=said,
    )
    return asked.page("meetings/approvals.html", "meetings", view=shown)


def _by_owner(
    found: list[tuple[Meeting, list[RoomHold]]],
) -> list[tuple[Meeting, list[RoomHold]]]:
    """Return the requests of meetings, those of each owner apart."""
    return [
        (meeting, [one for one in holds if one.owner == owner])
        for meeting, holds in found
        for owner in dict.fromkeys(one.owner for one in holds)
    ]


def _request(
    asked: PageRequest,
    problem: str = "",
    reason: str = "",
    without: Collection[str] = (),
    *,
    status: int = 200,
) -> Response:
    meeting = found(asked.state, asked.named("meeting_id"))
    owner = _owner(asked.named("owner"))
    owners = acts_for(asked.state, asked.person.user_name).approves
    if owner not in owners:
        raise not_an_approver(owner)
    every = hold_queries.of_meeting(asked.state, meeting.meeting_id)
    holds = [one for one in every if one.owner == owner.value]
    if not holds:
        raise NotFound("phòng phải duyệt trong cuộc họp", "room to agree to in the meeting")
    facts = _facts(asked, meeting, owner, holds, every)
    shown = view.request(
        asked.words, asked.now, facts, problem=problem, reason=reason, without=without
    )
    return asked.page("meetings/approval.html", "meetings", status=status, view=shown)


def _facts(
    asked: PageRequest, meeting: Meeting, owner: Owner, holds: list[RoomHold], every: list[RoomHold]
) -> RequestFacts:
    state = asked.state
    points = frozenset(PointId(one.point_id) for one in holds)
    begins, ends = meeting.begins_at, meeting.ends_at
    wanted = Booking(MeetingId(meeting.meeting_id), "", begins, ends, points)
    clashes = booking.clashes(wanted, booking_queries.bookings(state, begins=begins, ends=ends))
    order = meeting_queries.participants(state, meeting.meeting_id)
    names = _names(asked, [*points, meeting.chair_point_id])
    waiting = [
        (one.meeting_id, rooms[0].owner)
        for one, rooms in _by_owner(
            hold_queries.asked_of(
                state, acts_for(state, asked.person.user_name).approves, count=SHOWN
            )
        )
    ]
    own = (meeting.meeting_id, owner.value)
    hosts = places.unit_names(state, [meeting.host_unit_id]) if meeting.host_unit_id else {}
    return RequestFacts(
        meeting=meeting,
        owner=owner,
        holds=holds,
        names=names,
        people=_people(asked, holds),
        chair_point=names.get(meeting.chair_point_id, ""),
        host=hosts.get(meeting.host_unit_id or "", ""),
        points=len(order),
        clashes=clashes,
        silent=_silent(asked, sorted(points), names),
        others_wait=sum(
            HoldState(one.state) is HoldState.ASKED and one.owner != owner.value for one in every
        ),
        rehearsed=len(asked.web.settings.rehearsals.moments),
        place=(waiting.index(own) + 1, len(waiting)) if own in waiting else None,
    )


def _silent(asked: PageRequest, points: list[PointId], names: dict[str, str]) -> list[str]:
    """Return the rooms that the centre does not hear now; none while it hears nobody."""
    if health.blind_since(asked.series, asked.now) is not None:
        return []
    troubles = health.troubles(asked.series, asked.now, points)
    return [names.get(one, one) for one in points if one in troubles and not troubles[one].is_heard]


def _names(asked: PageRequest, point_ids: list[str]) -> dict[str, str]:
    known = places.points_by_id(asked.state, [PointId(one) for one in dict.fromkeys(point_ids)])
    return {str(one): point.name for one, point in known.items()}


def _people(asked: PageRequest, holds: list[RoomHold]) -> dict[str, str]:
    names = {name for one in holds for name in (one.asked_by, one.answered_by)}
    return guests.called(asked.state, names)
