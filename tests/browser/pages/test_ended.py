"""What a person sees when the session has ended, and when the centre refuses or fails."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.site import PASSWORD, Site

pytestmark = pytest.mark.browser


def sign_out_elsewhere(context: BrowserContext, site: Site) -> None:
    other = context.new_page()
    other.goto(f"{site.url}/account")
    other.get_by_test_id("person").click()
    other.get_by_test_id("sign-out").click()
    # A tab that is closed sooner takes its request along.
    other.wait_for_url(f"{site.url}/sign-in*")
    other.close()


def test_after_signing_out_in_another_tab_a_page_says_so_and_leads_back(
    context: BrowserContext, page: Page, site: Site
) -> None:
    sign_in(page, site, Role.VIEWER)
    page.goto(f"{site.url}/meetings")
    expect(page.locator("#live-state")).to_contain_text("Trực tiếp")
    sign_out_elsewhere(context, site)
    expect(page.get_by_test_id("sign-in-error")).to_have_text("Phiên làm việc đã kết thúc.")
    page.fill("#user_name", "viewer")
    page.fill("#password", PASSWORD)
    page.click("[data-testid=sign-in]")
    expect(page).to_have_url(f"{site.url}/meetings")


def test_what_is_being_typed_stays(context: BrowserContext, page: Page, site: Site) -> None:
    sign_in(page, site, Role.ADMIN)
    page.goto(f"{site.url}/people")
    expect(page.locator("#live-state")).to_contain_text("Trực tiếp")
    page.fill("#person-name", "nguyen.van.a")
    sign_out_elsewhere(context, site)
    expect(page.locator("#session-bar")).to_contain_text(
        "Những gì đang gõ ở trang này chưa được lưu"
    )
    expect(page.locator("#offline-bar")).to_have_count(0)
    assert page.input_value("#person-name") == "nguyen.van.a"
    page.get_by_role("link", name="đăng nhập lại").click()
    expect(page.get_by_test_id("sign-in-error")).to_be_visible()


def test_a_button_that_was_refused_says_why(page: Page, site: Site) -> None:
    sign_in(page, site, Role.OFFICE)
    page.goto(f"{site.url}/meetings/m-live")
    page.evaluate("document.body.setAttribute('hx-headers', '{\"X-CSRF-Token\": \"old\"}')")
    page.get_by_test_id("grant-gia-hoi").click()
    expect(page.locator("#problem")).to_contain_text("Tải lại trang rồi thử lại")


def test_a_fault_of_the_centre_is_told_in_vietnamese(page: Page, own_site: Site) -> None:
    sign_in(page, own_site, Role.VIEWER)
    with own_site.web.state.begin() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql("UPDATE meeting SET state = 'nobody knows this one'")
    answer = page.goto(f"{own_site.url}/meetings")
    assert answer is not None
    assert answer.status >= 500
    expect(page.get_by_test_id("refusal")).to_have_text("Trung tâm chưa làm được lúc này")
    expect(page.locator("main")).to_contain_text("Trung tâm gặp lỗi khi làm việc này")


def test_who_may_not_is_told_within_their_pages(page: Page, site: Site) -> None:
    sign_in(page, site, Role.VIEWER)
    page.goto(f"{site.url}/audit")
    expect(page.get_by_test_id("refusal")).to_be_visible()
    expect(page.get_by_role("navigation", name="Các trang")).to_be_visible()
