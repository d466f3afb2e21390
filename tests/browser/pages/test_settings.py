"""What is set at the centre, for administrators to read."""

import pytest
from playwright.sync_api import Page, expect

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser


def test_an_administrator_reads_what_is_set_and_where(page: Page, shared_site: Site) -> None:
    sign_in(page, shared_site, Role.ADMIN)
    page.get_by_role("link", name="Cài đặt").click()
    loss = page.get_by_test_id("setting-loss_ratio")
    expect(loss).to_contain_text("Mất gói trong mười phút")
    expect(loss).to_contain_text("2,5")
    expect(page.locator("main")).to_contain_text(
        "systemctl restart diemcau-controller-web diemcau-controller-enrolment"
    )
    expect(page.locator("main")).to_contain_text("/etc/diemcau/controller.toml")


def test_others_neither_see_nor_open_it(page: Page, shared_site: Site) -> None:
    sign_in(page, shared_site, Role.OFFICE)
    expect(page.get_by_role("link", name="Cài đặt")).to_have_count(0)
    page.goto(f"{shared_site.url}/settings")
    expect(page.get_by_test_id("refusal")).to_have_text("Người dùng này không được làm")
