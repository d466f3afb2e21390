"""Which points a meeting does not begin without, besides the chair's, and why.

Those that its agenda names as speakers, where the settings say so, and those that the office has
marked.
"""

from enum import Enum

from sqlmodel import Session

from controller.meetings import service as meetings
from controller.meetings.service import Meeting
from controller.rehearsals import rehearsal_queries
from controller.settings import ControllerSettings


class Required(Enum):
    """Why a point is required; values are the API's."""

    NO = "no"
    SPEAKS = "speaks"
    MARKED = "marked"


def of_meeting(
    session: Session, settings: ControllerSettings, meeting: Meeting
) -> dict[str, Required]:
    """Return the points that are required besides the chair's; somebody's mark is said first."""
    found: dict[str, Required] = {}
    if settings.rehearsals.speakers_required:
        speakers = meetings.speaking_points(session, meeting.meeting_id)
        found = dict.fromkeys(speakers, Required.SPEAKS)
    marked = rehearsal_queries.required(session, meeting.meeting_id)
    found |= dict.fromkeys(marked, Required.MARKED)
    found.pop(meeting.chair_point_id, None)
    return found
