"""Judges a meeting that is over: reads what is known of its points, and asks the rules."""

from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.ids import PointId
from controller.health import service as health
from controller.heard.causes import cause_of, shared
from controller.heard.packing import packed, unpacked
from controller.heard.tables import JudgedPoint
from controller.heard.verdicts import CutCause
from controller.maintenance import service as maintenance
from controller.meetings import service as meetings
from controller.meetings.rollcall import service as roll_calls
from controller.meetings.service import Meeting
from monitoring.judgement.outage_cause import OutageCause
from monitoring.judgement.periods import Period
from monitoring.judgement.uninterrupted import (
    LONGEST,
    HeardEvidence,
    HeardVerdict,
    MinuteState,
    PointJudged,
    held_minutes,
    judged,
    verdict_of,
)

SETTLING = tuple(timedelta(minutes=one) for one in (1, 15, 120, 24 * 60))
"""So long after its end a meeting is judged, each time anew: causes and records come late."""


def is_due(ended_at: datetime, judged_at: datetime | None, news_at: datetime | None,
           now: datetime) -> bool:  # fmt: skip
    """Return whether a meeting is to be judged now.

    Args:
        judged_at: when it was last; None: never.
        news_at: when something came in of it last, or somebody said something in its roll call.
    """
    if now - ended_at < SETTLING[0]:
        return False
    if judged_at is None or (news_at is not None and news_at > judged_at):
        return True
    return any(judged_at < ended_at + step <= now for step in SETTLING)


def judge(
    state: Session, series: Session, meeting: Meeting, *, allowed: int, now: datetime
) -> list[JudgedPoint]:
    """Return what is said of the points of a meeting that is over; none, if it is not."""
    held = meetings.held(meeting)
    if held is None:
        return []
    held = Period(held.begins_at, min(held.ends_at, held.begins_at + LONGEST))
    meeting_id = meeting.meeting_id
    points = meetings.joining(state, meeting_id)
    minutes = held_minutes(held.begins_at, held.ends_at)
    told = health.heard_of_meeting(series, meeting_id)
    plays = roll_calls.plays(state, meeting_id, held.ends_at)
    outages = {
        one: [(Period(of.began_at, of.ended_at), of.cause or OutageCause.UNKNOWN) for of in own]
        for one, own in health.outages_during(series, points, held, now).items()
    }
    absent = roll_calls.excused(state, meeting_id)
    ahead = maintenance.excluded(
        state, points, since=held.begins_at, as_of=min(held.begins_at, meeting.begins_at)
    )
    evidence = {
        one: HeardEvidence(
            record=told.get(one, {}),
            stays=None if plays is None else plays.get(one, []),
            silences=[period for period, _ in outages.get(one, [])],
            excused=ahead.get(one, []),
            is_absent=one in absent,
        )
        for one in points
    }
    found = {one: judged(minutes, known, allowed=allowed) for one, known in evidence.items()}
    known = [one for one in found.values() if one.verdict is not HeardVerdict.UNKNOWN]
    at_once = shared(known, len(known))
    return [
        _row(
            meeting_id,
            one,
            said,
            cause_of(said, outages.get(one, []), at_once, is_absent=one in absent),
        )
        for one, said in found.items()
    ]


def recount(row: JudgedPoint, *, allowed: int) -> bool:
    """Say of a point what its kept minutes come to by another allowance; False: the same."""
    states = [one.state for one in unpacked(row.minutes)]
    is_absent = row.cause == CutCause.ABSENT.value
    verdict = verdict_of(states, is_absent, allowed)
    if verdict.value == row.verdict:
        return False
    row.verdict = verdict.value
    if verdict is HeardVerdict.EXCLUDED:
        row.cause = CutCause.PLANNED.value
    elif row.cause == CutCause.PLANNED.value:
        # What was planned excused its own minutes; why the others were lost was not kept.
        row.cause = CutCause.UNKNOWN.value
    return True


def _row(
    meeting_id: str, point_id: PointId, said: PointJudged, cause: CutCause | None
) -> JudgedPoint:
    return JudgedPoint(
        meeting_id=meeting_id,
        point_id=point_id,
        held_minutes=len(said.minutes),
        good_minutes=said.count(MinuteState.GOOD),
        longest_cut_s=said.longest_cut_s,
        verdict=said.verdict.value,
        cause=cause.value if cause else "",
        begins_at=said.begins_at,
        minutes=packed(said.minutes),
    )
