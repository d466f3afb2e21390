"""Who leads a meeting: the chair, or the deputy that it was handed over to."""

from datetime import datetime

from fastapi import APIRouter

from controller.meetings.acts import OfficeActs
from controller.meetings.refusals import found
from controller.web.deps import StateSession, Viewer
from controller.web.schemas import Id, Input, Output

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/chair", tags=["floor"])


class HandOverIn(Input):
    """From which point a deputy leads, and who that is; the name may be empty."""

    point_id: Id
    name: str = ""


class ChairOut(Output):
    """Who leads now. `since`: since when a deputy does; nothing: the chair does."""

    chair_point_id: str
    chairing_point_id: str
    deputy_name: str
    since: datetime | None


@router.get("")
def show(session: StateSession, _: Viewer, meeting_id: str) -> ChairOut:
    """Return who leads a meeting."""
    meeting = found(session, meeting_id)
    return ChairOut(
        chair_point_id=meeting.chair_point_id,
        chairing_point_id=meeting.chairing_point_id,
        deputy_name=meeting.deputy_name,
        since=meeting.deputy_since,
    )


@router.put("", status_code=204)
def hand_over(acts: OfficeActs, meeting_id: str, form: HandOverIn) -> None:
    """Let a deputy lead from here on; what was the chair's is the deputy's."""
    acts.hand_over_chair(meeting_id, form.point_id, form.name)


@router.delete("", status_code=204)
def take_back(acts: OfficeActs, meeting_id: str) -> None:
    """Let the chair lead again."""
    acts.take_chair_back(meeting_id)
