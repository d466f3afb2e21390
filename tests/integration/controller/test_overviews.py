"""What an overview costs: of many points nothing is read that it does not show."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, event

from contracts import codec
from contracts.devices import SnmpBody
from contracts.ids import PointId
from contracts.reports import HealthBody, Report
from controller.db.engine import reading, writing
from controller.health import service as health
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.store import SeriesStore
from controller.ingest.tables import PresenceInterval
from tests.integration.controller.centre import Centre, meeting_body

GOLDEN = Path(__file__).parents[2] / "data/golden"


def tell(centre: Centre) -> None:
    """Have a point tell of itself and of its switches."""
    now = centre.web.now()
    store = SeriesStore(centre.web.series)
    store.load(now - timedelta(days=1))
    with writing(centre.web.series) as session:
        session.add(PresenceInterval(point_id="p-b", state="up", began_at=now, noticed_at=now))
    said = [
        msgspec.structs.replace(codec.decode(Report, path.read_bytes()), measured_at=now, seq=seq)
        for seq, path in enumerate(sorted(GOLDEN.glob("report-*.json")), 1)
    ]
    kinds = {type(one.body) for one in said}
    assert {HealthBody, SnmpBody} <= kinds
    store.commit(
        [
            Arrival(OutboxName(PointId("p-b"), one.outbox_id), one, codec.encode(one), now, now)
            for one in said
        ]
    )


@pytest.fixture
def read(sqlite_centre: Centre) -> list[str]:
    """Return what is read of last reports from here on, with what was asked for."""
    found: list[str] = []

    @event.listens_for(sqlite_centre.web.series, "before_cursor_execute")
    def watch(
        _: Connection, _cursor: object, statement: str, given: object, *_more: object
    ) -> None:
        if "latest_report.report" in statement:
            found.append(str(given))

    return found


async def test_an_overview_reads_no_report_and_a_points_page_does(
    sqlite_centre: Centre, read: list[str]
) -> None:
    tell(sqlite_centre)
    office = await sqlite_centre.sign_in()
    body = meeting_body(sqlite_centre.time)
    meeting = (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
    read.clear()
    pages = ("/", "/points", "/meetings", "/meetings/new", f"/meetings/{meeting}", "/api/v1/status")
    for path in pages:
        assert (await office.get(path)).status_code == 200, path
        assert read == [], path
    assert (await office.get("/points/p-b")).status_code == 200
    assert "snmp" in read[0]


def test_what_is_shown_of_health_alone_reads_health_alone(
    sqlite_centre: Centre, read: list[str]
) -> None:
    tell(sqlite_centre)
    read.clear()
    with reading(sqlite_centre.web.series) as session:
        assert set(health.last_reports(session, ["p-b"])) == {"p-b"}
        assert health.is_down(session, PointId("p-b"), sqlite_centre.web.now()) is False
    assert len(read) == 1 and "snmp" not in read[0]
