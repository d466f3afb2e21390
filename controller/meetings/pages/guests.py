"""The meeting page's panel of guests: links made, shown once, withdrawn."""

from fastapi import APIRouter, Response

from contracts.ids import MeetingId
from contracts.participants import ParticipantKind
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.errors import BadRequest
from controller.meetings.attendance import Attendance
from controller.meetings.guests import guest_queries
from controller.meetings.guests.links import GuestLinks, MadeLink
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found
from controller.meetings.tables import Meeting
from controller.meetings.views import guests as view
from controller.meetings.views.guests import GuestFacts, GuestsView, LinkView
from controller.web.names import page_origin
from controller.web.page_request import AskedByOffice, PageRequest, Sent, acted, text_of

router = APIRouter(include_in_schema=False)


@router.get("/parts/meetings/{meeting_id}/guests")
def panel(asked: AskedByOffice) -> Response:
    """Return the panel."""
    row = found(asked.state, asked.named("meeting_id"))
    return asked.page("meetings/parts/guests.html", "meetings", guests=guests_of(asked, row))


@router.post("/meetings/{meeting_id}/guests")
def make(asked: AskedByOffice, form: Sent) -> Response:
    """Make a link and show it, this once."""
    meeting_id = asked.named("meeting_id")
    made = asked.web.part(GuestLinks).make(
        meeting_id,
        text_of(form, "name"),
        may_speak=text_of(form, "may_speak") == "yes",
        has_pin=text_of(form, "has_pin") == "yes",
        actor=asked.person.user_name,
    )
    return _shown(asked, Action.MAKE_GUEST_LINK, meeting_id, made)


@router.post("/meetings/{meeting_id}/guests/{guest_id}")
def change(asked: AskedByOffice, form: Sent) -> Response:
    """Withdraw a link, undo that, or make it anew."""
    meeting_id, guest_id = asked.named("meeting_id"), asked.named("guest_id")
    links, action = asked.web.part(GuestLinks), text_of(form, "action")
    if action == "renew":
        made = links.renew(meeting_id, guest_id)
        return _shown(asked, Action.RENEW_GUEST_LINK, meeting_id, made)
    acts = {
        "withdraw": (links.withdraw, Action.WITHDRAW_GUEST_LINK),
        "restore": (links.restore, Action.RESTORE_GUEST_LINK),
    }
    if action not in acts:
        raise BadRequest(
            "invalid_request",
            "Trang gửi một việc không có. Tải lại trang rồi thử lại.",
            "The page asked for something that does not exist. Reload it and try again.",
        )
    act, written = acts[action]
    name = act(meeting_id, guest_id)
    _note(asked, written, f"{meeting_id} {guest_id}", name)
    return acted(asked.request, f"/meetings/{meeting_id}")


def guests_of(asked: PageRequest, row: Meeting) -> GuestsView:
    """Return a meeting's guests as the office sees them."""
    present = asked.web.part(Attendance).meeting_state(MeetingId(row.meeting_id))
    inside = {
        one.subject
        for one in (present.attendees if present else ())
        if one.participant_kind is ParticipantKind.PERSON and one.is_connected
    }
    facts = [
        GuestFacts(
            link,
            guest_queries.standing_of(asked.state, link, row, None, now=asked.now),
            link.guest_id in inside,
        )
        for link in guest_queries.of_meeting(asked.state, row.meeting_id)
    ]
    can_change = not MeetingPhase(row.state).is_final
    return view.view(asked.words, asked.now, row.meeting_id, facts, can_change=can_change)


def _shown(asked: PageRequest, action: Action, meeting_id: str, made: MadeLink) -> Response:
    """Answer with the link; a script puts it into the panel, without one it is a page."""
    _note(asked, action, f"{meeting_id} {made.guest_id}", made.name)
    title = found(asked.state, meeting_id).title
    url = view.link_url(page_origin(asked.web.settings, asked.request), made.shown)
    link = LinkView(meeting_id, title, made.guest_id, made.name, url, made.pin)
    is_part = asked.request.headers.get("hx-request") == "true"
    template = "meetings/parts/guest_link.html" if is_part else "meetings/guest_link.html"
    return asked.page(template, "meetings", link=link)


def _note(asked: PageRequest, action: Action, subject: str, name: str) -> None:
    actor = asked.person.user_name
    noted(asked.web, asked.request, action, actor=actor, subject=subject, detail=name)
