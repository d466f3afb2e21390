"""The time a point's chart shows: chosen by keys alone, and table and file follow it."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from contracts.local_days import ZONE
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.site import Site
from tests.browser.pages.test_live import change_presence

pytestmark = pytest.mark.browser


def csv_lines(page: Page) -> tuple[str, list[str]]:
    """Return the file's name and its rows."""
    with page.expect_download() as download:
        page.get_by_test_id("csv").click()
    return download.value.suggested_filename, download.value.path().read_text().splitlines()[1:]


def test_a_span_is_chosen_by_keys_and_everything_follows(page: Page, site: Site) -> None:
    sign_in(page, site, Role.VIEWER)
    page.goto(f"{site.url}/points/na-hau")
    expect(page.locator("[data-testid=spans] [aria-current]")).to_have_text("24 giờ")
    page.get_by_test_id("span-3").focus()
    page.keyboard.press("Tab")
    with page.expect_response("**/points/na-hau/series.json?span=7d") as fetched:
        page.keyboard.press("Enter")
    expect(page.locator("#chart-title")).to_have_text("7 ngày qua")
    expect(page.locator("dc-history[data-state=drawn] canvas").first).to_be_visible()
    figures = fetched.value.json()
    assert 168 <= len(figures["at"]) <= 169
    assert figures["samples"][0] == 0
    assert (figures["rtt"][0], figures["loss"][0]) == (None, None)
    assert figures["words"]["median"] == "trung vị 1 giờ"
    page.locator("[data-testid=chart-table] summary").click()
    rows = page.locator("[data-testid=chart-table] tbody tr")
    assert 8 <= rows.count() <= 9
    expect(rows.last).to_contain_text("chưa có dữ liệu")
    name, lines = csv_lines(page)
    assert (name, len(lines)) == ("na-hau-7d.csv", len(figures["at"]))
    assert lines[0].split(",")[1:3] == ["0", ""]


def test_two_days_are_chosen_and_stay_while_the_page_follows(page: Page, site: Site) -> None:
    yesterday = (datetime.now(UTC).astimezone(ZONE) - timedelta(days=1)).date()
    sign_in(page, site, Role.VIEWER)
    page.goto(f"{site.url}/points/na-hau")
    page.fill("#span-from", yesterday.isoformat())
    page.fill("#span-to", yesterday.isoformat())
    page.keyboard.press("Enter")
    title = page.locator("#chart-title")
    expect(title).to_have_text(f"{yesterday:%d/%m/%Y}")
    leads = page.get_by_test_id("span-interruptions")
    days = f"from={yesterday}&to={yesterday}"
    expect(leads).to_have_attribute("href", f"/points/na-hau/availability?{days}")
    change_presence(site, "na-hau", "down")
    expect(page.get_by_test_id("state")).to_have_attribute("data-state", "down")
    change_presence(site, "na-hau", "up")
    expect(title).to_have_text(f"{yesterday:%d/%m/%Y}")
    name, lines = csv_lines(page)
    assert (name, len(lines)) == (f"na-hau-{yesterday}-{yesterday}.csv", 288)
    assert lines[0].startswith(f"{yesterday}T00:00:00+07:00")


def test_days_in_the_wrong_order_are_told(page: Page, site: Site) -> None:
    sign_in(page, site, Role.VIEWER)
    page.goto(f"{site.url}/points/na-hau?from=2026-11-02&to=2026-11-01")
    expect(page.locator("main")).to_contain_text("Chọn ngày đầu và ngày cuối")


def test_every_figure_is_drawn_over_the_chosen_time(page: Page, site: Site) -> None:
    sign_in(page, site, Role.VIEWER)
    with page.expect_response("**/points/na-hau/figures.json?span=7d") as fetched:
        page.goto(f"{site.url}/points/na-hau?span=7d")
        page.locator("[data-testid=figure-charts] summary").click()
    figures = {one["name"]: one for one in fetched.value.json()["figures"]}
    assert {"cpu_ratio", "memory_ratio", "load_1min_count", "gateway_rtt_ms"} <= figures.keys()
    assert "rtt_ms" not in figures
    assert all(len(one["mean"]) == len(fetched.value.json()["at"]) for one in figures.values())
    drawn = page.locator("#figure-history[data-state=drawn] canvas")
    expect(drawn).to_have_count(len(figures))
    expect(page.locator("#figure-history")).to_contain_text("Tải bộ xử lý (%)")
