"""Which meetings are invited to by e-mail, and who was told what of them."""

from datetime import datetime

from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class MeetingInvitation(StateTable, table=True):
    """A meeting to which the office has invited; from then on everybody is told what changes.

    `sequence`: RFC 5545's, of the last change. `organizer`: the address invitations come from, the
    same for ever, since mail programs take no change from another. `page`: the meeting's address.
    """

    __tablename__ = "meeting_invitation"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id")
    sequence: int = Field(default=0)
    organizer: str = Field(max_length=254)
    page: str = Field(max_length=300)
    invited_at: datetime = Field(sa_type=UtcDateTime)
    invited_by: str = Field(max_length=60)


class MeetingInvitee(StateTable, table=True):
    """One address that was invited; `said`: the hash of what it was told last, empty: a CANCEL.

    `points`: the names of where they are to be, as the letter says them.
    """

    __tablename__ = "meeting_invitee"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting_invitation.meeting_id")
    address: str = Field(primary_key=True, max_length=254)
    name: str = Field(max_length=60)
    points: str = Field(max_length=400)
    said: str = Field(default="", max_length=64)
