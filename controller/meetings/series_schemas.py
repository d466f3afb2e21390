"""What the API takes and gives of series of meetings."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from controller.meetings.kinds import MeetingKind
from controller.meetings.recurrence import MAX_RULE_CHARS, HolidayChoice
from controller.meetings.schemas import MeetingIn, MeetingOut
from controller.meetings.series_dates import DatesMeant
from controller.web.schemas import Id, Input


class SeriesIn(MeetingIn):
    """A series to be made: its first meeting, and a rule of RFC 5545 such as FREQ=WEEKLY;..."""

    rule: Annotated[str, Field(max_length=MAX_RULE_CHARS)]
    holidays: HolidayChoice = HolidayChoice.SKIP


class DateMoveIn(Input):
    """Where a date is moved to; with `later` all that follow move by as many days."""

    begins_at: AwareDatetime
    ends_at: AwareDatetime
    scope: DatesMeant = DatesMeant.ONLY
    is_clash_accepted: bool = False


class DateChangeIn(Input):
    """What a date, with `later` all that follow too, is about and who is invited from now on.

    `classification` was judged before this is read.
    """

    classification: Literal["normal"]
    title: str
    chair_point_id: Id
    point_ids: Annotated[list[Id], Field(max_length=400)]
    document_number: str = ""
    kind: MeetingKind = MeetingKind.OTHER
    level: Literal[2, 3, 4] | None = None
    secretary: str = ""
    host_unit_id: Id | None = None
    chair_name: str = ""
    scope: DatesMeant = DatesMeant.ONLY
    is_clash_accepted: bool = False


class DateCancelIn(Input):
    """Which dates are cancelled."""

    scope: DatesMeant = DatesMeant.ONLY


class DateRestoreIn(Input):
    """Which date of the rule is had back."""

    series_at: AwareDatetime


class SeriesOut(BaseModel):
    """A series with all its meetings, by their date of the rule."""

    series_id: str
    rule: str
    first_at: datetime
    holidays: str
    skipped: list[datetime]
    meetings: list[MeetingOut]
