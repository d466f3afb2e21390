"""A person who takes part raises a hand, or lowers it."""

import time

from fastapi import APIRouter, Response

from contracts.ids import MeetingId
from contracts.participants import ParticipantKind, speaker_id
from controller.errors import TooManyTries
from controller.meetings.attendance import Attendance
from controller.meetings.queue import SpeakersQueue
from controller.meetings.schemas import HandIn
from controller.web.deps import Viewer, Web, WebParts
from runtime.limits import KeyedBuckets

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/hand", tags=["meetings"])

# Every change makes everybody's page ask anew.
changes: KeyedBuckets[str] = KeyedBuckets(per_s=0.5, burst=6)
RETRY_AFTER_S = 2


@router.post("", status_code=204)
def change(web: WebParts, person: Viewer, meeting_id: str, form: HandIn) -> Response:
    """Raise or lower one's own hand; only who takes part has one."""
    put_hand(web, MeetingId(meeting_id), person.user_name, is_up=form.is_up)
    return Response(status_code=204)


def put_hand(web: Web, meeting: MeetingId, name: str, *, is_up: bool) -> None:
    """Raise or lower the hand of a person or guest.

    Raises:
        Conflict: they do not take part, or have the floor.
        TooManyTries: they did so too often.
    """
    who = speaker_id(name, ParticipantKind.PERSON)
    if not changes.take(name, now_s=time.monotonic()):
        raise TooManyTries(RETRY_AFTER_S)
    web.part(SpeakersQueue).put(
        meeting, who, is_up=is_up, people=web.part(Attendance).people(meeting)
    )
