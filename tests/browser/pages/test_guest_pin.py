"""A guest's link asks for its PIN before anything is said of the meeting."""

import pytest
from playwright.sync_api import Browser, Page, expect

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser


def test_a_guest_types_the_pin_and_is_in(page: Page, browser: Browser, site: Site) -> None:
    sign_in(page, site, Role.OFFICE)
    page.goto(f"{site.url}/meetings/m-to-come")
    page.get_by_test_id("guest-name").fill("Bà Lò Thị Mai")
    page.get_by_test_id("guest-has-pin").check()
    page.get_by_test_id("guest-make").click()
    pin = page.get_by_test_id("guest-pin").inner_text()
    shown = page.get_by_test_id("guest-url").input_value().partition("#")[2]
    found = misfits(page, "pin-made")

    guest = browser.new_context(locale="vi-VN").new_page()
    guest.goto(f"{site.url}/guest#{shown}")
    entry = guest.get_by_test_id("guest-entry")
    expect(entry).to_contain_text("Nhập mã PIN 6 số")
    expect(guest.get_by_test_id("guest-said")).to_be_hidden()
    guest.get_by_test_id("pin").fill(f"{(int(pin) + 1) % 10**6:06}")
    guest.get_by_test_id("pin-send").click()
    expect(entry).to_contain_text("Mã PIN không đúng")
    expect(guest.locator("body")).not_to_contain_text("Bà Lò Thị Mai")
    found |= misfits(guest, "pin-asked")
    guest.get_by_test_id("pin").fill(f"{pin[:3]} {pin[3:]}")
    guest.get_by_test_id("pin").press("Enter")
    expect(guest.locator("body")).to_contain_text("Bà Lò Thị Mai")
    expect(guest.get_by_test_id("pin-entry")).to_be_hidden()
    guest.context.close()
    assert found == {}
