"""A document that a point cannot take over is a problem of the point, until it can."""

from datetime import UTC, datetime

import pytest

from contracts import codec, topics
from contracts.reports import Applied
from controller.db.engine import open_engine, reading
from controller.health import point_queries
from controller.ingest import applied
from controller.ingest.applied import AppliedBook
from controller.ingest.store import SeriesStore
from monitoring.judgement.health_texts import sentence
from monitoring.judgement.problem import ProblemKey
from tests.fakes.mosquitto import start_mosquitto
from tests.integration.ingest.harness import IngestProcess, SimulatedPoint, living, running
from tests.integration.ingest.judged import judge
from tests.integration.ingest.reports import P1, at
from tests.integration.ingest.test_queries import come_up
from tests.waiting import until

TOO_LONG = "it has 71,064 bytes of at most 65,536"


def said(document="schedule", problem=TOO_LONG):
    return Applied(
        document=document, leader_epoch=1, generation=7, applied_at=at(5), problem=problem
    )


def test_it_is_shown_with_what_the_point_says_and_goes_with_the_next_that_fits(series):
    store = SeriesStore(series)
    come_up(store, P1)

    def take(word, when):
        book = AppliedBook()
        book.note(P1, word, lambda: None)
        words, _ = book.drain()
        store.run(lambda connection: applied.write(connection, said=words, now=when))
        judge(store, when)
        store.keep_span(when)
        with reading(series) as session:
            return point_queries.standing(session, P1, when).judgement.problems

    [problem] = take(said(), at(10))
    assert problem.key is ProblemKey.DOCUMENT_REFUSED
    assert problem.arguments == {"name": "schedule", "problem": TOO_LONG, "since": at(10)}
    assert TOO_LONG in sentence(problem, "vi", at(10))
    assert len(take(said("policy", ""), at(11))) == 1
    assert take(said(problem=""), at(12)) == ()


def test_a_word_of_no_document_of_ours_is_confirmed_and_kept_nowhere():
    book, confirmed = AppliedBook(), []
    book.note(P1, said("x" * 120), lambda: confirmed.append(1))
    words, confirms = book.drain()
    assert (words, len(confirms)) == ({}, 1)


def test_what_could_not_be_stored_comes_again_unless_there_is_a_newer_word():
    book = AppliedBook()
    book.note(P1, said(), lambda: None)
    words, confirms = book.drain()
    book.note(P1, said(problem=""), lambda: None)
    book.give_back(words, confirms)
    again, both = book.drain()
    assert (again[P1, "schedule"].problem, len(both)) == ("", 2)


@pytest.fixture
def broker(tmp_path):
    with start_mosquitto(tmp_path) as broker:
        yield broker


async def test_a_points_word_arrives_and_is_confirmed(tmp_path, broker):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    point = SimulatedPoint(broker, P1)
    with running(IngestProcess(tmp_path / "centre", broker, url, [P1])) as ingest:
        await ingest.started()
        engine = open_engine(url)
        async with living(point):
            await until(lambda: point.bus.is_connected)
            word = codec.decode(Applied, codec.encode(said()))
            await point.bus.publish(topics.applied(P1), word)

            async def shown():
                await point.report()
                with reading(engine) as session:
                    standing = point_queries.standing(session, P1, datetime.now(UTC))
                return [p.key for p in standing.judgement.problems]

            await until(
                lambda: _has(shown, ProblemKey.DOCUMENT_REFUSED), timeout_s=30, what="it is shown"
            )
        engine.dispose()
        assert ingest.end() == 0


async def _has(shown, key):
    return key in await shown()
