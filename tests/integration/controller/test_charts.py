"""A point's chart from reports to JSON, table and file."""

import csv
import io
from datetime import timedelta

import msgspec
import pytest
from sqlmodel import select

from contracts import codec
from contracts.ids import PointId
from contracts.line import LineSection, LineWay, ProbedMinute
from contracts.reports import InterfaceFacts, InterfaceRate, InventoryBody, Report
from controller.db.engine import writing
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.cause_tables import OutageVerdict
from controller.ingest.store import SeriesStore
from controller.ingest.tables import IngestSpan, PresenceInterval
from controller.places.tables import Point
from monitoring.stamp.line_figures import counted
from tests.bodies import health_body
from tests.contract import golden
from tests.integration.controller.centre import Centre

POINT = PointId("p-b")
HOUR = timedelta(hours=1)


def tell(centre: Centre) -> None:
    """Have a point report a calm and a bad quarter of an hour, an outage between them."""
    now = centre.web.now()
    store = SeriesStore(centre.web.series)
    store.load(now - timedelta(days=1))
    facts = codec.decode(Report, golden.payload("report-inventory-machine"))
    assert isinstance(facts.body, InventoryBody)
    uplink = InterfaceFacts(name="eth0", is_uplink=True)
    arrivals = [arrival(facts, msgspec.structs.replace(facts.body, interfaces=(uplink,)), now, 0)]
    for seq in range(1, 181):
        is_bad = seq > 90
        line = LineSection(
            sent=3, received=2 if is_bad else 3, rtt_ms=90 if is_bad else 12,
            rtt_min_ms=80 if is_bad else 11, rtt_max_ms=100 if is_bad else 14,
        )  # fmt: skip
        rates = (InterfaceRate(name="eth0", has_carrier=True, rx_bps=5_000_000, tx_bps=1_000_000),)
        at = now - HOUR / (4 if is_bad else 1) + timedelta(seconds=10 * (seq - 91 * is_bad))
        body = health_body(link=line, interfaces=rates)
        arrivals.append(arrival(facts, body, at, seq))
    store.commit(arrivals)
    with writing(centre.web.series) as session:
        began, ended = now - HOUR * 0.75, now - HOUR / 2
        for state, begin, end in (
            ("up", now - HOUR, began), ("down", began, ended), ("degraded", ended, None),
        ):  # fmt: skip
            session.add(
                PresenceInterval(
                    point_id=POINT, state=state, began_at=begin, noticed_at=begin, ended_at=end
                )
            )
        session.add(
            OutageVerdict(
                point_id=POINT, outage_began_at=began, judged_at=now, noticed_at=now,
                cause="power", is_certain=True, is_recorded=True, evidence="[]",
            )
        )  # fmt: skip
    with writing(centre.web.state) as session:
        point = session.get_one(Point, POINT)
        point.enrolled_at, point.contract_rate_bps = now, 20_000_000


def arrival(of: Report, body: object, at, seq: int) -> Arrival:
    """Return a report of a body."""
    report = msgspec.structs.replace(of, seq=seq + 1, measured_at=at, body=body)
    return Arrival(OutboxName(POINT, report.outbox_id), report, codec.encode(report), at, at)


async def test_bands_outages_with_cause_and_use_of_the_contract_are_in_the_chart(
    centre: Centre,
) -> None:
    tell(centre)
    person = await centre.sign_in()
    data = (await person.get(f"/points/{POINT}/series.json", span="1h")).json()
    assert 60 <= len(data["at"]) <= 62
    measured = [i for i, samples in enumerate(data["samples"]) if samples]
    first, last = measured[1], measured[-2]
    bands = [[band[i] for band in data["rtt_bands"]] for i in (first, last)]
    assert all(11 <= value <= 14 for value in bands[0]) and bands[0] == sorted(bands[0])
    assert all(80 <= value <= 100 for value in bands[1])
    assert data["rtt"][first] < 13 and data["loss"][last] > 0.3
    assert data["utilisation"][first] == 0.25
    down, degraded = data["outages"]
    assert (down[2:], degraded[3]) == (["Mất điện", "down"], "degraded")
    assert data["contract"] == [[20_000_000, "hợp đồng 20\u00a0Mbit/s"]]


async def test_the_file_has_every_minute_and_its_seconds_of_outage(centre: Centre) -> None:
    tell(centre)
    person = await centre.sign_in()
    answer = await person.get(f"/points/{POINT}/series.csv", span="1h")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert 60 <= len(rows) <= 62
    assert sum(float(row["down_s"]) for row in rows) == pytest.approx(900, abs=0.1)
    assert 1700 < sum(float(row["degraded_s"]) for row in rows) <= 1860
    empty = [row for row in rows if row["samples"] == "0"]
    assert empty and all(row["rtt_p50_ms"] == row["loss_ratio"] == "" for row in empty)
    full = next(row for row in rows if row["samples"] == "6")
    assert (full["utilisation_ratio"], full["rx_max_bps"]) == ("0.25", "5000000")


async def test_of_what_the_centre_did_not_hear_the_file_says_no_outage(centre: Centre) -> None:
    tell(centre)
    now = centre.web.now()
    with writing(centre.web.series) as session:
        for one in session.exec(select(PresenceInterval)):
            one.state = "down"
            session.add(one)
        session.add(IngestSpan(began_at=now - HOUR, alive_at=now - HOUR / 4))
    person = await centre.sign_in()
    answer = await person.get(f"/points/{POINT}/series.csv", span="1h")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert sum(float(row["down_s"]) for row in rows) == pytest.approx(2700, abs=60)
    begins_at = (now - HOUR).isoformat()
    told = await person.get(f"/api/v1/points/{POINT}/availability", begins_at=begins_at)
    assert told.json()["always"]["down_s"] == pytest.approx(2700, abs=1)


async def test_bands_by_the_minute_are_of_its_probes_not_of_their_means(centre: Centre) -> None:
    now = centre.web.now()
    store = SeriesStore(centre.web.series)
    store.load(now - timedelta(days=1))
    rtts = [10.0] * 95 + [200.0] * 5
    of = codec.decode(Report, golden.payload("report-inventory-machine"))
    for seq in range(1, 61):
        minute = ProbedMinute(sent=600, received=600, rtt=counted(6 * rtts))
        line = LineSection(
            sent=100, received=100, rtt_ms=19.5, rtt_min_ms=10, rtt_max_ms=200,
            up=LineWay(sent=100, received=100), minute=None if seq % 6 else minute,
        )  # fmt: skip
        at = now - timedelta(seconds=10 * (61 - seq))
        store.commit([arrival(of, health_body(link=line), at, seq)])
    person = await centre.sign_in()
    data = (await person.get(f"/points/{POINT}/series.json", span="1h")).json()
    shown = [
        (data["rtt"][i], *(band[i] for band in data["rtt_bands"]), data["rtt_max"][i])
        for i, samples in enumerate(data["samples"])
        if samples == 6
    ]
    assert len(shown) >= 8
    for one in shown[1:-1]:
        assert one == pytest.approx((10, 10, 10, 10, 10, 200), rel=0.05)


async def test_every_span_has_a_page_a_chart_and_a_file(centre: Centre) -> None:
    tell(centre)
    person = await centre.sign_in()
    for key in ("1h", "6h", "24h", "7d", "30d", "90d", "1y"):
        page = await person.get(f"/points/{POINT}", span=key)
        assert page.status_code == 200, key
        assert "Khứ hồi, trung vị" in page.text
        for name in ("series.json", "figures.json", "series.csv"):
            answer = await person.get(f"/points/{POINT}/{name}", span=key)
            assert answer.status_code == 200, (key, name)


async def test_up_to_four_points_are_compared_and_named_once(centre: Centre) -> None:
    tell(centre)
    person = await centre.sign_in()
    address = f"/compare/series.json?point={POINT}&point=p-c&point={POINT}&point=khong-co&span=1h"
    data = (await person.client.get(address)).json()
    assert [one["name"] for one in data["compared"]] == ["Xã B", "Xã C"]
    measured, never = (one["rtt"] for one in data["compared"])
    assert any(value is not None for value in measured)
    assert len(never) == len(data["at"]) and set(never) == {None}
    page = (await person.client.get(f"/compare?point={POINT}&point=p-c&span=1h")).text
    assert "/compare/series.json?point=p-b&amp;point=p-c&amp;span=1h" in page
    assert (
        f"/compare?point={POINT}&amp;span=7d"
        in (await person.get(f"/points/{POINT}", span="7d")).text
    )


async def test_a_unit_compares_its_points_and_those_below_it(centre: Centre) -> None:
    person = await centre.sign_in()
    found = (await person.get("/compare/series.json", unit="tinh")).json()
    assert [one["name"] for one in found["compared"]] == ["Văn phòng UBND tỉnh", "Xã B", "Xã C"]
    for unit in ("", "khong-co"):
        nobody = await person.get("/compare", unit=unit)
        assert nobody.status_code == 200 and "Chọn các điểm cầu cần so sánh" in nobody.text
        empty = (await person.get("/compare/series.json", unit=unit)).json()
        assert empty["compared"] == []


async def test_a_point_s_name_is_no_formula_in_the_file(centre: Centre) -> None:
    with writing(centre.web.state) as session:
        session.get_one(Point, POINT).name = '=HYPERLINK("http://x")'
    person = await centre.sign_in()
    text = (await person.get("/compare/series.csv", point=POINT)).text.removeprefix("\ufeff")
    head = next(csv.reader(io.StringIO(text)))
    assert head[1].startswith("'=HYPERLINK")


async def test_a_time_that_cannot_be_shown_is_refused_on_the_page_of_many_too(
    centre: Centre,
) -> None:
    query = {"from": "2026-11-02", "to": "2026-11-01"}
    answer = await (await centre.sign_in()).get("/compare", **query)
    assert answer.status_code == 422 or "Chọn ngày đầu và ngày cuối" in answer.text


async def test_a_histogram_with_a_bin_of_none_hides_no_chart(centre: Centre) -> None:
    now = centre.web.now()
    store = SeriesStore(centre.web.series)
    store.load(now - timedelta(days=1))
    facts = codec.decode(Report, golden.payload("report-inventory-machine"))
    line = LineSection(
        sent=3, received=3, rtt_ms=12, rtt_min_ms=11, rtt_max_ms=14, up=LineWay(), down=LineWay(),
        minute=ProbedMinute(sent=3, received=3, rtt=((7, 0), (90, 0))),
    )  # fmt: skip
    store.commit([arrival(facts, health_body(link=line), now - timedelta(minutes=1), 1)])
    person = await centre.sign_in()
    for path in (f"/points/{POINT}/series.json", "/compare/series.json"):
        for span in ("24h", "7d", "1y"):
            answer = await person.get(path, point=POINT, span=span)
            assert answer.status_code == 200, (path, span)
