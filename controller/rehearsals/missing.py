"""Who is not ready an hour or a quarter before a meeting is told to people, once a meeting."""

from datetime import datetime

from sqlmodel import Session

from controller.incidents import missed as incidents
from controller.incidents.missed_words import MissedMeeting
from controller.meetings import service as meetings
from controller.meetings.service import Meeting
from controller.rehearsals import board, facts
from controller.rehearsals.moments import RehearsalMoment
from controller.rehearsals.tables import RehearsalRun
from controller.rehearsals.verdict import PointVerdict

TOLD_AT = frozenset((RehearsalMoment.HOUR.value, RehearsalMoment.QUARTER.value))


def after(
    session: Session,
    series: Session,
    run: RehearsalRun,
    meeting: Meeting,
    now: datetime,
    link: str,
) -> int | None:
    """Have people told what a rehearsal that is over found; return the incident, if any changed.

    One that was asked for begins none and tells of no further points: who asked sees the board.
    It ends one, and corrects it.
    Of a meeting that was moved people are told anew.

    Args:
        link: where the pages are reached.
    """
    known = incidents.missed_open(session).get(meeting.meeting_id)
    told = known.number if known is not None else None
    if known is not None and known.told.begins_at != meeting.begins_at:
        incidents.end_missed(session, known.number, now, link, tells=False)
        known = None
    if known is None and run.moment not in TOLD_AT:
        return told
    missing = [
        one.point_id
        for one in board.standings(session, series, meeting, now)
        if one.judged.verdict is PointVerdict.NOT_READY
    ]
    if missing:
        address = f"{link}/meetings/{meeting.meeting_id}/rehearsals"
        missed = MissedMeeting(meeting.meeting_id, meeting.title, meeting.begins_at, address)
        tells_further = run.moment in TOLD_AT
        return incidents.tell_missed(
            session, missed, missing, now, link, tells_further=tells_further
        )
    if known is not None:
        incidents.end_missed(session, known.number, now, link, tells=True)
    return told


def end_of_those_begun(session: Session, now: datetime, link: str) -> list[int]:
    """End the incidents of meetings that nobody waits for any more, or not then; return them."""
    told = incidents.missed_open(session)
    known = meetings.by_ids(session, told) if told else {}
    ended = []
    for meeting_id, one in told.items():
        meeting = known.get(meeting_id)
        if (
            meeting is None
            or meeting.begins_at != one.told.begins_at
            or not facts.to_rehearse(meeting).is_waited_for
        ):
            incidents.end_missed(session, one.number, now, link, tells=False)
            ended.append(one.number)
    return ended
