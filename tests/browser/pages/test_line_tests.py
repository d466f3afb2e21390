"""What a line carries on a point's page: asked for by a button, stopped, drawn."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from contracts import codec
from contracts.ids import PointId
from contracts.reports import ClockState, Report
from contracts.throughput import ThroughputBody, ThroughputWay
from controller.db.engine import writing
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.store import SeriesStore
from controller.line_tests.tables import LineTestRow
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

BUSY, POINT = PointId("na-hau"), PointId("chau-que")
LONGEST_NAME = "nguyen-thi-minh-nguyet-phong-van-hoa-xa-hoi-xa-quang-phu-cau"


def tell(site: Site, point: PointId) -> None:
    """Add a test of each outcome, the last by somebody with a long name."""
    now = datetime.now(UTC)
    store = SeriesStore(site.web.series)
    way = ThroughputWay(rate_bps=18_400_000, test_bytes=14_000_000, rtt_ms=412.0)
    short = ThroughputWay(rate_bps=9_100_000, is_at_least=True, test_bytes=40_000_000, rtt_ms=38.0)
    said = [
        ThroughputBody(test_id="", outcome="done", idle_rtt_ms=21.0, up=short, down=way),
        ThroughputBody(test_id="", outcome="stopped", reason="meeting", up=way),
        ThroughputBody(
            test_id="", outcome="refused", reason="reflector",
            problem="no test by TCP at trung-tam.example.vn port 8862: Connection refused",
        ),
        ThroughputBody(test_id="", outcome="failed", reason="line", problem="Broken pipe"),
    ]  # fmt: skip
    for back, body in enumerate(reversed([*said, *said[:1]]), start=1):
        at, test_id = now - timedelta(hours=back), f"{back:016x}"
        with writing(site.web.state) as session:
            session.add(
                LineTestRow(
                    test_id=test_id, point_id=point, cause="night" if back % 2 else "asked",
                    asked_by="" if back % 2 else LONGEST_NAME, made_at=at, begins_at=at,
                    expires_at=at, ends_at=at, duration_s=6, most_bytes=1, outcome=body.outcome,
                )
            )  # fmt: skip
        report = Report(
            outbox_id="outbox-of-tests", seq=back, measured_at=at, boot_id="cd" * 16,
            monotonic_ms=1, clock=ClockState(source="ntp", error_ms=1.0),
            body=ThroughputBody(
                test_id=test_id, outcome=body.outcome, reason=body.reason, problem=body.problem,
                idle_rtt_ms=body.idle_rtt_ms, up=body.up, down=body.down,
            ),
        )  # fmt: skip
        name = OutboxName(point, report.outbox_id)
        store.commit([Arrival(name, report, codec.encode(report), at=at, received_at=at)])


def drawn(page: Page) -> None:
    page.wait_for_selector("#history[data-state=drawn] canvas")
    page.evaluate("document.fonts.ready.then(() => true)")


def test_what_tests_found_is_listed_and_drawn_and_in_a_meeting_there_is_none(
    page: Page, own_site: Site
) -> None:
    tell(own_site, BUSY)
    sign_in(page, own_site, Role.OFFICE)
    page.goto(f"{own_site.url}/points/{BUSY}")
    expect(page.get_by_test_id("line-test")).to_have_count(5)
    first = page.get_by_test_id("line-test").first
    expect(first).to_contain_text("18\u00a0Mbit/s")
    expect(page.get_by_test_id("line-tests").locator("thead")).to_contain_text("Tải xuốngTải lên")
    expect(page.locator("#history .legend-tested-down")).to_be_visible()
    expect(page.get_by_test_id("line-test-refused")).to_contain_text("đang họp")
    expect(page.get_by_test_id("line-test-ask")).to_be_disabled()
    assert misfits(page, "line-tests", ready=drawn) == {}


def test_a_line_is_tested_by_a_button_and_stopped_by_another(page: Page, own_site: Site) -> None:
    sign_in(page, own_site, Role.OFFICE)
    page.goto(f"{own_site.url}/points/{POINT}")
    page.get_by_test_id("line-test-ask").click()
    expect(page.get_by_test_id("line-test-running")).to_be_visible()
    expect(page.get_by_test_id("line-test")).to_have_count(1)
    page.get_by_test_id("line-test-stop").click()
    expect(page.get_by_test_id("line-test-running")).to_have_text("Đang dừng…")
