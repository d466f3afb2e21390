"""Rehearsals of a meeting for programs."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from controller.incidents import missed_told
from controller.incidents.missed_told import HowTold, MissTold, ToldWhom
from controller.meetings import service as meetings
from controller.rehearsals import board, required
from controller.rehearsals.acts import RehearsalActs
from controller.rehearsals.board import PointStanding, RunInShort
from controller.rehearsals.moments import RehearsalMoment
from controller.rehearsals.required import Required
from controller.rehearsals.service import Which
from controller.rehearsals.verdict import CameOut, PointVerdict, TriedPart
from controller.web.deps import SeriesSession, StateSession, Viewer, WebParts
from controller.web.schemas import Input

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/rehearsals", tags=["meetings"])


class RehearsalIn(Input):
    """Whom to rehearse: all points, or those that are not ready."""

    which: Which = Which.ALL


class RehearsalMadeOut(BaseModel):
    """How many points have a turn, or were left for a reason."""

    points: int


class PartOut(BaseModel):
    """What came of one part."""

    part: TriedPart
    found: CameOut
    cause: str


class ToldOut(BaseModel):
    """One who is told: by which channel says `name`."""

    name: str
    how: HowTold
    at: datetime

    @classmethod
    def of(cls, whom: ToldWhom) -> "ToldOut":
        """Return who is told as the API shows it."""
        return cls(name=whom.name, how=whom.how, at=whom.at)


class PointStandingOut(BaseModel):
    """One point. `tried_at`: when its result was judged; `turn_at`: when its next turn is.

    `told`: who is told that it is not ready, the first first.
    """

    point_id: str
    verdict: PointVerdict
    cause: str
    parts: list[PartOut]
    tried_at: datetime | None
    turn_at: datetime | None
    loss_ratio: float | None
    rtt_ms: float | None
    jitter_ms: float | None
    required: Required
    told: list[ToldOut]

    @classmethod
    def of(cls, one: PointStanding, told: MissTold | None) -> "PointStandingOut":
        """Return a standing as the API shows it."""
        row = one.result
        return cls(
            point_id=one.point_id,
            verdict=one.judged.verdict,
            cause=one.judged.cause,
            parts=[
                PartOut(part=part.tried, found=part.found, cause=part.cause)
                for part in one.judged.findings
            ],
            tried_at=row.judged_at if row else None,
            turn_at=one.turn_at,
            loss_ratio=row.loss_ratio if row else None,
            rtt_ms=row.rtt_ms if row else None,
            jitter_ms=row.jitter_ms if row else None,
            required=one.required,
            told=[ToldOut.of(whom) for whom in (told.of_point(one.point_id) if told else ())],
        )


class RunOut(BaseModel):
    """One rehearsal. `over_at` None: it goes on."""

    moment: RehearsalMoment
    asked_by: str
    made_at: datetime
    over_at: datetime | None
    points: int
    ready: int
    at_risk: int
    not_ready: int
    no_result: int

    @classmethod
    def of(cls, one: RunInShort) -> "RunOut":
        """Return a rehearsal as the API shows it."""
        return cls(
            moment=RehearsalMoment(one.run.moment),
            asked_by=one.run.asked_by,
            made_at=one.run.made_at,
            over_at=one.run.over_at,
            points=len(one.results),
            ready=one.count(PointVerdict.READY),
            at_risk=one.count(PointVerdict.AT_RISK),
            not_ready=one.count(PointVerdict.NOT_READY),
            no_result=one.count(PointVerdict.NO_RESULT),
        )


class RehearsalsOut(BaseModel):
    """How the points stand, in protocol order, and the rehearsals so far, the newest first.

    `incident`: the number of that by which people are told of the points that are not ready.
    """

    points: list[PointStandingOut]
    runs: list[RunOut]
    incident: int | None
    taken_by: str


@router.get("")
def show(
    web: WebParts, session: StateSession, series: SeriesSession, _: Viewer, meeting_id: str
) -> RehearsalsOut:
    """Return how a meeting's points stand before it."""
    meeting = meetings.found(session, meeting_id)
    runs = board.runs_in_short(session, meeting)
    needed = required.of_meeting(session, web.settings, meeting)
    standings = board.standing_of(session, series, meeting, runs, web.now(), needed)
    told = missed_told.told_of(session, meeting_id, meeting.begins_at)
    return RehearsalsOut(
        points=[PointStandingOut.of(one, told) for one in standings],
        runs=[RunOut.of(one) for one in runs],
        incident=told.number if told else None,
        taken_by=told.taken_by if told else "",
    )


@router.post("", status_code=202)
def ask(acts: RehearsalActs, meeting_id: str, form: RehearsalIn) -> RehearsalMadeOut:
    """Have the points rehearsed now."""
    return RehearsalMadeOut(points=acts.ask(meeting_id, form.which))


@router.put("/required/{point_id}", status_code=204)
def require(acts: RehearsalActs, meeting_id: str, point_id: str) -> None:
    """Say that the meeting does not begin without a point."""
    acts.require(meeting_id, point_id, is_required=True)


@router.delete("/required/{point_id}", status_code=204)
def release(acts: RehearsalActs, meeting_id: str, point_id: str) -> None:
    """Say that the meeting begins without a point."""
    acts.require(meeting_id, point_id, is_required=False)
