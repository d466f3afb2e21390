"""A line is tested as somebody asks: told to the point, refused with why, shown, stopped."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest
from sqlmodel import col, select

from contracts import codec
from contracts.desired import LineTest
from contracts.ids import PointId
from contracts.reports import ClockState, Report
from contracts.throughput import ThroughputBody, ThroughputWay
from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.enrolment import pki
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.store import SeriesStore
from controller.ingest.tables import PresenceInterval
from controller.line_tests.service import LineTestDesk
from controller.line_tests.tables import LineTestRow
from controller.places.tables import Point
from controller.roles import Role
from monitoring.reflector.probe import point_key
from monitoring.throughput import wire
from tests.integration.controller.centre import Centre, meeting_body
from tests.integration.controller.documents import document_of

PATH = "/points/p-b/line-tests"
NOW_OFF = timedelta(minutes=10)


def heard(centre: Centre, point_id: str = "p-b") -> None:
    """Have a point reporting, which the centre hears."""
    now = centre.web.now()
    store = SeriesStore(centre.web.series)
    store.begin_span(now - NOW_OFF)
    store.keep_span(now + timedelta(hours=1))  # however slow the machine is
    with writing(centre.web.series) as session:
        session.add(
            PresenceInterval(point_id=point_id, state="up", began_at=now - NOW_OFF, noticed_at=now)
        )


def reported(centre: Centre, body: ThroughputBody, *, seq: int, at: datetime) -> None:
    """Have ingest keep what a point said."""
    report = Report(
        outbox_id="outbox-of-b1", seq=seq, measured_at=at, boot_id="ab" * 16, monotonic_ms=seq,
        clock=ClockState(source="ntp", error_ms=1.0), body=body,
    )  # fmt: skip
    name = OutboxName(PointId("p-b"), report.outbox_id)
    payload = codec.encode(report)
    SeriesStore(centre.web.series).commit([Arrival(name, report, payload, at=at, received_at=at)])


def desk_of(centre: Centre) -> LineTestDesk:
    """Return the desk, which tests nothing of itself, at whatever hour this runs."""
    desk = centre.web.part(LineTestDesk)
    by_request = msgspec.structs.replace(desk.settings.line_tests, at_night=False)
    return replace(desk, settings=msgspec.structs.replace(desk.settings, line_tests=by_request))


async def test_a_test_that_is_asked_for_is_told_shown_and_stopped(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    office = await centre.sign_in(Role.OFFICE)
    csrf = {"csrf_token": office.csrf_token}
    assert document_of(centre, LineTest) is None
    assert "Điểm cầu hiện không báo về." in (await office.get("/points/p-b")).text
    silent = await office.client.post(PATH, data=csrf)
    assert silent.status_code == 409
    heard(centre)
    assert (await office.client.post(PATH, data=csrf)).status_code == 303
    document = document_of(centre, LineTest)
    assert document is not None and document.test_id and document.begins_at
    passed = base64.b64decode(document.pass_base64)
    master = pki.load_probe_key(centre.web.settings.pki_dir)
    with reading(centre.web.state) as session:
        number = session.exec(select(Point.number).where(Point.point_id == "p-b")).one()
    nonce = bytes(16)
    hello = wire.encode_hello(passed, wire.Way.UP, nonce, point_key(master, number))
    allowed, _ = wire.decode_hello(hello, nonce, master)
    assert allowed.probe_id == number
    assert allowed.most_bytes == document.most_bytes == 40_000_000
    page = (await office.get("/points/p-b")).text
    assert 'data-testid="line-test-running"' in page
    again = await office.client.post(PATH, data=csrf)
    assert again.status_code == 409
    assert "Có thể đo lại từ" in again.text
    assert (await office.client.post(f"{PATH}/stop", data=csrf)).status_code == 303
    stopped = document_of(centre, LineTest)
    assert stopped is not None and stopped.test_id is None
    with reading(centre.web.state) as session:
        actions = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.entry_id))).all()
    assert {"ask_line_test", "stop_line_test"} <= set(actions)


async def test_what_came_of_it_is_on_the_page_in_the_chart_and_in_the_file(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    heard(centre)
    desk = desk_of(centre)
    test_id = desk.ask("p-b", actor="nga", is_confirmed=False)
    at = centre.web.now()
    way = ThroughputWay(rate_bps=18_200_000, test_bytes=13_000_000, rtt_ms=150.0)
    up = ThroughputWay(rate_bps=9_100_000, is_at_least=True, test_bytes=7_000_000, rtt_ms=300.0)
    body = ThroughputBody(test_id=test_id, outcome="done", idle_rtt_ms=21.0, up=up, down=way)
    reported(centre, body, seq=1, at=at)
    lie = ThroughputBody(test_id=test_id, outcome="done", down=ThroughputWay(rate_bps=10**9))
    reported(centre, lie, seq=2, at=at + timedelta(seconds=1))
    assert desk.look() == ["p-b"]
    assert desk.look() == []
    viewer = await centre.sign_in(Role.VIEWER)
    page = (await viewer.get("/points/p-b")).text
    assert "18\u00a0Mbit/s" in page
    assert "ít nhất 9,1\u00a0Mbit/s" in page
    assert "200" in page  # round trips a minute of the worse way
    series = (await viewer.get("/points/p-b/series.json")).json()
    assert series["tests"][0][1:] == [18_200_000, 9_100_000]
    rates = (await viewer.get("/points/p-b/series.csv", chart="rate")).text
    assert ",18200000,9100000" in rates
    # Nobody is allowed more by asking again: all that was allowed today counts.
    desk.ask("p-b", actor="nga", is_confirmed=False)


async def test_the_bytes_of_a_day_are_not_exceeded_by_any_requests(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    heard(centre)
    office = await centre.sign_in(Role.OFFICE)
    csrf = {"csrf_token": office.csrf_token}
    answers = []
    for _ in range(4):
        answers.append((await office.client.post(PATH, data=csrf)).status_code)
        with writing(centre.web.state) as session:
            for row in session.exec(select(LineTestRow)):
                row.outcome = "done"
                session.add(row)
    assert answers == [303, 303, 409, 409]  # of 80 MB each, 200 MB a day
    assert "đã hết" in (await office.get("/points/p-b")).text


async def test_a_test_of_a_clock_that_was_a_year_ahead_blocks_nobody(sqlite_centre: Centre) -> None:
    heard(sqlite_centre)
    desk = desk_of(sqlite_centre)
    before = desk.ask("p-b", actor="nga", is_confirmed=False)
    with writing(sqlite_centre.web.state) as session:
        row = session.get(LineTestRow, before)
        assert row is not None
        for name in ("made_at", "begins_at", "expires_at", "ends_at"):
            setattr(row, name, getattr(row, name) + timedelta(days=365))
        session.add(row)
    assert document_of(sqlite_centre, LineTest) is None
    after = desk.ask("p-b", actor="nga", is_confirmed=False)
    document = document_of(sqlite_centre, LineTest)
    assert document is not None and document.test_id == after
    assert desk.look() == ["p-b"]
    with reading(sqlite_centre.web.state) as session:
        assert session.get_one(LineTestRow, before).outcome == "silent"
        assert session.get_one(LineTestRow, after).outcome == ""


async def test_near_a_meeting_nothing_is_tested_and_the_page_says_until_when(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    heard(centre)
    office = await centre.sign_in(Role.OFFICE)
    begins_at = centre.web.now() + timedelta(minutes=12)
    ends_at = begins_at + timedelta(hours=1)
    body = meeting_body(centre.time, begins_at=begins_at.isoformat(), ends_at=ends_at.isoformat())
    assert (await office.post("/api/v1/meetings", body)).status_code == 201
    refused = await office.client.post(PATH, data={"csrf_token": office.csrf_token})
    assert refused.status_code == 409
    assert "đang họp" in refused.text


async def test_a_metered_line_says_what_it_costs_before(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    heard(centre)
    with writing(centre.web.state) as session:
        row = session.get(Point, "p-b")
        assert row is not None
        row.is_metered, row.contract_rate_bps = True, 10_000_000
        session.add(row)
    office = await centre.sign_in(Role.OFFICE)
    csrf = {"csrf_token": office.csrf_token}
    page = (await office.get("/points/p-b")).text
    assert "tính tiền theo dung lượng" in page
    assert "20\u00a0MB" in page
    assert (await office.client.post(PATH, data=csrf)).status_code == 409
    confirmed = csrf | {"is_confirmed": "1"}
    assert (await office.client.post(PATH, data=confirmed)).status_code == 303


@pytest.mark.parametrize("role", [Role.VIEWER])
async def test_who_only_looks_may_not_ask(sqlite_centre: Centre, role: Role) -> None:
    heard(sqlite_centre)
    viewer = await sqlite_centre.sign_in(role)
    data = {"csrf_token": viewer.csrf_token}
    assert (await viewer.client.post(PATH, data=data)).status_code == 403
    assert (await viewer.client.post(f"{PATH}/stop", data=data)).status_code == 403
    assert document_of(sqlite_centre, LineTest) is None
