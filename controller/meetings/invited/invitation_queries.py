"""Invitations as rows."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from controller.meetings.invited.tables import MeetingInvitation, MeetingInvitee


def invitation(
    session: Session, meeting_id: str, *, is_claimed: bool = False
) -> MeetingInvitation | None:
    """Return a meeting's; claimed: nobody else tells anybody until this transaction ends."""
    return session.get(MeetingInvitation, meeting_id, with_for_update=is_claimed or None)


def invitees(session: Session, meeting_id: str) -> list[MeetingInvitee]:
    """Return who was invited, and who is no longer, by address."""
    query = select(MeetingInvitee).where(MeetingInvitee.meeting_id == meeting_id)
    return list(session.exec(query.order_by(col(MeetingInvitee.address))))


def sequences(session: Session, meeting_ids: Iterable[str]) -> dict[str, int]:
    """Return how often each meeting has changed since it was invited to; of others nothing."""
    query = select(MeetingInvitation.meeting_id, MeetingInvitation.sequence)
    found = session.exec(query.where(col(MeetingInvitation.meeting_id).in_(list(meeting_ids))))
    return dict(found.all())
