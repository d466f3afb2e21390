"""Who is to be called and written to at a point or a unit."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from controller.db.base import StateTable


class ContactCard(StateTable, table=True):
    """One person at one point, or of one unit; `role`: a ContactRole."""

    __tablename__ = "contact_card"
    __table_args__ = (
        CheckConstraint("(point_id IS NULL) <> (unit_id IS NULL)", name="place"),
        CheckConstraint("role IN ('technician', 'clerk', 'leader')", name="role"),
    )
    card_id: str = Field(primary_key=True, max_length=16)
    point_id: str | None = Field(default=None, foreign_key="point.point_id", index=True)
    unit_id: str | None = Field(default=None, foreign_key="unit.unit_id", index=True)
    role: str = Field(max_length=12)
    name: str = Field(max_length=60)
    phone: str = Field(default="", max_length=30)
    email: str = Field(default="", max_length=254)
