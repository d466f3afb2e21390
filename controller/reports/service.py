"""A report put together from what is stored: its figures, those of the period before, its turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from controller.errors import BadEntry, NotFound
from controller.heard.service import PointMeeting, point_meetings
from controller.meetings import service as meetings
from controller.meetings.held import HeldMeeting, RollSaid
from controller.meetings.rollcall import service as roll_calls
from controller.meetings.rollcall.rules import RollState
from controller.places import service as places
from controller.reports.asked import ReportAsked
from controller.reports.branch import TreeThen, parts
from controller.reports.figures import CountedMeetings, figures_of
from controller.reports.report import MeetingReport
from controller.reports.turns import PointTurn, TurnHeard
from controller.turns import Turns
from monitoring.judgement.uninterrupted import HeardVerdict

MOST_TURNS = 500_000
TURNS = Turns(most_at_once=6, waits_s=10.0)
"""A report keeps the processor busy: one is counted at a time."""
_HEARD = {one: TurnHeard(one.value) for one in HeardVerdict}


@dataclass(frozen=True, slots=True)
class _Stored:
    """The meetings of a period, who was invited to each, and what the roll calls say."""

    meetings: Sequence[HeldMeeting]
    invited: Sequence[tuple[str, str]]
    said: Sequence[RollSaid]


def report_of(state: Session, asked: ReportAsked, now: datetime) -> MeetingReport:
    """Return a report as it is known now.

    Raises:
        NotFound: there is no such unit on its day.
        BadEntry: it would be of too much.
        AskedTooOften: others are counted, one after the other.
    """
    with TURNS.taken():
        return _report_of(state, asked, now)


def _report_of(state: Session, asked: ReportAsked, now: datetime) -> MeetingReport:
    then = asked.tree_at(now)
    units = places.units(state, at=then)
    if asked.branch and asked.branch not in {one.unit_id for one in units}:
        raise NotFound("đơn vị", "unit")
    stored, stored_before = _stored(state, asked), _stored(state, asked.before)
    ids = {point_id for one in (stored, stored_before) for _, point_id in one.invited}
    points = places.points_by_id(state, ids)
    tree = TreeThen(
        {one.unit_id: one.parent_id for one in units},
        {str(one): of for one, of in places.units_of_points(state, ids, at=then).items()},
        places.successors(state, at=then),
    )
    counted = _counted(state, stored, tree, asked)
    before = _counted(state, stored_before, tree, asked)
    return MeetingReport(
        asked=asked,
        tree_day=asked.tree_day(now),
        until=now,
        figures=figures_of(counted, [one.first_day for one in asked.months]),
        before=figures_of(before, [asked.before.period.first_day]),
        counted=counted,
        unit_names={one.unit_id: one.name for one in units},
        point_names={one.point_id: one.name for one in points.values()},
        otherwise=meetings.counted_otherwise(state, asked.period.period),
    )


def _stored(state: Session, asked: ReportAsked) -> _Stored:
    period = asked.period.period
    invited = meetings.invited_in(state, period, most=MOST_TURNS + 1)
    if len(invited) > MOST_TURNS:
        raise BadEntry(
            f"Kỳ này có hơn {MOST_TURNS} lượt điểm cầu; chọn một kỳ ngắn hơn.",
            f"This period has more than {MOST_TURNS} points in meetings; choose a shorter one.",
        )
    return _Stored(
        meetings.held_in(state, period),
        invited,
        roll_calls.said_in(state, period),
    )


def _counted(
    state: Session, stored: _Stored, tree: TreeThen, asked: ReportAsked
) -> CountedMeetings:
    part_of_point = parts(tree, asked.branch)
    wanted = {
        one.meeting_id: one for one in stored.meetings if not asked.kinds or one.kind in asked.kinds
    }
    are_online = {one.meeting_id for one in wanted.values() if one.is_online}
    heard = {(one.meeting_id, one.point_id): one for one in point_meetings(state, are_online)}
    said = {(one.meeting_id, one.subject): one for one in stored.said}
    rolled = {one.meeting_id for one in stored.said if one.state is not RollState.UNCALLED}
    turns: dict[str, list[PointTurn]] = {}
    for key in stored.invited:
        meeting = wanted.get(key[0])
        if meeting is None or key[1] not in part_of_point:
            continue
        got = heard.get(key) if key[0] in are_online else None
        otherwise = TurnHeard.UNKNOWN if key[0] in are_online else TurnHeard.IN_PERSON
        turn = _turn(key, got, otherwise, said.get(key), is_rolled=key[0] in rolled)
        turns.setdefault(key[0], []).append(turn)
    of_branch = [
        one
        for one in wanted.values()
        if one.meeting_id in turns or tree.holds(asked.branch, one.host_unit_id)
    ]
    return CountedMeetings(of_branch, turns, part_of_point)


def _turn(
    key: tuple[str, str],
    got: PointMeeting | None,
    otherwise: TurnHeard,
    said: RollSaid | None,
    *,
    is_rolled: bool,
) -> PointTurn:
    state = said.state if said is not None else RollState.UNCALLED
    roll = state if is_rolled else None
    absence = said.detail if said is not None and roll is RollState.ABSENT else ""
    late_min = said.late_min if said is not None and roll is RollState.LATE else None
    if got is None:
        return PointTurn(*key, roll, otherwise, absence, late_min)
    return PointTurn(
        *key,
        roll,
        _HEARD[got.verdict],
        absence,
        late_min,
        cause=got.cause.value if got.cause is not None else "",
        good_minutes=got.good_minutes,
        held_minutes=got.held_minutes,
        longest_cut_s=got.longest_cut_s,
    )
