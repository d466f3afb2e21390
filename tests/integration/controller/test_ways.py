"""The way to the centre on a point's page: asked for, waited for, shown beside what is usual."""

import re
from datetime import datetime, timedelta
from functools import partial

import pytest
from msgspec.structs import replace
from sqlmodel import select

from contracts import codec
from contracts.desired import Probes
from contracts.ids import PointId
from contracts.reports import Report
from contracts.way import WayBody, WayHop
from controller.db.engine import reading, writing
from controller.health import way_queries
from controller.ingest import address_rows
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.store import SeriesStore
from controller.ingest.tables import IngestSpan, PresenceInterval
from controller.ingest.way_tables import PublicAddress
from controller.places.tables import Point
from controller.roles import Role
from tests.contract import golden
from tests.integration.controller.centre import Centre
from tests.integration.controller.documents import document_of

POINT = PointId("p-b")
TO = "203.0.113.9"
ROUTERS = ("192.168.1.1", "10.1.2.3", "10.9.9.9")
ASK = f"/points/{POINT}/way/ask"


def hops(*addresses: str, ms: float = 4.0) -> tuple[WayHop, ...]:
    return tuple(
        WayHop(ttl=ttl, address=one, sent=3, round_trips_ms=(ms * ttl,) * 3 if one else ())
        for ttl, one in enumerate(addresses, 1)
    )


USUAL = WayBody(reason="usual", ending="reached", to=TO, hops=hops(*ROUTERS, TO))
CUT = WayBody(reason="trouble", trouble="cut", ending="silent", to=TO, hops=hops(*ROUTERS[:2], ""))


def tell(centre: Centre, seq: int, body: WayBody, at: datetime) -> None:
    """Have the point report a trace."""
    base = codec.decode(Report, golden.payload("report-way"))
    report = Report(
        outbox_id=base.outbox_id,
        seq=seq,
        measured_at=at,
        boot_id=base.boot_id,
        monotonic_ms=1000 * seq,
        clock=base.clock,
        body=body,
    )
    store = SeriesStore(centre.web.series)
    store.load(at - timedelta(days=1))
    name = OutboxName(POINT, report.outbox_id)
    committed = store.commit([Arrival(name, report, codec.encode(report), at, at)])
    assert len(committed.new) == 1


def traces_asked(centre: Centre) -> object:
    """Return how often the point was asked to trace its way, as it is told."""
    probes = document_of(centre, Probes)
    assert probes is not None
    return probes.traces_asked


def is_up(centre: Centre, state: str = "up") -> None:
    now = centre.web.now()
    with writing(centre.web.series) as session:
        session.add(
            PresenceInterval(
                point_id=POINT, state=state, began_at=now - timedelta(hours=2), noticed_at=now
            )
        )
        session.add(
            IngestSpan(began_at=now - timedelta(hours=3), alive_at=now + timedelta(hours=1))
        )
    with writing(centre.web.state) as session:
        session.get_one(Point, POINT).enrolled_at = now


def told(page: str, testid: str) -> str:
    """Return the text of one element of a page; empty: it is not there."""
    element = re.search(rf'data-testid="{testid}".*?</(?:table|ul|dl|p|span)>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", element[0]).split()) if element else ""


async def shown(centre: Centre, role: Role = Role.OFFICE) -> str:
    page = await (await centre.sign_in(role)).get(f"/points/{POINT}")
    assert page.status_code == 200
    return page.text


async def test_a_trace_is_shown_beside_the_way_as_it_usually_is(centre: Centre) -> None:
    is_up(centre)
    assert "Chưa có lần dò nào" in told(await shown(centre), "way-empty")
    now = centre.web.now()
    tell(centre, 1, USUAL, now - timedelta(hours=5))
    page = await shown(centre)
    assert "Đi trọn đường tới trung tâm: 4 hop." in told(page, "way-said")
    assert "hằng ngày" in told(page, "way-when")
    tell(centre, 2, CUT, now - timedelta(minutes=3))
    page = await shown(centre)
    assert "Dừng sau hop 2, 10.1.2.3; mọi khi đi tiếp tới 10.9.9.9." in told(page, "way-said")
    table = told(page, "way-hops")
    assert table.index("10.1.2.3") < table.index("10.9.9.9") < table.index(TO)
    assert "1 lần dò trước" in page and "hằng ngày" in told(page, "way-earlier")


async def test_who_asks_is_told_what_became_of_it(centre: Centre) -> None:
    is_up(centre)
    before = traces_asked(centre)
    assert before == 0
    office = await centre.sign_in(Role.OFFICE)
    csrf = {"csrf_token": office.csrf_token}
    assert (await office.client.post(ASK, data=csrf)).status_code == 303
    assert traces_asked(centre) == 1
    page = await shown(centre)
    assert "đang dò đường" in told(page, "way-progress") and 'data-testid="way-ask"' not in page
    again = await office.client.post(ASK, data=csrf)
    assert again.status_code == 400 and "chờ" in again.text
    assert traces_asked(centre) == 1
    answer = WayBody(reason="asked", ending="reached", to=TO, hops=USUAL.hops, traces_asked=1)
    tell(centre, 1, answer, centre.web.now())
    page = await shown(centre)
    assert told(page, "way-progress") == "" and 'data-testid="way-ask"' in page
    assert "có người yêu cầu" in told(page, "way-when")
    centre.time.offset += timedelta(minutes=2)
    assert (await office.client.post(ASK, data=csrf)).status_code == 303
    refused = WayBody(reason="asked", ending="not_traced", traces_asked=2)
    tell(centre, 2, refused, centre.web.now())
    page = await shown(centre)
    assert "đủ số lần trong ngày" in told(page, "way-progress")
    assert "có người yêu cầu" in told(page, "way-when")


async def test_a_point_that_does_not_answer_is_said_to(centre: Centre) -> None:
    is_up(centre)
    office = await centre.sign_in(Role.OFFICE)
    await office.client.post(ASK, data={"csrf_token": office.csrf_token})
    centre.time.offset += timedelta(minutes=1)
    assert "chưa có trả lời" in told(await shown(centre), "way-progress")
    centre.time.offset += timedelta(minutes=15)
    assert told(await shown(centre), "way-progress") == ""


async def test_who_only_looks_and_points_that_are_away_have_no_button(centre: Centre) -> None:
    is_up(centre, "down")
    page = await shown(centre)
    assert 'data-testid="way-ask"' not in page
    assert "gửi kết quả khi nối lại" in told(page, "way-progress")
    viewer = await centre.sign_in(Role.VIEWER)
    sent = await viewer.client.post(ASK, data={"csrf_token": viewer.csrf_token})
    assert sent.status_code == 403
    office = await centre.sign_in(Role.OFFICE)
    unknown = await office.client.post(
        "/points/khong-co/way/ask", data={"csrf_token": office.csrf_token}
    )
    assert unknown.status_code == 404


async def test_from_where_a_point_comes_is_shown_with_what_was_before(centre: Centre) -> None:
    is_up(centre)
    assert told(await shown(centre), "public-address") == ""
    now = centre.web.now()
    store = SeriesStore(centre.web.series)
    for minutes, seen in (
        (90, {POINT: "203.0.113.40"}),
        (40, {POINT: "100.64.7.7"}),
        (5, {POINT: "198.51.100.7", PointId("p-c"): "198.51.100.7"}),
    ):
        store.run(partial(address_rows.write, seen=seen, now=now - timedelta(minutes=minutes)))
    page = await shown(centre)
    assert "ở địa chỉ 198.51.100.7 từ" in told(page, "public-address")
    assert "địa chỉ riêng" not in told(page, "public-address")
    assert "Cùng địa chỉ này: Xã C." in page
    earlier = told(page, "public-addresses")
    assert earlier.index("100.64.7.7") < earlier.index("203.0.113.40")
    assert "2 địa chỉ trước đó" in page
    store.run(partial(address_rows.write, seen={POINT: "100.64.7.8"}, now=now))
    assert "địa chỉ riêng" in told(await shown(centre), "public-address").lower()


async def test_a_point_that_moves_again_and_again_keeps_so_many(
    sqlite_centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address_rows, "MAX_ADDRESSES", 3)
    series, now = sqlite_centre.web.series, sqlite_centre.web.now()
    store = SeriesStore(series)
    for turn in range(9):
        seen = {POINT: f"203.0.113.{turn}"}
        store.run(partial(address_rows.write, seen=seen, now=now + timedelta(seconds=turn)))
    with reading(series) as session:
        kept = [one.address for one in session.exec(select(PublicAddress))]
    assert kept == ["203.0.113.6", "203.0.113.7", "203.0.113.8"]


async def test_a_point_that_comes_from_two_by_turns_has_moved_once(centre: Centre) -> None:
    series, now = centre.web.series, centre.web.now()
    store, moves = SeriesStore(series), []
    for turn in range(240):
        seen, at = {POINT: f"203.0.113.{turn % 2}"}, now + timedelta(seconds=15 * turn)
        moves.append(store.run(partial(address_rows.write, seen=seen, now=at)))
    assert [one for one in moves if one] == [{POINT: ("203.0.113.0", "203.0.113.1")}]
    with reading(series) as session:
        kept = way_queries.addresses(session, POINT, most=5)
    assert [one.address for one in kept] == ["203.0.113.1", "203.0.113.0"]
    # Long after the turns have ended it is a move again.
    at += timedelta(hours=1)
    assert store.run(partial(address_rows.write, seen={POINT: "203.0.113.0"}, now=at))


async def test_an_address_of_a_clock_that_was_a_year_ahead_is_not_the_newest(
    sqlite_centre: Centre,
) -> None:
    is_up(sqlite_centre)
    now, store = sqlite_centre.web.now(), SeriesStore(sqlite_centre.web.series)
    year = timedelta(days=365)
    other = PointId("p-c")
    for at, address in ((now + year, "203.0.113.40"), (now, "100.64.7.7")):
        seen = {POINT: address, other: "198.51.100.7"}
        store.run(partial(address_rows.write, seen=seen, now=at))
    page = await shown(sqlite_centre)
    assert "ở địa chỉ 100.64.7.7 từ" in told(page, "public-address")
    with reading(sqlite_centre.web.series) as session:
        (same,) = way_queries.addresses(session, other, most=5)
    assert abs(same.seen_at - now) < timedelta(seconds=1)


async def test_the_way_of_a_clock_that_was_a_year_off_is_neither_the_newest_nor_the_usual_one(
    sqlite_centre: Centre,
) -> None:
    is_up(sqlite_centre)
    now, year = sqlite_centre.web.now(), timedelta(days=365)
    for seq, body, at in (
        (1, replace(USUAL, hops=hops("10.8.8.8", TO)), now + year),
        (2, USUAL, now - year),
        (3, CUT, now - timedelta(minutes=3)),
    ):
        tell(sqlite_centre, seq, body, at)
    page = await shown(sqlite_centre)
    assert "Dừng sau hop 2, 10.1.2.3; mọi khi đi tiếp tới 10.9.9.9." in told(page, "way-said")
    tell(sqlite_centre, 4, CUT, now - year)
    with reading(sqlite_centre.web.series) as session:
        kept = way_queries.ways(session, POINT, most=2)
    assert [one.key.rpartition("-")[2] for one in kept] == ["4", "3"]


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "10.1.2.3 ' OR 1", "x" * 46, "10.0.0.1\x00"],
)
def test_what_is_no_address_is_no_hop(text: str) -> None:
    payload = golden.payload("report-way").replace(b"10.1.2.3", codec_text(text))
    with pytest.raises(Exception, match="hops"):
        codec.decode(Report, payload)


def codec_text(text: str) -> bytes:
    return text.encode("unicode_escape").replace(b"\\x00", b"\\u0000")
