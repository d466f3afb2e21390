"""Rehearsals of meetings: made when they are due or asked for, told to points, judged.

One transaction a look; what a process that dies leaves is taken up by the next look: turns that
nobody was told of in time are given anew.
"""

import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from contracts.ids import MeetingId, PointId, RelayId
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes
from controller.errors import Conflict, NotFound
from controller.meetings import service as meetings
from controller.meetings.service import Meeting
from controller.rehearsals import board, facts, judging, missing, refusals, rehearsal_queries
from controller.rehearsals.moments import (
    FREE_OF_CHARGE,
    Made,
    RehearsalMoment,
    due,
    over_by,
)
from controller.rehearsals.tables import RehearsalResult, RehearsalRun
from controller.rehearsals.told import CALLED_OFF, echo_id
from controller.rehearsals.told import to_points as to_points
from controller.rehearsals.told import to_relays as to_relays
from controller.rehearsals.turns import (
    ANNOUNCED,
    LEAD,
    TOLD_AHEAD,
    WITHIN,
    TakenTurn,
    WithoutTurn,
    plan,
)
from controller.rehearsals.verdict import PointVerdict
from controller.settings import ControllerSettings
from controller.web.names import page_origins
from monitoring.judgement.periods import Period

ID_BYTES = 8
AHEAD = timedelta(days=1, hours=1)
MOST_ASKED, ASKED_WITHIN = 12, timedelta(hours=1)
"""So often a meeting is rehearsed because somebody asks."""
RUNS_A_STEP = 5


class Which(Enum):
    """Whom somebody wants to be rehearsed."""

    ALL = "all"
    NOT_READY = "not_ready"


@dataclass(slots=True)
class Looked:
    """What a look changed: meetings whose boards show something else, points that are told."""

    meetings: set[str] = field(default_factory=set)
    points: set[PointId] = field(default_factory=set)
    echoes: set[MeetingId] = field(default_factory=set)
    incidents: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class RehearsalDesk:
    """Where rehearsals are made. Used from worker threads."""

    settings: ControllerSettings
    state: Engine
    series: Engine
    changes: Changes
    now: Callable[[], datetime]
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, meeting_id: str, which: Which, *, actor: str) -> int:
        """Have a meeting's points rehearsed now, or those that are not ready; return how many.

        Raises:
            NotFound: there is no such meeting.
            Conflict: it cannot be now; the sentence says why.
        """
        now = self.now().replace(microsecond=0)
        looked = Looked()
        with self._turn, reading(self.series) as series:
            try:
                with writing(self.state) as session:
                    meeting = meetings.found(session, meeting_id)
                    self._refuse(session, meeting, now)
                    only = None
                    if which is Which.NOT_READY:
                        only = self._not_ready(session, series, meeting, now)
                        if not only:
                            raise refusals.all_ready()
                    made = (RehearsalMoment.ASKED, now)
                    run = self._make(session, series, meeting, made, now, only, actor)
                    rows = self._advance(session, run, meeting, now, series, looked)
            except IntegrityError as exc:
                raise refusals.running() from exc
        self._tell(looked)
        return len(rows)

    def require(self, meeting_id: str, point_id: str, *, is_required: bool, actor: str) -> bool:
        """Say whether a meeting begins without a point of it; return whether that is new.

        Raises:
            NotFound: there is no such meeting, or it has no such point.
            Conflict: nobody waits for the meeting any more.
        """
        try:
            with writing(self.state) as session:
                meeting = meetings.found(session, meeting_id)
                if not facts.to_rehearse(meeting).is_waited_for:
                    raise refusals.nobody_waits()
                if point_id not in meetings.participants(session, meeting_id):
                    raise NotFound("điểm cầu trong cuộc họp này", "point in this meeting")
                if not is_required:
                    return rehearsal_queries.release(session, meeting_id, point_id)
                now = self.now()
                return rehearsal_queries.require(session, meeting_id, point_id, actor, now)
        except IntegrityError:
            return False  # somebody else did the same just now

    def why_not(self, session: Session, meeting: Meeting, language: str) -> str:
        """Return why a meeting cannot be rehearsed now, in a language; empty: it can."""
        try:
            self._refuse(session, meeting, self.now())
        except Conflict as exc:
            return exc.said_in(language)
        return ""

    def look(self, *, may_begin: bool = True) -> Looked:
        """Judge what came, make what is due, give turns and tell of them.

        Args:
            may_begin: what is due by the clock is made, and what has begun by it ended.
        """
        now = self.now().replace(microsecond=0)
        looked = Looked()
        with self._turn, reading(self.series) as series, writing(self.state) as session:
            settled = judging.settle(session, series, now)
            looked.points |= {PointId(one.point_id) for one in settled}
            judged_runs = rehearsal_queries.runs(session, {one.run_id for one in settled})
            looked.meetings |= {one.meeting_id for one in judged_runs}
            open_runs = rehearsal_queries.open_runs(session)
            known = meetings.by_ids(session, {one.meeting_id for one in open_runs})
            for run in open_runs:
                self._advance(session, run, known.get(run.meeting_id), now, series, looked)
            if may_begin:
                for run, meeting in self._make_due(session, series, now):
                    self._advance(session, run, meeting, now, series, looked)
                looked.incidents |= set(missing.end_of_those_begun(session, now, self._link))
        self._tell(looked)
        return looked

    def _tell(self, looked: Looked) -> None:
        if looked.echoes:
            self.changes.meetings.note(looked.echoes)
        for number in looked.incidents:
            self.changes.note_incident(number)
        if looked.points:
            self.changes.note_points(looked.points)

    @property
    def _link(self) -> str:
        return page_origins(self.settings)[0]

    def _refuse(self, session: Session, meeting: Meeting, now: datetime) -> None:
        waited_for = facts.to_rehearse(meeting)
        if not meeting.is_joined:
            raise refusals.in_person()
        if not waited_for.is_waited_for:
            raise refusals.not_waited_for()
        if now + LEAD + self.settings.rehearsals.rules.lasts > over_by(waited_for):
            raise refusals.too_late()
        if any(
            one.meeting_id == meeting.meeting_id for one in rehearsal_queries.open_runs(session)
        ):
            raise refusals.running()
        since = now - ASKED_WITHIN
        if rehearsal_queries.asked_since(session, meeting.meeting_id, since) >= MOST_ASKED:
            raise refusals.too_often()

    def _not_ready(
        self, session: Session, series: Session, meeting: Meeting, now: datetime
    ) -> set[str]:
        return {
            one.point_id
            for one in board.standings(session, series, meeting, now)
            if one.judged.verdict is not PointVerdict.READY
        }

    def _make_due(
        self, session: Session, series: Session, now: datetime
    ) -> list[tuple[RehearsalRun, Meeting]]:
        wanted = self.settings.rehearsals.moments
        coming = [
            one
            for one in meetings.told_to_relays(session, until=now + AHEAD)
            if one.begins_at > now
        ]
        made = rehearsal_queries.made_of_all(session, [one.meeting_id for one in coming])
        is_open = {one.meeting_id for one in rehearsal_queries.open_runs(session)}
        begun = []
        for meeting in coming:
            own = made.get(meeting.meeting_id, set())
            found = due(facts.to_rehearse(meeting), own, wanted, now=now)
            if found is not None and meeting.meeting_id not in is_open:
                run = self._make(session, series, meeting, found, now, None, "")
                begun.append((run, meeting))
        return begun

    def _make(
        self,
        session: Session,
        series: Session,
        meeting: Meeting,
        made: Made,
        now: datetime,
        only: Collection[str] | None,
        actor: str,
    ) -> RehearsalRun:
        moment, due_at = made
        run = RehearsalRun(
            run_id=secrets.token_hex(ID_BYTES),
            meeting_id=meeting.meeting_id,
            open_for=meeting.meeting_id,
            moment=moment.value,
            asked_by=actor,
            due_at=due_at,
            made_at=now,
            ends_at=min(now + WITHIN, over_by(facts.to_rehearse(meeting))),
        )
        session.add(run)
        session.flush()
        points = facts.invited(session, series, self.settings, meeting, only, now)
        for one in points:
            if one.is_metered and moment in FREE_OF_CHARGE:
                continue
            row = RehearsalResult(
                rehearsal_id=secrets.token_hex(ID_BYTES),
                run_id=run.run_id,
                point_id=one.waits.point_id,
                relay_id=one.waits.relay_id,
                shared=" ".join(sorted(one.waits.shared))[:1000],
            )
            session.add(row)
        session.flush()
        return run

    def _advance(
        self,
        session: Session,
        run: RehearsalRun,
        meeting: Meeting | None,
        now: datetime,
        series: Session,
        looked: Looked,
    ) -> list[RehearsalResult]:
        """Bring a rehearsal on: its turns, who is told, and its end; return its results."""
        rows = rehearsal_queries.results_of(session, [run.run_id])
        before = [(one.told_at, one.judged_at, one.begins_at) for one in rows]
        waiting = [one for one in rows if one.judged_at is None]
        if meeting is None or not facts.to_rehearse(meeting).is_waited_for:
            judging.leave(session, waiting, CALLED_OFF, now)
            looked.points |= {PointId(one.point_id) for one in waiting if one.told_at}
        else:
            untold = [one for one in waiting if one.told_at is None]
            if any(one.begins_at is None or one.begins_at < now + ANNOUNCED for one in untold):
                self._plan(session, series, run, meeting, untold, now)
            looked.points |= self._tell_of_turns(session, untold, now)
        if all(one.judged_at is not None for one in rows):
            run.open_for, run.over_at = None, now
            session.add(run)
            session.flush()
            if meeting is not None and facts.to_rehearse(meeting).is_waited_for:
                told = missing.after(session, series, run, meeting, now, self._link)
                looked.incidents |= {told} if told is not None else set()
        if run.made_at == now or run.over_at is not None:
            looked.echoes.add(echo_id(run.run_id))
        if run.over_at or [(one.told_at, one.judged_at, one.begins_at) for one in rows] != before:
            looked.meetings.add(run.meeting_id)
        session.flush()
        return rows

    def _plan(
        self,
        session: Session,
        series: Session,
        run: RehearsalRun,
        meeting: Meeting,
        untold: Sequence[RehearsalResult],
        now: datetime,
    ) -> None:
        """Give those whom nobody has told yet their turns, beside all that are given."""
        own = {one.point_id: one for one in untold}
        points = facts.invited(session, series, self.settings, meeting, own, now)
        waits = {one.waits.point_id: one.waits for one in points}
        given = plan(
            [waits[PointId(one)] for one in own if one in waits],
            _taken(session, own),
            self.settings.rehearsals.rules,
            now=now,
            by=max(run.ends_at, now),
        )
        for point_id, row in own.items():
            period = given.turns.get(PointId(point_id))
            if period is None:
                why = given.left.get(PointId(point_id), WithoutTurn.NO_TIME)
                judging.leave(session, [row], why.value, now)
            else:
                row.begins_at, row.ends_at = period.begins_at, period.ends_at
                session.add(row)

    def _tell_of_turns(
        self, session: Session, untold: Sequence[RehearsalResult], now: datetime
    ) -> set[PointId]:
        soon = [
            one
            for one in untold
            if one.judged_at is None and one.begins_at and one.begins_at <= now + TOLD_AHEAD
        ]
        busy = facts.in_meeting(session, soon)
        told = set()
        for row in soon:
            if PointId(row.point_id) in busy:
                judging.leave(session, [row], WithoutTurn.IN_MEETING.value, now)
            else:
                row.told_at = now
                session.add(row)
                told.add(PointId(row.point_id))
        return told


def _taken(session: Session, besides: Iterable[str]) -> list[TakenTurn]:
    """Return every turn that is given, but for those of this plan's own rows."""
    runs = [one.run_id for one in rehearsal_queries.open_runs(session)]
    return [
        TakenTurn(
            PointId(one.point_id),
            RelayId(one.relay_id),
            frozenset(one.shared.split()),
            Period(one.begins_at, one.ends_at),
        )
        for one in rehearsal_queries.results_of(session, runs)
        if one.begins_at and one.ends_at and one.judged_at is None
        if one.told_at is not None
    ]


def forget(session: Session, limit: datetime, *, count: int) -> int:
    """Remove some rehearsals that are long over; return how many."""
    return rehearsal_queries.forget_before(session, limit, count=min(count, RUNS_A_STEP))
