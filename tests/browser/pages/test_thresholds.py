"""A template is made, tried, confirmed and saved in the page, and the change undone."""

import pytest
from playwright.sync_api import Browser, expect

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser
NAME = "Vô tuyến điện Đặc khu Phú Quý qua vệ tinh"[:40]


def test_a_template_is_tried_saved_and_undone(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    sign_in(page, site, Role.ADMIN)
    page.goto(f"{site.url}/thresholds?part=new")
    page.fill("#name", NAME)
    page.fill("#rtt_ms", "1")
    page.fill("#loss_ratio", "0,1")
    page.select_option("#joins", value="unit:moi")
    page.get_by_test_id("thresholds-try").click()
    expect(page.get_by_test_id("thresholds-changes")).to_contain_text("Khứ hồi 150 → 1 ms")
    assert misfits(page, "thresholds-tried") == {}
    page.fill("#reason", "Đường vệ tinh chậm hơn cáp quang, xã đề nghị")
    if page.get_by_test_id("thresholds-understood").count():
        page.get_by_test_id("thresholds-understood").check()
    page.get_by_test_id("thresholds-save").click()
    expect(page.get_by_test_id("thresholds-saved")).to_be_visible()
    expect(page.get_by_test_id("thresholds-history")).to_contain_text("Đường vệ tinh chậm hơn")
    assert misfits(page, "thresholds-saved") == {}
    page.locator("[data-testid=thresholds-form] summary").click()
    assert misfits(page, "thresholds-members") == {}
    page.get_by_test_id("thresholds-undo").click()
    expect(page.get_by_test_id("thresholds-changes")).to_contain_text("đã bỏ")
    page.fill("#reason", "Thử nhầm")
    page.get_by_test_id("thresholds-save").click()
    expect(page.get_by_test_id("thresholds-parts")).not_to_contain_text(NAME)
    expect(page.get_by_test_id("thresholds-undo")).to_be_visible()
    context.close()
