"""Carriers, what they promise for which line, what was noted with them, sheets that were issued.

But for a carrier's name, and that it is removed, rows are only ever added: what was issued can be
explained later.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class Carrier(StateTable, table=True):
    """Who brings lines; `phone`: where outages are told. `removed_at`: entered by mistake."""

    carrier_id: str = Field(primary_key=True, max_length=12)
    name: str = Field(max_length=80)
    phone: str = Field(default="", max_length=40)
    made_at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LineContractRow(StateTable, table=True):
    """One revision of a contract for a point's line; the last of each contract counts.

    Days are Vietnam's, YYYY-MM-DD; `ends_on` is the last one, empty where none is agreed.
    """

    __tablename__ = "line_contract"
    __table_args__ = (
        CheckConstraint("ends_on = '' OR ends_on >= begins_on", name="days"),
        Index("ix_line_contract_id_revision", "contract_id", "revision"),
    )
    revision: int | None = Field(default=None, primary_key=True)
    contract_id: str = Field(max_length=12)
    point_id: str = Field(max_length=40, index=True)
    carrier_id: str = Field(max_length=12, foreign_key="carrier.carrier_id", index=True)
    number: str = Field(max_length=60)
    down_bps: int = Field(sa_type=BigInteger)
    up_bps: int = Field(sa_type=BigInteger)
    availability_ratio: float | None = Field(default=None)
    repair_minutes: int | None = Field(default=None)
    begins_on: str = Field(max_length=10)
    ends_on: str = Field(default="", max_length=10)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str = Field(max_length=60)
    is_withdrawn: bool = Field(default=False)


class CarrierWordRow(StateTable, table=True):
    """What was noted of one outage with its carrier; the last of each outage counts."""

    __tablename__ = "carrier_word"
    __table_args__ = (
        CheckConstraint("settled IN ('', 'carrier', 'other')", name="settled"),
        Index("ix_carrier_word_point_began", "point_id", "outage_began_at"),
    )
    word_id: int | None = Field(default=None, primary_key=True)
    point_id: str = Field(max_length=40)
    outage_began_at: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ticket: str = Field(default="", max_length=60)
    restored_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled: str = Field(default="", max_length=10)
    reason: str = Field(default="", max_length=200)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str = Field(max_length=60)


class EvidenceSheetRow(StateTable, table=True):
    """A sheet as it was issued, with both its files; never changed.

    `month` is YYYY-MM, `document` what the files say, as JSON, by which the next edition tells
    what changed.
    """

    __tablename__ = "evidence_sheet"
    __table_args__ = (UniqueConstraint("carrier_id", "month", "edition"),)
    sheet_id: int | None = Field(default=None, primary_key=True)
    carrier_id: str = Field(max_length=12, foreign_key="carrier.carrier_id")
    month: str = Field(max_length=7)
    edition: int
    issued_at: datetime = Field(sa_type=UtcDateTime)
    issued_by: str = Field(max_length=60)
    document: str = Field(sa_type=Text)
    pdf: bytes = Field(sa_type=LargeBinary)
    xlsx: bytes = Field(sa_type=LargeBinary)
