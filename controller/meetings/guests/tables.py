"""Links by which guests without an account take part in one meeting."""

from datetime import datetime

from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class GuestLink(StateTable, table=True):
    """A guest of one meeting; of the link's secret and of the browser's only the hash is kept.

    `pin_hash`: of a link that asks for a PIN before it lets in.
    `browser_sha256` is of the one browser that is in by it, the last to open it.
    `lets_in_until` and `ended_until` are of its media tokens, as in `MediaGrant`.
    """

    __tablename__ = "guest_link"
    guest_id: str = Field(primary_key=True, max_length=20)
    meeting_id: str = Field(foreign_key="meeting.meeting_id", index=True, max_length=40)
    name: str = Field(max_length=60)
    may_speak: bool = Field(default=False)
    secret_sha256: str = Field(max_length=64)
    pin_hash: str | None = Field(default=None, max_length=200)
    made_by: str = Field(max_length=60)
    made_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    browser_sha256: str | None = Field(default=None, max_length=64)
    lets_in_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
