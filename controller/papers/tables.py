"""Templates of papers that the office brought."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class PaperTemplate(StateTable, table=True):
    """The office's own template of one kind of paper; where there is none, the built-in counts."""

    __tablename__ = "paper_template"
    kind: str = Field(primary_key=True, max_length=20)
    file_name: str = Field(max_length=120)
    content: bytes = Field(sa_type=LargeBinary)
    taken_by: str = Field(max_length=60)
    taken_at: datetime = Field(sa_type=UtcDateTime)
