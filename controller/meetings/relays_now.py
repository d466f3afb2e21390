"""The relays of one meeting, each as the centre knows it now: its home first."""

from dataclasses import dataclass

from sqlmodel import Session

from contracts.ids import MeetingId, PointId, RelayId
from contracts.relay import TrunkState
from controller.meetings import meeting_queries
from controller.meetings.attendance import Attendance
from controller.meetings.tables import Meeting
from controller.relays import service as relays
from controller.settings import ControllerSettings


@dataclass(frozen=True, slots=True)
class RelayNow:
    """One relay of a meeting. Given up: its `point_count` points are told the home instead.

    Joined: it and the home have each other's pictures and sound. `down` is the line from the home
    to it, `up` the one back; None: there is none, or it is not known.
    """

    relay_id: RelayId
    is_home: bool
    is_online: bool
    is_given_up: bool
    is_joined: bool
    point_count: int
    down: TrunkState | None = None
    up: TrunkState | None = None


def relays_now(
    session: Session, settings: ControllerSettings, attendance: Attendance, meeting: Meeting
) -> tuple[RelayNow, ...]:
    """Return a meeting's relays."""
    home = RelayId(meeting.relay_id)
    invited = meeting_queries.joining(session, meeting.meeting_id)
    chair = PointId(meeting.chair_point_id)
    found = relays.relays_of(session, settings, home, chair, invited)
    gone = relays.gone_since(session) if found.outer else {}
    counts = {home: len(invited) - sum(map(len, found.outer.values()))}
    counts |= {relay: len(points) for relay, points in found.outer.items()}
    state = attendance.meeting_state(MeetingId(meeting.meeting_id))
    joined = {home, *(state.trunks if state else ())}
    lines = attendance.trunk_states(MeetingId(meeting.meeting_id))
    return tuple(
        RelayNow(
            relay,
            is_home=relay == home,
            is_online=attendance.is_online(relay),
            is_given_up=relay in gone,
            is_joined=relay in joined,
            point_count=count,
            down=lines.get((home, relay)) if relay in joined else None,
            up=lines.get((relay, home)) if relay in joined else None,
        )
        for relay, count in counts.items()
    )
