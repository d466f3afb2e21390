"""What the API takes and gives of series of meetings."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from controller.meetings.recurrence import MAX_RULE_CHARS, HolidayChoice
from controller.meetings.schemas import MeetingIn, MeetingOut


class SeriesIn(MeetingIn):
    """A series to be made: its first meeting, and a rule of RFC 5545 such as FREQ=WEEKLY;..."""

    rule: Annotated[str, Field(max_length=MAX_RULE_CHARS)]
    holidays: HolidayChoice = HolidayChoice.SKIP


class SeriesOut(BaseModel):
    """A series with all its meetings, by their date of the rule."""

    series_id: str
    rule: str
    first_at: datetime
    holidays: str
    skipped: list[datetime]
    meetings: list[MeetingOut]
