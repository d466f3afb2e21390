"""Thresholds that are set are taken into use while ingest runs, and nobody is stormed by it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import sqlalchemy
from sqlmodel import col, select

from contracts.ids import PointId
from controller.db.engine import reading, writing
from controller.incidents.channels import AlertChannels
from controller.ingest.limits_in_use import LimitsInUse
from controller.ingest.problem_judging import ProblemJudging
from controller.ingest.problem_tables import OpenProblem
from controller.ingest.store import SeriesStore
from controller.ingest.tables import PresenceInterval
from controller.ingest.writer import Writer
from controller.settings import ThresholdSettings
from controller.thresholds.scheme import ALL, NEW, Edit
from controller.thresholds.service import ThresholdDesk
from controller.thresholds.tables import ThresholdRevision
from tests.fakes import country
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_incidents import MAIL, Happening
from tests.integration.ingest.reports import arrival, health

POINTS = 170
FILE = ThresholdSettings(memory_ratio=0.93)
STRICT = {"memory_ratio": 0.4}  # every point has half of it in use


class Pages:
    """Hears of nothing."""

    async def problems(self, flips: object) -> None:
        """Tell nobody."""


class Province:
    """170 points that reported, judged as ingest does, and the incidents that come of it."""

    def __init__(self, centre: Centre, folder: Path) -> None:
        centre.web.part(AlertChannels).add(MAIL, actor="admin")
        self.web, self.folder = centre.web, folder
        now = centre.time.now()
        self.ids = [PointId(one) for one in country.fill(self.web, points=POINTS, wrong=0, now=now)]
        self.store = SeriesStore(self.web.series)
        self.store.commit([arrival(1, point=one) for one in self.ids])
        self.desk = ThresholdDesk(self.web.state, FILE)
        self.happening = Happening(centre, names=())

    @asynccontextmanager
    async def ingest(self, from_file: ThresholdSettings = FILE) -> AsyncIterator[ProblemJudging]:
        """Run what judges, as the process does from its start to its end."""
        writer = Writer(self.store, on_committed=None)  # type: ignore[arg-type]
        yield ProblemJudging(
            self.store,
            writer,
            Pages(),  # type: ignore[arg-type]
            LimitsInUse(self.web.state, from_file, self.folder, refresh_s=0),
            now=self.happening.now,
            contracted=dict,
            presence_stored=lambda _: None,
        )
        writer.close()

    def set(self, edit: Edit) -> None:
        base = self.desk_revision()
        self.desk.save(edit, base=base, reason="Thử", actor="admin", now=self.happening.now())

    def desk_revision(self) -> int:
        with reading(self.web.state) as session:
            return len(session.exec(select(ThresholdRevision)).all())

    def wrong(self) -> dict[str, dict[str, object]]:
        """Return the evidence of every point whose memory is full."""
        with reading(self.web.series) as session:
            rows = session.exec(
                select(OpenProblem).where(col(OpenProblem.problem) == "memory_full")
            )
            return {one.point_id: json.loads(one.evidence) for one in rows}

    def report(self, point: PointId, seq: int, memory_ratio: float) -> None:
        body = msgspec.structs.replace(health(seq))
        assert body.host is not None
        host = msgspec.structs.replace(body.host, memory_ratio=memory_ratio)
        body = msgspec.structs.replace(body, host=host)
        self.store.commit([arrival(seq, point=point, body=body)])


@pytest.fixture
def province(sqlite_centre: Centre, tmp_path: Path) -> Province:
    return Province(sqlite_centre, tmp_path)


async def test_what_is_wrong_by_a_new_threshold_alone_is_one_incident(province: Province) -> None:
    scattered = tuple(province.ids[::3])  # of every unit some: by themselves each were its own
    async with province.ingest() as judging:
        await judging.turn()
        assert province.wrong() == {}
        province.set(Edit(NEW, "4G", STRICT, joins=scattered))
        await judging.turn()  # without a restart
        assert set(province.wrong()) == set(scattered)
        assert {one["limits_set"] for one in province.wrong().values()} == {1}
        province.happening.looks(100)
        assert province.happening.rows() == []  # what is wrong is waited for as ever
        province.happening.looks(60)
        [row] = province.happening.rows()
        assert (row.key, row.number, province.happening.letters()) == (
            "memory_full", 1, [("told", 3)],
        )  # fmt: skip
        await judging.turn()
        province.happening.looks(300)
        assert len(province.happening.letters()) == 1


async def test_who_undoes_it_before_the_wait_is_over_tells_nobody(province: Province) -> None:
    async with province.ingest() as judging:
        await judging.turn()
        province.set(Edit(ALL, values=STRICT))
        await judging.turn()
        assert len(province.wrong()) == POINTS
        province.happening.looks(60)
        province.set(Edit(ALL))
        await judging.turn()
        province.happening.looks(300)
    assert (province.wrong(), province.happening.rows()) == ({}, [])


async def test_what_goes_wrong_by_itself_is_told_apart_from_it(province: Province) -> None:
    one, two = province.ids[:2]
    async with province.ingest() as judging:
        province.report(one, 2, 0.97)
        await judging.turn()
        assert province.wrong()[one] == {"percent": 97}
        province.set(Edit(NEW, "4G", STRICT, joins=(one, two)))
        await judging.turn()
        assert province.wrong() == {one: {"percent": 97}, two: {"limits_set": 1, "percent": 50}}
        province.report(two, 2, 0.6)
        judging.note([two])
        await judging.turn()
        assert province.wrong()[two] == {"limits_set": 1, "percent": 60}  # it stays marked


async def test_a_point_that_is_new_was_never_judged_otherwise(province: Province) -> None:
    new = PointId("p-new")
    async with province.ingest() as judging:
        await judging.turn()
        province.set(Edit(ALL, values=STRICT))
        await judging.turn()
        province.report(new, 1, 0.6)
        with writing(province.web.series) as session:
            now = province.happening.now()
            session.add(PresenceInterval(point_id=new, state="up", began_at=now, noticed_at=now))
        judging.note([new])
        await judging.turn()
        assert province.wrong()[new] == {"percent": 60}


async def test_what_was_set_while_ingest_was_away_is_known_as_that(province: Province) -> None:
    async with province.ingest() as judging:
        await judging.turn()
    province.set(Edit(ALL, values=STRICT))
    async with province.ingest() as judging:
        await judging.turn()
    assert {one.get("limits_set") for one in province.wrong().values()} == {1}
    # In the file as well: there 0.3 is set now, and the page leaves it to the file.
    province.set(Edit(ALL))
    async with province.ingest() as judging:
        await judging.turn()
    assert province.wrong() == {}
    async with province.ingest(ThresholdSettings(memory_ratio=0.3)) as judging:
        await judging.turn()
    assert len(province.wrong()) == POINTS
    assert {one.get("limits_set") for one in province.wrong().values()} == {2}


async def test_what_cannot_be_read_leaves_the_last_in_use(province: Province) -> None:
    async with province.ingest() as judging:
        province.set(Edit(ALL, values=STRICT))
        await judging.turn()
        table = ThresholdRevision.metadata.tables["threshold_revision"]
        with writing(province.web.state) as session:
            row = {
                "scheme": "{",
                "made_by": "x",
                "reason": "x",
                "made_at": province.happening.now(),
            }
            session.execute(sqlalchemy.insert(table).values(**row))
        judging.note(province.ids)
        await judging.turn()
        assert len(province.wrong()) == POINTS
    async with province.ingest() as judging:
        await judging.turn()
        assert len(province.wrong()) == POINTS
