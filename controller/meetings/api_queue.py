"""The queue for the floor, and how long each speech should last.

Who waits is answered by a move of the floor (api_floor.py), which ends their waiting.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from contracts.ids import SPEAKER_PATTERN, MeetingId
from controller.meetings import queue, queue_queries
from controller.meetings.acts import OfficeActs
from controller.meetings.attendance import Attendance
from controller.meetings.refusals import found
from controller.meetings.speech_time import MAX_MINUTES
from controller.web.deps import StateSession, Viewer, WebParts
from controller.web.schemas import Input, Output

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}", tags=["floor"])

Who = Annotated[str, Field(pattern=SPEAKER_PATTERN)]


class RequestIn(Input):
    """A point, or `person:NAME`."""

    who: Who


class RequestOut(Output):
    """Who waits for the floor, and since when."""

    who: str
    asked_at: datetime


class SpeechTimeIn(Input):
    """How many minutes each speech should last; 0: it has no time."""

    minutes: Annotated[int, Field(ge=0, le=MAX_MINUTES)]


class SpeechTimeOut(Output):
    """How many seconds each speech should last; nothing: it has no time."""

    speech_s: int | None


@router.get("/queue")
def show(web: WebParts, session: StateSession, _: Viewer, meeting_id: str) -> list[RequestOut]:
    """Return who waits for the floor, the first of them first."""
    found(session, meeting_id)
    people = web.part(Attendance).people(MeetingId(meeting_id))
    waiting = queue.present_of(queue_queries.waiting(session, meeting_id), people)
    return [RequestOut(who=who, asked_at=at) for who, at in waiting.items()]


@router.post("/queue", status_code=204)
def note(acts: OfficeActs, meeting_id: str, form: RequestIn) -> None:
    """Note that a point or person asks for the floor."""
    acts.queue(meeting_id, form.who, is_up=True)


@router.delete("/queue", status_code=204)
def drop(acts: OfficeActs, meeting_id: str, who: str) -> None:
    """Take a point or person out of the queue."""
    acts.queue(meeting_id, who, is_up=False)


@router.post("/queue/restore", status_code=204)
def restore(acts: OfficeActs, meeting_id: str, form: RequestIn) -> None:
    """Undo that the office took somebody out: they have their old place again."""
    acts.restore_to_queue(meeting_id, form.who)


@router.get("/speech-time")
def speech_time(session: StateSession, _: Viewer, meeting_id: str) -> SpeechTimeOut:
    """Return how long each speech should last."""
    return SpeechTimeOut.of(found(session, meeting_id))


@router.put("/speech-time")
def set_speech_time(acts: OfficeActs, meeting_id: str, form: SpeechTimeIn) -> SpeechTimeOut:
    """Set how long each speech should last, also the one that is on; nothing is cut off."""
    acts.set_speech_time(meeting_id, form.minutes)
    return SpeechTimeOut(speech_s=form.minutes * 60 or None)
