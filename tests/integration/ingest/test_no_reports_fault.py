"""What fails for all is no report's fault: no number is held, and all is stored once it works."""

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import select

from contracts.ids import PointId
from controller.db.engine import reading
from controller.errors import StorageError
from controller.ingest import rollups
from controller.ingest.store import SeriesStore
from controller.ingest.tables import KnownOutbox, StoredReport
from tests.integration.ingest.held import held
from tests.integration.ingest.reports import OUTBOX, P1, P2, arrival

P3 = PointId("xa-ba")


def failing(error, only=None):
    add = rollups.add

    def added(connection, arrivals, *admits):
        if only is None or any(a.name.point_id == only for a in arrivals):
            raise error
        add(connection, arrivals, *admits)

    return added


@pytest.fixture
def store(series):
    store = SeriesStore(series)
    store.commit([arrival(1, point=P1), arrival(1, point=P2)])
    return store


def held_of(series, point):
    with reading(series) as session:
        return held(session, point, OUTBOX).ranges


@pytest.mark.parametrize("count", [1, 7])
def test_what_fails_with_stored_reports_as_well_holds_no_number(series, store, monkeypatch, count):
    batch = [arrival(seq, point=P3) for seq in range(1, count + 1)]
    with monkeypatch.context() as patch:
        patch.setattr(rollups, "add", failing(ValueError()))
        with pytest.raises(StorageError, match="fail at tests/"):
            store.commit(batch)
    assert held_of(series, P3) == ()
    assert len(store.commit(batch).new) == count
    with reading(series) as session:
        names = session.exec(select(KnownOutbox.outbox_id)).all()
        assert set(names) == {OUTBOX}  # nothing is left of having tried
        assert len(session.exec(select(StoredReport)).all()) == 2 + count


def test_what_fails_with_one_points_reports_alone_is_that_points(series, store, monkeypatch):
    batch = [arrival(2, point=P1), arrival(1, point=P3), arrival(2, point=P3)]
    with monkeypatch.context() as patch:
        patch.setattr(rollups, "add", failing(ValueError(), only=P3))
        committed = store.commit(batch)
    assert (committed.new, committed.refused) == ([batch[0]], batch[1:])
    assert held_of(series, P3) == ((1, 2),)


@pytest.mark.parametrize("error", [MemoryError(), PoolTimeout("no connection is free")])
def test_what_the_machine_lacks_is_no_report_s_fault(series, monkeypatch, error):
    store = SeriesStore(series)
    with monkeypatch.context() as patch:
        patch.setattr(rollups, "add", failing(error))
        with pytest.raises(StorageError):
            store.commit([arrival(1)])
    assert held_of(series, P1) == ()
    assert len(store.commit([arrival(1)]).new) == 1
