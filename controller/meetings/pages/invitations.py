"""The meeting page's panel of invitations by e-mail."""

from fastapi import APIRouter, Response

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.errors import Conflict
from controller.mail import service as mail
from controller.meetings.guests import service as guests
from controller.meetings.holds.agreed import refuse_unless_agreed
from controller.meetings.invited import invitation_queries
from controller.meetings.invited import service as invitations
from controller.meetings.invited.service import Invitations
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found
from controller.meetings.tables import Meeting
from controller.meetings.views import invitations as view
from controller.meetings.views.invitations import InvitationsView, InvitedNow
from controller.web.page_request import AskedByOffice, PageRequest, acted

router = APIRouter(include_in_schema=False)


@router.get("/parts/meetings/{meeting_id}/invitations")
def panel(asked: AskedByOffice) -> Response:
    """Return the panel."""
    row = found(asked.state, asked.named("meeting_id"))
    shown = invitations_of(asked, row)
    return asked.page("meetings/parts/invitations.html", "meetings", invitations=shown)


@router.post("/meetings/{meeting_id}/invitations")
def send(asked: AskedByOffice) -> Response:
    """Invite everybody who is not yet."""
    meeting_id, actor = asked.named("meeting_id"), asked.person.user_name
    letters = asked.web.part(Invitations).send(meeting_id, actor=actor)
    asked.web.part(Changes).note_letters(meeting_id)
    noted(
        asked.web,
        asked.request,
        Action.SEND_INVITATIONS,
        actor=actor,
        subject=meeting_id,
        detail=str(letters),
    )
    return acted(asked.request, f"/meetings/{meeting_id}")


def invitations_of(asked: PageRequest, row: Meeting) -> InvitationsView | None:
    """Return a meeting's invitations as the office sees them; None: a draft has none."""
    phase = MeetingPhase(row.state)
    kept = invitation_queries.invitation(asked.state, row.meeting_id)
    is_open = phase is MeetingPhase.SCHEDULED and row.ends_at > asked.now
    if kept is None and not is_open:
        return None
    invited = invitation_queries.invitees(asked.state, row.meeting_id)
    addresses = [one.address for one in invited]
    names = guests.called(asked.state, [kept.invited_by]) if kept else {}
    facts = InvitedNow(
        meeting_id=row.meeting_id,
        row=kept,
        invited=invited,
        letters=mail.last_of_each(asked.state, row.meeting_id),
        whom=invitations.whom(asked.state, row),
        has_server=bool(mail.sender_of(asked.state)),
        is_open=is_open,
        not_agreed=_not_agreed(asked, row),
        inviter=names.get(kept.invited_by, "") if kept else "",
        reached=mail.may_have_arrived(asked.state, row.meeting_id, addresses),
    )
    return view.view(asked.words, asked.now, facts)


def _not_agreed(asked: PageRequest, row: Meeting) -> str:
    """Return which rooms have to be agreed first; empty: all are."""
    try:
        refuse_unless_agreed(asked.state, row.meeting_id)
    except Conflict as exc:
        return exc.said_in(asked.words.code)
    return ""
