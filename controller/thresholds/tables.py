"""Thresholds that were set in the page. Rows are only ever added; the oldest of many go."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class ThresholdRevision(StateTable, table=True):
    """Everything that was set, as it was from then on; the last row counts.

    `scheme` is a Scheme as JSON. `restored`: the revision that was put back, should one have been.
    """

    __tablename__ = "threshold_revision"
    revision: int | None = Field(default=None, primary_key=True)
    scheme: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str = Field(max_length=60)
    reason: str = Field(max_length=200)
    restored: int | None = Field(default=None)
