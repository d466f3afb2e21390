"""Which outer relays are given up for now."""

from datetime import datetime

from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class RelayAbsence(StateTable, table=True):
    """An outer relay that counts as gone: its points are told the home. Back: no row."""

    __tablename__ = "relay_absence"
    relay_id: str = Field(primary_key=True, max_length=40)
    since: datetime = Field(sa_type=UtcDateTime)
