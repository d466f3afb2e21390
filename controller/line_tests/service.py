"""Throughput tests of lines: allowed at night or where somebody asks, told to points, stopped.

What a test may take is counted in the transaction that allows it, one at a time.
"""

import base64
import secrets
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.desired import LineTest
from contracts.ids import PointId
from contracts.local_days import day_of, midnight
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes
from controller.dispatch.documents import UNISSUED_AT
from controller.errors import Conflict, NotFound
from controller.line_tests import line_facts, refusals, test_queries
from controller.line_tests.tables import LineTestRow
from controller.line_tests.test_queries import measured as measured
from controller.places import service as places
from controller.settings import ControllerSettings
from monitoring.judgement.line_tests import (
    WAYS,
    Allowed,
    Refused,
    TestedLine,
    TestRules,
    TriedTest,
    UnderWay,
    judge_request,
    night_of,
    planned,
)
from monitoring.judgement.periods import Period
from monitoring.throughput import wire

BEGINS_WITHIN = timedelta(seconds=45)
"""So long a point may take until it begins: it has to hear of it first."""
SAID_WITHIN = timedelta(seconds=60)
SET_BACK = timedelta(minutes=5)
"""A test that was allowed later than this from now was allowed by a clock that ran ahead."""
TOLD_FOR = timedelta(days=1)
ASKED, NIGHT, SILENT = "asked", "night", "silent"


@dataclass(frozen=True, slots=True)
class LineTestDesk:
    """Where tests are allowed. Used from worker threads."""

    settings: ControllerSettings
    state: Engine
    series: Engine
    changes: Changes
    now: Callable[[], datetime]
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def rules(self) -> TestRules:
        """What the settings say."""
        return self.settings.line_tests.rules

    def verdict(self, point_id: str, *, is_confirmed: bool = False) -> Allowed | Refused:
        """Return what a test of a point's line may take now, or why there is to be none.

        Raises:
            NotFound: there is no such point.
        """
        now = self.now()
        with reading(self.state) as session, reading(self.series) as series:
            line = self._line(session, series, point_id, now)
            running = under_way(session, now)
        return judge_request(line, running, self.rules, now=now, is_confirmed=is_confirmed)

    def ask(self, point_id: str, *, actor: str, is_confirmed: bool) -> str:
        """Have a line tested now; return the test's id.

        Raises:
            NotFound: there is no such point.
            Conflict: it cannot be now; the sentence says why, and when it may be.
        """
        now = self.now()
        with self._turn, reading(self.series) as series, writing(self.state) as session:
            line = self._line(session, series, point_id, now)
            running = under_way(session, now)
            verdict = judge_request(line, running, self.rules, now=now, is_confirmed=is_confirmed)
            if isinstance(verdict, Refused):
                raise refusals.conflict(verdict, now)
            test_id = _allow(session, line, verdict, now, cause=ASKED, actor=actor)
        self.changes.note_points([PointId(point_id)])
        return test_id

    def stop(self, point_id: str, *, actor: str) -> None:
        """Have the test of a point stopped.

        Raises:
            Conflict: none is on.
        """
        now = self.now()
        with self._turn, writing(self.state) as session:
            on = [one for one in _running(session, now) if one.point_id == point_id]
            if not on:
                raise Conflict(
                    "no_line_test", "Hiện không có lần đo nào đang chạy.", "No test is under way."
                )
            for one in on:
                one.stopped_by = actor
                session.add(one)
        self.changes.note_points([PointId(point_id)])

    def look(self) -> list[PointId]:
        """Note what came of tests, allow those whose turn it is; return whose pages change.

        Raises:
            StorageError: a database cannot be used now.
        """
        now = self.now()
        with self._turn, reading(self.series) as series, writing(self.state) as session:
            changed = _settle(session, series, now)
            night = night_of(now, self.rules)
            allowed: list[PointId] = []
            if night is not None and self.rules.at_once and self.settings.line_tests.at_night:
                lines = line_facts.lines(session, series, now, self._used(session, now))
                so_far = Period(night.begins_at, now + SET_BACK)
                tried = [
                    TriedTest(PointId(one.point_id), one.made_at, one.outcome == "done")
                    for one in test_queries.allowed_in(session, so_far)
                    if one.cause == NIGHT
                ]
                office = self.settings.office.as_rule()
                running = under_way(session, now)
                for line, one in planned(lines, running, tried, self.rules, office, now=now):
                    _allow(session, line, one, now, cause=NIGHT)
                    allowed.append(line.point_id)
        if allowed:
            self.changes.note_points(allowed)
        return [*changed, *allowed]

    def _line(self, session: Session, series: Session, point_id: str, now: datetime) -> TestedLine:
        used = self._used(session, now)
        found = line_facts.lines(session, series, now, used, only=point_id)
        if not found:
            raise NotFound("điểm cầu", "point")
        return found[0]

    def _used(self, session: Session, now: datetime) -> Mapping[str, int]:
        used: dict[str, int] = {}
        today = Period(midnight(day_of(now)), now + SET_BACK)
        for one in test_queries.allowed_in(session, today):
            used[one.point_id] = used.get(one.point_id, 0) + WAYS * one.most_bytes
        return used


def lines(state: Session, series: Session, now: datetime) -> list[TestedLine]:
    """Return what is known of the lines of all points that are enrolled."""
    return line_facts.lines(state, series, now, {})


def under_way(session: Session, now: datetime) -> list[UnderWay]:
    """Return the tests that may be running."""
    return [
        UnderWay(
            PointId(one.point_id),
            frozenset(one.shared.split()),
            Allowed(one.most_bytes, one.duration_s).rate_bps,
            one.ends_at,
        )
        for one in _running(session, now)
    ]


def documents(
    session: Session, point_ids: Collection[str], master: bytes, now: datetime
) -> dict[str, LineTest]:
    """Return what points are told of tests; nothing of who had none lately."""
    period = Period(now - TOLD_FOR, now + SET_BACK)
    found = test_queries.newest_of(session, point_ids, period)
    known = places.points_by_id(session, [PointId(one) for one in found])
    return {
        id_: _document(row, known[PointId(id_)].number, master)
        for id_, row in found.items()
        if PointId(id_) in known
    }


def _document(row: LineTestRow, number: int, master: bytes) -> LineTest:
    if row.stopped_by:
        return LineTest(leader_epoch=0, generation=0, issued_at=UNISSUED_AT)
    # The second way begins after the first: the pass has to last for both.
    passed = wire.pass_of(
        number,
        row.test_id,
        begins_at=row.begins_at,
        expires_at=row.ends_at,
        most_bytes=row.most_bytes,
        most_ms=row.duration_s * 1000,
    )
    return LineTest(
        leader_epoch=0,
        generation=0,
        issued_at=UNISSUED_AT,
        test_id=row.test_id,
        begins_at=row.begins_at,
        expires_at=row.expires_at,
        duration_s=row.duration_s,
        most_bytes=row.most_bytes,
        pass_base64=base64.b64encode(wire.encode_pass(passed, master)).decode(),
    )


def forget(session: Session, limit: datetime, *, count: int) -> int:
    """Remove some of the tests that are long over; return how many. Their results stay."""
    return test_queries.forget_before(session, limit, count=count)


def _running(session: Session, now: datetime) -> Sequence[LineTestRow]:
    unsettled = test_queries.unsettled(session)
    return [one for one in unsettled if one.ends_at > now and not _is_ahead(one, now)]


def _is_ahead(row: LineTestRow, now: datetime) -> bool:
    """Return whether a test was allowed by a clock that has been set right since."""
    return row.made_at >= now + SET_BACK


def _allow(
    session: Session,
    line: TestedLine,
    allowed: Allowed,
    now: datetime,
    *,
    cause: str,
    actor: str = "",
) -> str:
    now = now.replace(microsecond=0)
    test_id = secrets.token_hex(wire.TEST_ID_BYTES)
    row = LineTestRow(
        test_id=test_id,
        point_id=line.point_id,
        cause=cause,
        asked_by=actor,
        made_at=now,
        begins_at=now,
        expires_at=now + BEGINS_WITHIN,
        ends_at=now + BEGINS_WITHIN + allowed.lasts,
        duration_s=allowed.duration_s,
        most_bytes=allowed.most_bytes,
        shared=" ".join(sorted(line.shared))[:1000],
    )
    session.add(row)
    return test_id


def _settle(session: Session, series: Session, now: datetime) -> list[PointId]:
    rows = test_queries.unsettled(session)
    said = test_queries.results(series, rows)
    changed: list[PointId] = []
    for row in rows:
        one = said.get(row.test_id)
        if one is not None:
            row.outcome = one.outcome
        elif now > row.ends_at + SAID_WITHIN or _is_ahead(row, now):
            row.outcome = SILENT
        else:
            continue
        session.add(row)
        changed.append(PointId(row.point_id))
    return changed
