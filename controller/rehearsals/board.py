"""How a meeting's points stand before it: for its board, for programs, and for who is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlmodel import Session

from contracts.ids import PointId
from controller.meetings import service as meetings
from controller.meetings.service import Meeting
from controller.rehearsals import facts, rehearsal_queries, said
from controller.rehearsals.required import Required
from controller.rehearsals.tables import RehearsalResult, RehearsalRun
from controller.rehearsals.verdict import JudgedRehearsal, PointVerdict, judge

_SAY_NOTHING_NEW = frozenset(("in_meeting", "no_time", "refused", "too_late", "called_off"))
"""Results that take nothing from what was found before."""
NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class PointStanding:
    """One point: `judged` by its last result that says something and by what is known now.

    `result` None: it has none. `turn_at`: when its turn is, while it waits for it. `required`:
    why the meeting does not begin without it, besides its being the chair's.
    """

    point_id: PointId
    is_chair: bool
    judged: JudgedRehearsal
    result: RehearsalResult | None = None
    turn_at: datetime | None = None
    required: Required = Required.NO


@dataclass(frozen=True, slots=True)
class RunInShort:
    """One rehearsal, and how many came out how; `waiting`: of how many nothing is known yet."""

    run: RehearsalRun
    results: tuple[RehearsalResult, ...]

    def count(self, *verdicts: PointVerdict) -> int:
        """Return of how many that was said."""
        return sum(one.verdict in {verdict.value for verdict in verdicts} for one in self.results)

    @property
    def waiting(self) -> int:
        """How many have no verdict yet."""
        return sum(one.judged_at is None for one in self.results)


def standings(
    state: Session, series: Session, meeting: Meeting, now: datetime
) -> list[PointStanding]:
    """Return how a meeting's points stand, in protocol order."""
    return standing_of(state, series, meeting, runs_in_short(state, meeting), now)


def runs_in_short(state: Session, meeting: Meeting) -> list[RunInShort]:
    """Return a meeting's rehearsals, the newest first."""
    runs = rehearsal_queries.made_of(state, meeting.meeting_id)
    of: dict[str, list[RehearsalResult]] = {}
    for one in rehearsal_queries.results_of(state, [run.run_id for run in runs]):
        of.setdefault(one.run_id, []).append(one)
    return [RunInShort(run, tuple(of.get(run.run_id, ()))) for run in runs]


def last_results(runs: Sequence[RunInShort]) -> dict[str, RehearsalResult]:
    """Return the last result of each point that says something, else its last."""
    last: dict[str, RehearsalResult] = {}
    for one in (one for run in runs for one in run.results):
        if one.judged_at is None:
            continue
        if one.point_id not in last or last[one.point_id].cause in _SAY_NOTHING_NEW:
            if one.point_id not in last or one.cause not in _SAY_NOTHING_NEW:
                last[one.point_id] = one
    return last


def standing_of(
    state: Session,
    series: Session,
    meeting: Meeting,
    runs: Sequence[RunInShort],
    now: datetime,
    required: Mapping[str, Required] = MappingProxyType({}),
) -> list[PointStanding]:
    """Return how points stand by their results, the newest that says something first."""
    invited = meetings.participants(state, meeting.meeting_id)
    known = facts.known(series, invited, now)
    last = last_results(runs)
    turns: dict[str, datetime] = {}
    for one in (one for run in runs for one in run.results):
        if one.judged_at is None and one.begins_at:
            turns.setdefault(one.point_id, one.begins_at)
    found = []
    for point_id in invited:
        row, is_chair = last.get(point_id), point_id == meeting.chair_point_id
        judged = judge(said.said_in(row) if row else None, known[point_id], is_chair=is_chair)
        if judged.verdict is PointVerdict.NO_RESULT:
            cause = (row.cause or judged.cause) if row is not None else NOT_YET
            judged = JudgedRehearsal(PointVerdict.NO_RESULT, cause, judged.findings)
        why = required.get(point_id, Required.NO)
        found.append(PointStanding(point_id, is_chair, judged, row, turns.get(point_id), why))
    return found
