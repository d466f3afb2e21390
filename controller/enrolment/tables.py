"""Enrolment codes, and the certificates that were given for them."""

from datetime import datetime

from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class EnrolmentCode(StateTable, table=True):
    """A code that makes one machine one point, once. Only its hash is kept."""

    __tablename__ = "enrolment_code"
    secret_sha256: str = Field(primary_key=True, max_length=64)
    point_id: str = Field(foreign_key="point.point_id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(default="", max_length=60)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    tries: int = Field(default=0)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_by_key_sha256: str | None = Field(default=None, max_length=64)


class PointCertificate(StateTable, table=True):
    """A certificate that a point's machine was given; it ends by its date or before.

    `public_key`: empty where it was given before keys were kept; nothing is sealed to it.
    """

    __tablename__ = "point_certificate"
    serial: str = Field(primary_key=True, max_length=40)
    point_id: str = Field(foreign_key="point.point_id", index=True)
    sha256: str = Field(max_length=64)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    why_ended: str = Field(default="", max_length=20)
    public_key: str = Field(default="", max_length=130)
