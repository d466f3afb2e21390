"""What is known before a rehearsal and when it is judged: gathered from the other subjects."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId, RelayId
from contracts.meeting_times import JOIN_BEFORE
from controller.health import service as health
from controller.health.service import Troubles
from controller.line_tests import service as line_tests
from controller.meetings import service as meetings
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.service import Meeting
from controller.rehearsals.moments import ToRehearse
from controller.rehearsals.tables import RehearsalResult
from controller.rehearsals.turns import PointToRehearse
from controller.rehearsals.verdict import KnownOfPoint
from controller.relays import service as relays
from controller.settings import ControllerSettings
from monitoring.judgement.periods import Period
from monitoring.judgement.problem import ProblemKey

_LINE = frozenset(
    (
        ProblemKey.LOSS,
        ProblemKey.SLOW,
        ProblemKey.JITTER,
        ProblemKey.LINE_FULL,
        ProblemKey.SWALLOWS_LARGE,
        ProblemKey.FAILED_OVER,
        ProblemKey.SIGNAL_WEAK,
    )
)


@dataclass(frozen=True, slots=True)
class PointInvited:
    """A point of a meeting, before its turn. `is_metered`: its line is charged by volume."""

    waits: PointToRehearse
    is_metered: bool


def to_rehearse(meeting: Meeting) -> ToRehearse:
    """Return a row as the rule of the moments reads it."""
    is_waited_for = MeetingPhase(meeting.state) is MeetingPhase.SCHEDULED
    return ToRehearse(
        meeting.begins_at, meeting.created_at, meeting.is_joined, is_waited_for=is_waited_for
    )


def invited(
    state: Session,
    series: Session,
    settings: ControllerSettings,
    meeting: Meeting,
    only: Collection[str] | None,
    now: datetime,
) -> list[PointInvited]:
    """Return the points of a meeting, or some, each with its relay, its line and its meetings."""
    chair = PointId(meeting.chair_point_id)
    everyone = meetings.joining(state, meeting.meeting_id)
    home = RelayId(meeting.relay_id)
    used = relays.relays_of(state, settings, home, chair, everyone)
    relay_of = used.without(relays.gone_since(state)).relay_of
    lines = {one.point_id: one for one in line_tests.lines(state, series, now)}
    found = []
    for point_id in everyone:
        line = lines.get(point_id)
        if line is None or (only is not None and point_id not in only):
            continue
        waits = PointToRehearse(
            point_id,
            relay_of.get(point_id, home),
            shared=line.shared,
            meetings=tuple(
                Period(one.begins_at - JOIN_BEFORE, one.ends_at) for one in line.meetings
            ),
            is_first=point_id == chair,
        )
        found.append(PointInvited(waits, line.is_metered))
    return found


def in_meeting(state: Session, rows: Sequence[RehearsalResult]) -> set[PointId]:
    """Return whose point is in a meeting in its turn, or joins one before the turn is over."""
    until = {PointId(one.point_id): one.ends_at + JOIN_BEFORE for one in rows if one.ends_at}
    if not until:
        return set()
    told = meetings.told_to_points(state, until, until=max(until.values()))
    return {
        point_id
        for point_id, own in told.items()
        if any(one.begins_at < until[point_id] for one in own)
    }


def known(
    series: Session, point_ids: Sequence[PointId], now: datetime
) -> Mapping[PointId, KnownOfPoint]:
    """Return what the centre knows of points now; while it hears nobody, nothing bad of any."""
    if health.blind_since(series, now) is not None:
        return dict.fromkeys(point_ids, KnownOfPoint())
    troubles = health.troubles(series, now, point_ids)
    return {one: _known(troubles.get(one, Troubles())) for one in point_ids}


def _known(one: Troubles) -> KnownOfPoint:
    return KnownOfPoint(
        is_heard=one.is_heard,
        is_on_battery=ProblemKey.ON_BATTERY in one.problems,
        battery_s=one.battery_s,
        is_clock_off=ProblemKey.CLOCK_UNKNOWN in one.problems,
        has_line_trouble=bool(one.problems & _LINE),
    )
