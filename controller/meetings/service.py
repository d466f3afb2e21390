"""What other subjects may read of meetings, and the rows in which they get it."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.ids import MeetingId, PointId
from contracts.participants import ParticipantKind
from controller.db.engine import reading
from controller.enrolment.strangers import Refusal
from controller.meetings import booking_queries, event_queries, meeting_queries, speech_times
from controller.meetings.access_queries import barred, end_grants
from controller.meetings.access_queries import forget_ended as forget_access
from controller.meetings.admission.admission_queries import admitted
from controller.meetings.admission.admission_queries import forget_ended as forget_admissions
from controller.meetings.agenda_queries import speaking_points
from controller.meetings.attendance import Attendance
from controller.meetings.classification import Classification
from controller.meetings.event_queries import forget_before as forget_log
from controller.meetings.event_queries import record as record_event
from controller.meetings.floor_queries import current as floor_of
from controller.meetings.held_queries import (
    counted_otherwise,
    ended_since,
    held_in,
    invited_in,
    times_of_points,
)
from controller.meetings.meeting_queries import (
    MeetingTitle,
    by_ids,
    get,
    ids_lately,
    joining,
    participant_counts,
    participants,
    told_to_points,
    told_to_relays,
)
from controller.meetings.meeting_state import MeetingPhase, is_running
from controller.meetings.messages.message_queries import forget_ended as forget_messages
from controller.meetings.messages.message_queries import newest_for as message_for
from controller.meetings.messages.message_queries import shown as messages_shown
from controller.meetings.messages.tables import ScreenMessage
from controller.meetings.queue import places_of
from controller.meetings.queue_queries import forget_ended as forget_queues
from controller.meetings.refusals import found
from controller.meetings.tables import Meeting, MeetingEvent
from controller.settings import PagesSettings
from monitoring.judgement.periods import Period

__all__ = [
    "Meeting",
    "MeetingTitle",
    "ScreenMessage",
    "admitted",
    "barred",
    "by_ids",
    "coming",
    "counted_otherwise",
    "end_grants",
    "ended_of",
    "ended_since",
    "floor_of",
    "forget_access",
    "forget_admissions",
    "forget_log",
    "forget_messages",
    "forget_queues",
    "found",
    "get",
    "held",
    "held_in",
    "ids_lately",
    "invited_in",
    "is_live",
    "is_on",
    "is_over",
    "joining",
    "message_for",
    "messages_shown",
    "newest_normal",
    "next_begins",
    "of_point",
    "participant_counts",
    "participants",
    "places_of",
    "points_in_meetings",
    "record_event",
    "recorded_lately",
    "recorded_now",
    "refused_certificates",
    "speaking_points",
    "speaks_since",
    "times_of_points",
    "told_to_points",
    "told_to_relays",
    "unrecorded_since",
    "was_recorded",
]


MOST_SOUGHT = 2000
RECORDING_BEGAN, RECORDING_STOPPED = "recording_began", "recording_stopped"


def coming(
    session: Session,
    now: datetime,
    pages: PagesSettings,
    forwarded: Collection[MeetingId],
    *,
    joined_only: bool = False,
) -> list[Meeting]:
    """Return the meetings that are on, then those of the next days.

    Args:
        joined_only: none that are held in person.
    """
    live = meeting_queries.live(session, forwarded)
    between = meeting_queries.between(
        session, begins=now, ends=now + timedelta(days=pages.next_days)
    )
    to_come = [
        one
        for one in between
        if one.state == MeetingPhase.SCHEDULED.value and one.meeting_id not in forwarded
    ]
    found = [one for one in (*live, *to_come) if one.is_joined or not joined_only]
    return found[: pages.next_shown]


def points_in_meetings(session: Session, attendance: Attendance) -> set[str]:
    """Return the points that are in a meeting now, by the relays' last word."""
    found: set[str] = set()
    for meeting in meeting_queries.live(session, attendance.forwarded()):
        at_relay = attendance.meeting_state(MeetingId(meeting.meeting_id))
        if at_relay is not None:
            found.update(
                one.subject
                for one in at_relay.attendees
                if one.participant_kind is ParticipantKind.POINT and one.is_connected
            )
    return found


def newest_normal(session: Session) -> list[MeetingTitle]:
    """Return the newest meetings that are no state secret, for who looks for one by its title."""
    return meeting_queries.newest_titles(
        session, classification=Classification.NORMAL.value, count=MOST_SOUGHT
    )


def next_begins(session: Session, now: datetime, pages: PagesSettings) -> dict[PointId, datetime]:
    """Return when each point's next meeting to join within the next days begins."""
    found: dict[PointId, datetime] = {}
    ends = now + timedelta(days=pages.next_days)
    for booking in booking_queries.bookings(session, begins=now, ends=ends, joined_only=True):
        for point_id in booking.points:
            known = found.get(point_id)
            if known is None or booking.begins_at < known:
                found[point_id] = booking.begins_at
    return found


def refused_certificates(session: Session, now: datetime, *, since: datetime) -> list[Refusal]:
    """Return whose certificates relays took for none of the centre's, the newest first."""
    near = meeting_queries.between(session, begins=since, ends=now + timedelta(days=1))
    events = event_queries.refusals(session, [one.meeting_id for one in near], since=since)
    return [Refusal(one.point_id or "", one.detail, one.happened_at) for one in events]


def of_point(
    session: Session, point_id: PointId, *, begins: datetime, ends: datetime
) -> list[Meeting]:
    """Return what a point joins in [begins, ends); not what was cancelled or is in person."""
    return [
        one
        for one in meeting_queries.of_point(session, point_id, begins=begins, ends=ends)
        if MeetingPhase(one.state) is not MeetingPhase.CANCELLED and one.is_joined
    ]


def ended_of(session: Session, meeting_ids: Collection[str]) -> list[Meeting]:
    """Return of some meetings those that were joined and have ended."""
    found = meeting_queries.by_ids(session, [MeetingId(one) for one in meeting_ids])
    return [
        one
        for one in found.values()
        if one.is_joined and MeetingPhase(one.state) is MeetingPhase.ENDED
    ]


def held(meeting: Meeting) -> Period | None:
    """Return when a meeting was on; None: it is not over, or never was on."""
    if meeting.ended_at is None or MeetingPhase(meeting.state) is not MeetingPhase.ENDED:
        return None
    return Period(meeting.live_at or meeting.begins_at, meeting.ended_at)


def speaks_since(session: Session, meeting_id: str) -> dict[str, datetime]:
    """Return since when who has the floor of a meeting, as the floor names them."""
    times = speech_times.spoken(event_queries.floor_turns(session, meeting_id))
    return {who: one.since for who, one in times.items() if one.since is not None}


def is_live(meeting: Meeting) -> bool:
    """Return whether a meeting is on."""
    return MeetingPhase(meeting.state) is MeetingPhase.LIVE


def is_on(meeting: Meeting, forwarded: Collection[MeetingId]) -> bool:
    """Return whether a meeting is on, begun by our clock or not."""
    is_forwarded = meeting.is_joined and meeting.meeting_id in forwarded
    return is_running(MeetingPhase(meeting.state), is_forwarded=is_forwarded)


def is_over(meeting: Meeting) -> bool:
    """Return whether a meeting has ended or was cancelled."""
    return MeetingPhase(meeting.state).is_final


def recorded_lately(
    session: Session, now: datetime, forwarded: Collection[MeetingId], *, since: datetime
) -> list[Meeting]:
    """Return the meetings that are recorded and on, or were on since a time, the oldest first."""
    between = meeting_queries.between(session, begins=since, ends=now)
    begun = [one for one in between if one.live_at is not None]
    found = {one.meeting_id: one for one in (*begun, *meeting_queries.live(session, forwarded))}
    recorded = [one for one in found.values() if one.is_recorded and one.is_joined]
    return sorted(recorded, key=lambda one: one.begins_at)


def unrecorded_since(session: Session, meeting: Meeting) -> datetime | None:
    """Return since when a meeting that is on is not recorded, by its log; None: it is."""
    event = _last_of_recording(session, meeting.meeting_id)
    if event is None:
        return meeting.live_at or meeting.begins_at
    return event.happened_at if event.kind == RECORDING_STOPPED else None


def was_recorded(state: Engine, meeting_id: str) -> bool:
    """Return whether a meeting is recorded, by its log.

    Raises:
        StorageError: it cannot be read.
    """
    with reading(state) as session:
        event = _last_of_recording(session, meeting_id)
    return event is not None and event.kind == RECORDING_BEGAN


def _last_of_recording(session: Session, meeting_id: str) -> MeetingEvent | None:
    return event_queries.newest(session, meeting_id, (RECORDING_BEGAN, RECORDING_STOPPED))


def recorded_now(state: Engine, forwarded: Collection[MeetingId]) -> list[str]:
    """Return the meetings that are on, begun by our clock or not, and are to be recorded.

    Raises:
        StorageError: they cannot be read.
    """
    with reading(state) as session:
        return [
            one.meeting_id
            for one in meeting_queries.live(session, forwarded)
            if one.is_recorded and one.is_joined
        ]
