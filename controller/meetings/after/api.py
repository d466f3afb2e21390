"""What is kept of a meeting, for programs."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from controller.meetings.after import record_queries
from controller.meetings.after.kept import (
    KeptAgendaItem,
    KeptGap,
    KeptParticipant,
    KeptRecord,
    KeptRehearsal,
    MachineSeen,
)
from controller.meetings.after.refusals import not_yet
from controller.meetings.after.rules import Leaving
from controller.meetings.refusals import found
from controller.web.deps import StateSession, Viewer

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/record", tags=["meetings"])


class SpanOut(BaseModel):
    """A time in which somebody was in."""

    began_at: datetime
    ended_at: datetime


class InterruptionOut(BaseModel):
    """A time in which somebody was not, within the meeting's hours.

    `cause`: of the outage of the point's machine it lies in; empty: it lies in none, or nothing
    is said of that yet. `machine`: what the centre knew of that machine meanwhile.
    """

    began_at: datetime
    ended_at: datetime
    leaving: Leaving
    has_come_back: bool
    machine: MachineSeen
    cause: str
    is_certain: bool
    is_declared: bool
    together: int

    @classmethod
    def of(cls, gap: KeptGap) -> "InterruptionOut":
        """Return one as the API shows it."""
        return cls(
            began_at=gap.began_at,
            ended_at=gap.ended_at,
            leaving=gap.leaving,
            has_come_back=gap.has_come_back,
            machine=gap.known,
            cause=gap.cause,
            is_certain=gap.is_certain,
            is_declared=gap.is_declared,
            together=gap.together,
        )


class RehearsalOut(BaseModel):
    """How a point came out of its last rehearsal; `cause` empty: nothing was wrong."""

    verdict: str
    cause: str
    judged_at: datetime

    @classmethod
    def of(cls, said: KeptRehearsal) -> "RehearsalOut":
        """Return it as the API shows it."""
        return cls(verdict=said.verdict, cause=said.cause, judged_at=said.judged_at)


class ParticipantOut(BaseModel):
    """One who was invited, or took part without that."""

    subject: str
    name: str
    unit: str
    is_invited: bool
    spans: list[SpanOut]
    interruptions: list[InterruptionOut]
    rehearsal: RehearsalOut | None

    @classmethod
    def of(cls, one: KeptParticipant) -> "ParticipantOut":
        """Return one as the API shows it."""
        return cls(
            subject=one.subject,
            name=one.name,
            unit=one.unit,
            is_invited=one.is_invited,
            spans=[SpanOut(began_at=span.began_at, ended_at=span.ended_at) for span in one.spans],
            interruptions=[InterruptionOut.of(gap) for gap in one.gaps],
            rehearsal=RehearsalOut.of(one.rehearsal) if one.rehearsal else None,
        )


class SpeechOut(BaseModel):
    """One time somebody had the floor."""

    who: str
    name: str
    began_at: datetime
    ended_at: datetime


class HeldItemOut(BaseModel):
    """An item of the agenda; without `began_at` nobody said when it was held."""

    title: str
    speaker: str
    planned_from: datetime
    planned_until: datetime
    began_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, one: KeptAgendaItem) -> "HeldItemOut":
        """Return one as the API shows it."""
        return cls(
            title=one.title,
            speaker=one.speaker,
            planned_from=one.planned_from,
            planned_until=one.planned_until,
            began_at=one.began_at,
            ended_at=one.ended_at,
        )


class RecordOut(BaseModel):
    """What is kept of a meeting. `version` grows when late reports change it."""

    meeting_id: str
    version: int
    made_at: datetime
    changed_at: datetime
    held_from: datetime
    held_until: datetime
    is_heard: bool
    participants: list[ParticipantOut]
    speeches: list[SpeechOut]
    agenda: list[HeldItemOut]


@router.get("")
def show(session: StateSession, _: Viewer, meeting_id: str) -> RecordOut:
    """Return what is kept of a meeting that has ended."""
    found(session, meeting_id)
    row = record_queries.row_of(session, meeting_id)
    if row is None:
        raise not_yet()
    record: KeptRecord = record_queries.content_of(row)
    return RecordOut(
        meeting_id=meeting_id,
        version=row.version,
        made_at=row.made_at,
        changed_at=row.changed_at,
        held_from=record.held_from,
        held_until=record.held_until,
        is_heard=record.is_heard,
        participants=[ParticipantOut.of(one) for one in record.participants],
        speeches=[
            SpeechOut(who=one.who, name=one.name, began_at=one.began_at, ended_at=one.ended_at)
            for one in record.speeches
        ],
        agenda=[HeldItemOut.of(one) for one in record.agenda],
    )
