"""What a point says of its machine, from the reports as they come to the page."""

import re
from datetime import timedelta

import msgspec

from contracts import codec
from contracts.ids import PointId
from contracts.machine import BootFacts
from contracts.reports import InventoryBody, Report
from controller.db.engine import writing
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.problem_rows import judge
from controller.ingest.store import SeriesStore
from controller.ingest.tables import IngestSpan, PresenceInterval
from controller.places.tables import Point
from monitoring.judgement.problem import Thresholds
from tests.contract import golden
from tests.integration.controller.centre import Centre

POINT = PointId("p-b")
FIRST, SECOND = "a" * 32, "b" * 32


def tell(centre: Centre) -> None:
    """Have a point that was cut off and came back tell what its machine is made of."""
    now = centre.web.now()
    store = SeriesStore(centre.web.series)
    store.load(now - timedelta(days=1))
    machine = codec.decode(Report, golden.payload("report-machine"))
    facts = codec.decode(Report, golden.payload("report-inventory-machine"))
    assert isinstance(facts.body, InventoryBody)
    older = msgspec.structs.replace(facts.body, boot=BootFacts())
    said = (
        msgspec.structs.replace(facts, boot_id=FIRST, body=older, seq=1),
        msgspec.structs.replace(facts, boot_id=SECOND, seq=2),
        msgspec.structs.replace(machine, boot_id=SECOND, seq=3),
    )
    for index, one in enumerate(said):
        at = now - timedelta(hours=2 - index)
        report = msgspec.structs.replace(one, measured_at=at)
        name = OutboxName(POINT, report.outbox_id)
        store.commit([Arrival(name, report, codec.encode(report), at, at)])
    with writing(centre.web.series) as session:
        session.add(PresenceInterval(point_id=POINT, state="up", began_at=now, noticed_at=now))
        session.add(IngestSpan(began_at=now, alive_at=now + timedelta(hours=1)))
    with writing(centre.web.state) as session:
        session.get_one(Point, POINT).enrolled_at = now
    with centre.web.series.begin() as connection:
        judge(connection, wanted=[POINT], now=now, thresholds=Thresholds())


def told(page: str, testid: str) -> str:
    """Return the text of one element of a page."""
    element = re.search(rf'data-testid="{testid}".*?</(?:table|dl|section)>', page, re.DOTALL)
    assert element is not None, testid
    return " ".join(re.sub(r"<[^>]+>", " ", element[0]).split())


async def test_a_points_page_tells_its_parts_and_what_is_wrong_with_them(
    sqlite_centre: Centre,
) -> None:
    tell(sqlite_centre)
    page = (await (await sqlite_centre.sign_in()).get(f"/points/{POINT}")).text
    assert "Ổ đĩa nvme0n1 sắp hỏng" in told(page, "state")
    assert "Thay ổ đĩa trước cuộc họp tới" in told(page, "state")
    assert "MAU-PC-77" in told(page, "machine")
    assert "NTP, sai nhiều nhất 12" in told(page, "machine")
    disks = told(page, "disks")
    assert all(text in disks for text in ("Sắp hỏng", "WD-77", "8 chỗ hỏng", "MAU HDD 1TB"))
    assert "/srv/ghi hình xfs" in told(page, "file-systems")
    assert "Samsung SAMSUNG TV" in told(page, "screens")
    boots = told(page, "boots")
    assert boots.index("mạch giám sát") < boots.index("chưa rõ vì sao"), "the newest first"


async def test_a_point_that_says_nothing_of_its_machine_has_a_page_all_the_same(
    sqlite_centre: Centre,
) -> None:
    page = await (await sqlite_centre.sign_in()).get(f"/points/{POINT}")
    assert page.status_code == 200
    assert "Máy và linh kiện" in page.text
