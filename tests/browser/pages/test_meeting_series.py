"""A weekly series is set, seen whole before it is saved, and changed date by date."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from contracts.local_days import ZONE
from controller.db.engine import reading
from controller.meetings.tables import Meeting
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

TITLE = "Họp giao ban tuần"


def meetings(site: Site) -> list[Meeting]:
    with reading(site.web.state) as session:
        return list(session.exec(select(Meeting).where(Meeting.title == TITLE)))


def fill(page: Page, site: Site) -> None:
    sign_in(page, site, Role.OFFICE)
    page.goto(f"{site.url}/meetings/new")
    page.check("input[name=classification][value=normal]")
    page.fill("#title", TITLE)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).astimezone(ZONE)
    page.fill("#date", f"{tomorrow:%Y-%m-%d}")
    page.fill("#begins", "05:10")
    page.select_option("#chair_point_id", "tinh-uy")
    page.locator("input[name=participants][value=na-hau]").check()


def test_a_weekly_series_is_set_and_changed(page: Page, site: Site) -> None:
    fill(page, site)
    expect(page.locator("#repeat_count")).to_be_hidden()
    page.select_option("#repeat", "weekly")
    page.locator("input[name=repeat_on][value='0']").check()
    page.fill("#repeat_count", "201")
    expect(page.get_by_test_id("series-problem")).to_contain_text("tối đa 200 buổi")
    page.fill("#repeat_count", "40")
    page.select_option("#holidays", "next")
    expect(page.get_by_test_id("series-sum")).to_contain_text("buổi")
    expect(page.locator("#series-dates tbody tr")).to_have_count(40)
    found = misfits(page, "series-form")
    page.get_by_test_id("save-meeting").click()
    expect(page.locator("h1")).to_have_text(TITLE)
    expect(page.get_by_test_id("series-date")).to_have_count(40)
    page.get_by_test_id("change").first.locator("summary").click()
    found |= misfits(page, "series-page")

    page.get_by_test_id("change").first.get_by_test_id("cancel-only").click()
    expect(page.get_by_test_id("restore")).to_have_count(1)
    page.get_by_test_id("restore").click()
    expect(page.get_by_test_id("restore")).to_have_count(0)
    change = page.get_by_test_id("change").nth(20)
    change.locator("summary").click()
    change.locator("input[name=begins]").fill("06:40")
    change.get_by_test_id("move-later").click()
    expect(page.get_by_test_id("series-date").nth(20)).to_contain_text("06:40–08:10")
    open_ones = [one for one in meetings(site) if one.state == "scheduled"]
    hours = sorted(f"{one.begins_at.astimezone(ZONE):%H:%M}" for one in open_ones)
    assert hours == ["05:10"] * 20 + ["06:40"] * 20

    page.get_by_test_id("series-date").first.locator("th a").click()
    expect(page.get_by_test_id("of-series")).to_contain_text("buổi 1 trong 40")
    page.goto(f"{site.url}/meetings/later")
    found |= misfits(page, "series-list")
    assert found == {}
