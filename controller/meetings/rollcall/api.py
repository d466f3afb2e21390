"""The roll call of a meeting for programs."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from controller.meetings.refusals import found
from controller.meetings.rollcall import roll_queries
from controller.meetings.rollcall.acts import RollActs
from controller.meetings.rollcall.desk import RollDesk, RollWish, Unsaid
from controller.meetings.rollcall.roll import rows_of
from controller.meetings.rollcall.rules import RollRow, RollState, counts
from controller.web.deps import StateSession, Viewer, WebParts
from controller.web.schemas import Input

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/roll-call", tags=["meetings"])

MAX_MARKS = 500


class RollMarkIn(Input):
    """What is said of one who is invited: a point's id, or `person:NAME` of a guest."""

    subject: Annotated[str, Field(min_length=1, max_length=80)]
    state: RollState | None = None
    detail: Annotated[str, Field(max_length=1000)] | None = None
    late_min: int | None = None
    heads: int | None = None


class RollMarksIn(Input):
    """One act: all of it is said, or nothing."""

    marks: Annotated[list[RollMarkIn], Field(min_length=1, max_length=MAX_MARKS)]


class ReopenIn(Input):
    """Why a closed roll call is opened again."""

    reason: Annotated[str, Field(max_length=1000)]


class RollRowOut(BaseModel):
    """One who is invited. `proposed`: what the log of joins and leaves speaks for now."""

    subject: str
    state: RollState
    detail: str
    late_min: int | None
    heads: int | None
    called_by: str
    called_at: datetime | None
    proposed: RollState | None
    proposed_late_min: int | None
    is_overtaken: bool
    came_at: datetime | None
    left_at: datetime | None

    @classmethod
    def of(cls, row: RollRow) -> "RollRowOut":
        """Return a row as the API shows it."""
        mark, proposed = row.mark, row.proposal
        return cls(
            subject=row.subject,
            state=row.state,
            detail=mark.detail if mark else "",
            late_min=mark.late_min if mark else None,
            heads=row.heads,
            called_by=mark.actor if mark else "",
            called_at=mark.at if mark else None,
            proposed=proposed.state if proposed else None,
            proposed_late_min=proposed.late_min if proposed else None,
            is_overtaken=row.is_overtaken,
            came_at=row.stay.came_at,
            left_at=row.stay.left_at,
        )


class RollCallOut(BaseModel):
    """A roll call: those invited in protocol order, and how many stand how."""

    meeting_id: str
    closed_at: datetime | None
    closed_by: str
    reopened_at: datetime | None
    reopened_by: str
    reason: str
    counts: dict[RollState, int]
    heads: int
    heads_unknown: int
    rows: list[RollRowOut]


@router.get("")
def show(web: WebParts, session: StateSession, _: Viewer, meeting_id: str) -> RollCallOut:
    """Return the roll call as it stands."""
    meeting, call = found(session, meeting_id), roll_queries.get(session, meeting_id)
    rows = rows_of(session, meeting, grace=web.part(RollDesk).grace, now=web.now())
    counted = counts(rows)
    return RollCallOut(
        meeting_id=meeting_id,
        closed_at=call.closed_at,
        closed_by=call.closed_by,
        reopened_at=call.reopened_at,
        reopened_by=call.reopened_by,
        reason=call.reason,
        counts=counted.by_state,
        heads=counted.heads,
        heads_unknown=counted.heads_unknown,
        rows=[RollRowOut.of(row) for row in rows],
    )


@router.put("", status_code=204)
def mark(acts: RollActs, meeting_id: str, form: RollMarksIn) -> None:
    """Say how some who are invited stand; what a mark leaves out stays as it is."""
    acts.mark(meeting_id, [_wish(one) for one in form.marks])


@router.post("/confirm", status_code=204)
def confirm(acts: RollActs, meeting_id: str) -> None:
    """Say what is proposed of all whom nobody has called."""
    acts.confirm(meeting_id)


@router.post("/undo", status_code=204)
def undo(acts: RollActs, meeting_id: str) -> None:
    """Take back one's own last act."""
    acts.take_back(meeting_id)


@router.post("/close", status_code=204)
def close(acts: RollActs, meeting_id: str) -> None:
    """Let nothing be changed from now on."""
    acts.close(meeting_id)


@router.post("/reopen", status_code=204)
def reopen(acts: RollActs, meeting_id: str, form: ReopenIn) -> None:
    """Open a closed roll call again."""
    acts.reopen(meeting_id, form.reason)


def _wish(form: RollMarkIn) -> RollWish:
    said = form.model_fields_set
    return RollWish(
        subject=form.subject,
        state=form.state,
        detail=form.detail,
        late_min=form.late_min if "late_min" in said else Unsaid.AS_IT_IS,
        heads=form.heads if "heads" in said else Unsaid.AS_IT_IS,
    )
