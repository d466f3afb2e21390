"""Putting points and people out of a meeting, and letting them in again."""

from fastapi import APIRouter

from contracts.participants import ParticipantKind
from controller.meetings import access_queries
from controller.meetings.acts import OfficeActs
from controller.meetings.refusals import found
from controller.meetings.removal import Guest
from controller.meetings.schemas import ExpulsionIn, ExpulsionOut
from controller.web.deps import StateSession, Viewer

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/expulsions", tags=["meetings"])


@router.get("")
def show(session: StateSession, _: Viewer, meeting_id: str) -> list[ExpulsionOut]:
    """Return who was put out."""
    found(session, meeting_id)
    return [ExpulsionOut.of(one) for one in access_queries.expelled(session, meeting_id)]


@router.post("", status_code=204)
def put_out(acts: OfficeActs, meeting_id: str, form: ExpulsionIn) -> None:
    """Close somebody's sessions at the relay and keep them out until that is undone."""
    acts.remove(meeting_id, Guest(form.subject, form.participant_kind))


@router.delete("", status_code=204)
def let_back(
    acts: OfficeActs,
    meeting_id: str,
    subject: str,
    participant_kind: ParticipantKind = ParticipantKind.PERSON,
) -> None:
    """Let somebody in again."""
    acts.remove(meeting_id, Guest(subject, participant_kind), is_undone=True)
