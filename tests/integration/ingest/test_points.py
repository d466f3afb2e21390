"""Which points are known: not by the clock of the machine, which may be years behind."""

from datetime import UTC, datetime, timedelta

import pytest

from controller.carriers.tables import Carrier, LineContractRow
from controller.db.engine import open_engine, writing
from controller.db.migrate import upgrade
from controller.ingest.cause_rows import Touched
from controller.ingest.declared import DeclaredMaintenance
from controller.ingest.points import KnownPoints
from controller.maintenance.service import Declared, MaintenanceDesk
from controller.places.tables import Point
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.maintenance import Scope
from monitoring.judgement.outage_evidence import EARLY
from monitoring.judgement.periods import Period
from tests.integration.ingest.harness import add_points
from tests.integration.ingest.reports import P1, P2, T0


@pytest.fixture
def state(tmp_path):
    url = f"sqlite:///{tmp_path / 'state.db'}"
    engine = open_engine(url)
    upgrade(engine, "state")
    add_points(url, [P1])
    yield engine
    engine.dispose()


async def test_a_clock_of_years_ago_makes_no_point_unknown(state):
    points, years_ago = KnownPoints(state), datetime(2020, 1, 1, tzinfo=UTC)
    assert await points.is_known(P1, years_ago)
    assert not await points.is_known(P2, years_ago)


@pytest.mark.parametrize(("after_s", "is_known"), [(-1, True), (0, False)])
async def test_a_point_is_known_until_it_ends(state, after_s, is_known):
    with writing(state) as session:
        point = session.get(Point, P1)
        point.valid_to = T0
        session.add(point)
    assert await KnownPoints(state).is_known(P1, T0 + timedelta(seconds=after_s)) is is_known


async def test_a_line_is_known_by_its_carriers_contract_and_else_by_the_points_figure(state):
    with writing(state) as session:
        session.get(Point, P1).contract_rate_bps = 7_000_000
        session.add(Carrier(carrier_id="vnpt", name="VNPT", made_at=T0))
        for revision, down_bps in ((1, 50_000_000), (2, 60_000_000)):
            session.add(
                LineContractRow(
                    revision=revision, contract_id="c1", point_id=P1, carrier_id="vnpt",
                    number="HĐ-1", down_bps=down_bps, up_bps=30_000_000, made_at=T0,
                    made_by="office", begins_on=f"{T0:%Y-%m-%d}",
                    ends_on=f"{T0 + timedelta(days=9):%Y-%m-%d}",
                )
            )  # fmt: skip
    by_figure = Contracted.one_figure(7_000_000)
    for days, expected in ((1, Contracted(60_000_000, 30_000_000)), (11, by_figure)):
        points = KnownPoints(state)
        assert await points.is_known(P1, T0 + timedelta(days=days))
        assert points.contracted == {P1: expected}


async def test_what_is_declared_later_is_news_of_the_time_it_is_about_and_once(state):
    known, hour = DeclaredMaintenance(state, refresh_s=0), timedelta(hours=1)
    assert await known.news(T0) == {}
    desk = MaintenanceDesk(state)
    said = Declared(Scope.ALL, "", Period(T0 - hour, T0), "Thay tủ mạng")
    one = desk.declare(said, actor="office", now=T0)
    assert await known.news(T0) == {P1: Touched(T0 - hour - EARLY, T0)}
    assert known.of_points == {P1: [said.period]}
    assert await known.news(T0) == {}
    desk.withdraw(one.maintenance_id, actor="office", now=T0)
    assert set(await known.news(T0)) == {P1}
    assert known.of_points == {}
    desk.declare(said, actor="office", now=T0)
    rarely = DeclaredMaintenance(state)
    assert set(await rarely.news(T0)) == {P1}
    desk.declare(said, actor="office", now=T0)
    assert await rarely.news(T0) == {}
