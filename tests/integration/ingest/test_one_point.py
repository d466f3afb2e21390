"""What fails for one point is that point's: the others are judged, and their presence is kept."""

import pytest
from sqlmodel import col, select, update

from contracts.ids import PointId
from contracts.reports import Applied, ClockState
from controller.db.engine import open_engine, reading, writing
from controller.errors import StorageError
from controller.health import point_queries
from controller.health.presence_queries import open_intervals
from controller.ingest import problem_rows
from controller.ingest.applied import AppliedBook
from controller.ingest.limits_in_use import LimitsInUse
from controller.ingest.presence_book import PresenceBook
from controller.ingest.problem_judging import ProblemJudging
from controller.ingest.problem_tables import OpenProblem, RefusedDocument
from controller.ingest.store import SeriesStore
from controller.ingest.tables import LatestReport, PointTwins
from controller.ingest.writer import Writer
from controller.settings import ThresholdSettings
from monitoring.judgement.presence import PresenceLimits
from monitoring.judgement.problem import ProblemKey
from tests.integration.ingest.judged import judge, store_presence
from tests.integration.ingest.reports import P1, P2, arrival, at

UNSET = ClockState(source="unknown")
NO_ROW = PointId("\ud800")
"""A name that no database takes, as if everything before had let it through."""


def book_of(*points):
    book = PresenceBook(PresenceLimits())
    for point in points:
        book.heard(point, at(0), at(0))
    return book


@pytest.fixture
def store(series):
    store = SeriesStore(series)
    store.begin_span(at(0))
    store_presence(store, book_of(P1, P2).take_changes(), at(0))
    return store


def wrong(series, now):
    with reading(series) as session:
        found = point_queries.standings(session, now)
    return {name: [p.key for p in one.judgement.problems] for name, one in found.items()}


def test_a_stored_report_that_no_longer_can_be_read_fails_neither_judging_nor_pages(series, store):
    store.commit([arrival(1, point=P1, clock=UNSET), arrival(1, point=P2, clock=UNSET)])
    with writing(series) as session:
        session.exec(
            update(LatestReport).where(col(LatestReport.point_id) == P1).values(report='{"no":1}')
        )
    assert [one.point_id for one in judge(store, at(11))] == [P2]
    assert wrong(series, at(11)) == {P1: [], P2: [ProblemKey.CLOCK_UNKNOWN]}


def test_a_stored_problem_that_cannot_be_read_is_judged_anew(series, store):
    store.commit([arrival(1, point=P1, clock=UNSET), arrival(1, point=P2, clock=UNSET)])
    judge(store, at(11))
    with writing(series) as session:
        session.exec(
            update(OpenProblem).where(col(OpenProblem.point_id) == P1).values(evidence="{")
        )
    both = {P1: [ProblemKey.CLOCK_UNKNOWN], P2: [ProblemKey.CLOCK_UNKNOWN]}
    assert wrong(series, at(12)) == both | {P1: []}
    judge(store, at(12))
    assert wrong(series, at(12)) == both


def test_what_cannot_be_written_of_one_point_costs_no_other_its_judgement(
    series, store, monkeypatch
):
    write = problem_rows._write

    def written(connection, point_id, flip, now):
        write(connection, point_id, flip, now)
        if point_id == P1:
            raise ValueError

    store.commit([arrival(1, point=P1, clock=UNSET), arrival(1, point=P2, clock=UNSET)])
    with monkeypatch.context() as patch:
        patch.setattr(problem_rows, "_write", written)
        assert [one.point_id for one in judge(store, at(11))] == [P2]
    with reading(series) as session:
        assert session.exec(select(OpenProblem.point_id)).all() == [P2]
    assert [one.point_id for one in judge(store, at(12))] == [P1]


def test_a_change_of_presence_that_cannot_be_written_costs_no_other(series, store):
    third = PointId("xa-ba")
    store_presence(store, book_of(NO_ROW, third).take_changes(), at(0))
    with reading(series) as session:
        assert sorted(open_intervals(session)) == sorted([P1, P2, third])


class Silent:
    """Tells no page."""

    async def presence(self, changes):
        """Tell nobody."""


@pytest.fixture
def judging(store, tmp_path):
    writer = Writer(store, on_committed=None)
    yield ProblemJudging(
        store,
        writer,
        Silent(),
        LimitsInUse(open_engine(f"sqlite:///{tmp_path}/state.db"), ThresholdSettings(), tmp_path),
        now=lambda: at(1),
        contracted=dict,
        presence_stored=lambda _: None,
    )
    writer.close()


def failing(error):
    def fail(work):
        raise error

    return fail


def rows(series, table):
    with reading(series) as session:
        return sorted(session.exec(select(table.point_id)).all())


@pytest.mark.parametrize("error", [ValueError(), StorageError("it is full")])
async def test_changes_of_presence_come_back_whatever_failed(
    series, store, judging, monkeypatch, error
):
    third = PointId("xa-ba")
    book = book_of(third)
    with monkeypatch.context() as patch:
        patch.setattr(store, "run", failing(error))
        await judging.store_presence(book)
    await judging.store_presence(book)
    assert book.take_changes() == []
    with reading(series) as session:
        assert sorted(open_intervals(session)) == sorted([P1, P2, third])


@pytest.mark.parametrize("error", [ValueError(), StorageError("it is full")])
async def test_two_machines_that_could_not_be_written_are_written_later(
    series, store, judging, monkeypatch, error
):
    seen = {P1: at(1), NO_ROW: at(1), P2: at(2)}
    with monkeypatch.context() as patch:
        patch.setattr(store, "run", failing(error))
        await judging.store_twins(seen)
    assert (len(seen), rows(series, PointTwins)) == (3, [])
    await judging.store_twins(seen)
    assert (seen, rows(series, PointTwins)) == ({}, sorted([P1, P2]))


async def test_a_word_that_no_row_takes_holds_up_no_confirmation(series, judging):
    book, confirmed = AppliedBook(), []
    for point_id, problem in ((P1, "\0"), (NO_ROW, "too long"), (P2, "too long")):
        word = Applied(
            document="schedule", leader_epoch=1, generation=1, applied_at=at(1), problem=problem
        )
        book.note(point_id, word, lambda: confirmed.append(1))
    await judging.store_applied(book)
    assert len(confirmed) == 3
    assert P2 in rows(series, RefusedDocument)  # PostgreSQL takes no NUL, SQLite does
