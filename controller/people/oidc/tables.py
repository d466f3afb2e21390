"""Who people are at the provider of identities."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class ProviderIdentity(StateTable, table=True):
    """One person's identity at a provider.

    `subject` None: an administrator has allowed whoever comes first by that name, and nobody has
    come yet. `allowed_by` empty: the name alone was enough.
    """

    __tablename__ = "provider_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    user_name: str = Field(primary_key=True, foreign_key="user_account.user_name")
    issuer: str = Field(max_length=300)
    subject: str | None = Field(default=None, max_length=255)
    linked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    allowed_by: str = Field(default="", max_length=60)
