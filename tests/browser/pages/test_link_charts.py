"""Interfaces and switch ports on a point's page: chosen by keys, drawn on its axis, taken away."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from contracts.ids import PointId
from controller.db.engine import writing
from controller.devices.tables import PointDevice
from controller.ingest.tables import Port5Min, PresenceInterval
from controller.roles import Role
from tests.browser.pages import seed_devices
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

POINT = PointId("na-hau")
STEP = timedelta(minutes=5)


def tell(site: Site) -> str:
    """Add devices in every state, a day of one port, and forty outages; return the switch."""
    seed_devices.add(site.web, POINT)
    now = datetime.now(UTC)
    start = now - timedelta(seconds=now.timestamp() % 300)
    with writing(site.web.state) as session:
        named = select(PointDevice.device_id).where(PointDevice.name == seed_devices.LONG)
        switch = session.exec(named).one()
    with writing(site.web.series) as session:
        for back in range(280):
            busy = 10**9 * (back % 60)
            session.add(
                Port5Min(
                    point_id=POINT, device_id=switch, if_index=7, begins_at=start - back * STEP,
                    samples=5, up_samples=5 if back % 70 else 2, in_samples=5, in_sum_bps=busy,
                    in_max_bps=busy // 2, out_samples=0, out_sum_bps=0, out_max_bps=None,
                    errors_counted=1234 if back % 9 == 0 else 0,
                )
            )  # fmt: skip
        for one in session.exec(select(PresenceInterval).where(PresenceInterval.point_id == POINT)):
            session.delete(one)
        began = [now - timedelta(hours=3 * number) for number in range(41, 0, -1)]
        for number, at in enumerate(began):
            for state, begin, end in (
                ("down", at, at + timedelta(minutes=20)),
                ("up", at + timedelta(minutes=20), [*began[1:], None][number]),
            ):
                session.add(
                    PresenceInterval(
                        point_id=POINT, state=state, began_at=begin, noticed_at=begin, ended_at=end
                    )
                )
    return switch


def drawn(page: Page) -> None:
    for one in ("history", "link-history"):
        page.wait_for_selector(f"#{one}[data-state=drawn] canvas")
    page.evaluate("document.fonts.ready.then(() => true)")


def fits(page: Page, name: str) -> None:
    assert misfits(page, name, ready=drawn) == {}


def test_a_port_is_chosen_drawn_and_taken_away(page: Page, own_site: Site) -> None:
    switch = tell(own_site)
    sign_in(page, own_site, Role.ADMIN)
    page.goto(f"{own_site.url}/points/{POINT}?span=6h")
    expect(page.locator("#link-history")).not_to_be_visible()
    expect(page.get_by_test_id("outages").locator("tbody tr")).to_have_count(6)
    expect(page.get_by_test_id("more-outages")).to_contain_text("Các lần trước đó: 35")
    page.locator(f"#ports-{switch} summary").click()
    page.locator(f"#ports-{switch} tr[data-key='7'] a").click()
    page.wait_for_url(lambda url: url.endswith(f"/{POINT}?span=6h&link={switch}/7#links"))
    drawn(page)
    titles = page.locator("#link-history .chart-title")
    expect(titles).to_have_count(4)
    expect(titles.nth(1)).to_contain_text("Mức dùng so với tốc độ hiện nay 10 Gbit/s")
    expect(titles.nth(3)).to_contain_text("Lỗi, trong 5 phút")
    fits(page, "port")
    with page.expect_download() as download:
        page.locator("#link-history").get_by_test_id("file-in").press("Enter")
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert (
        lines[0]
        == 'begins_at,"Vào (Mbit/s), trung bình","Vào (Mbit/s), thấp nhất","Vào (Mbit/s), cao nhất"'
    )
    assert len(lines) == 1 + 73
    with page.expect_download() as download:
        page.locator("#history").get_by_test_id("file-loss").click()
    assert download.value.suggested_filename == f"{POINT}-loss-6h.csv"
    page.select_option("#link", "enp1s0")
    page.get_by_test_id("link-show").press("Enter")
    page.wait_for_url(lambda url: url.endswith("span=6h&link=enp1s0#links"))
    drawn(page)
    expect(page.locator("#link-history .chart-title").first).to_contain_text("Vào (Mbit/s)")
    page.get_by_test_id("span-4").press("Enter")
    page.wait_for_url(lambda url: url.endswith("link=enp1s0&span=7d"))
    drawn(page)
