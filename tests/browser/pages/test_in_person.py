"""A meeting in person is entered after it was held: the form asks less, its page has no console."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from contracts.local_days import ZONE
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser


def test_what_was_held_in_person_is_entered(page: Page, site: Site) -> None:
    sign_in(page, site, Role.OFFICE)
    page.goto(f"{site.url}/meetings/new")
    page.check("input[name=classification][value=normal]")
    expect(page.locator(".only-online").last).to_be_visible()
    page.get_by_test_id("held-in_person").check()
    expect(page.locator(".only-online").last).to_be_hidden()
    page.fill("#title", "Họp tổng kết công tác phòng, chống thiên tai năm 2026 vùng cao")
    ago = (datetime.now(UTC) - timedelta(days=9)).astimezone(ZONE)
    page.fill("#date", f"{ago:%Y-%m-%d}")
    page.fill("#begins", "08:00")
    page.select_option("#chair_point_id", "tinh-uy")
    found = misfits(page, "in-person-form")
    page.get_by_test_id("save-meeting").click()
    expect(page.get_by_test_id("in-person")).to_have_attribute("data-phase", "ended")
    expect(page.get_by_test_id("console")).to_have_count(0)
    expect(page.get_by_test_id("rooms")).to_contain_text("Văn phòng Tỉnh ủy")
    found |= misfits(page, "in-person-page")
    page.goto(f"{site.url}/meetings?held_as=in_person")
    found |= misfits(page, "in-person-list")
    assert found == {}
