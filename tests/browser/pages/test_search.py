"""Search in a real browser: by key, as one types, without accents, and without JavaScript."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import CLIPPED, SHOTS, SIZES
from tests.browser.pages.site import Site
from tests.browser.pages.test_access import SERIOUS

pytestmark = pytest.mark.browser

# What of the list or the field lies outside the screen.
OFF_SCREEN = """() => ['search', 'search-found'].filter((id) => {
  const box = document.getElementById(id).getBoundingClientRect();
  return box.left < 0 || box.right > innerWidth || box.width < 200;
})"""


def test_a_key_leads_to_the_field_and_arrows_to_what_is_found(
    page: Page, shared_site: Site
) -> None:
    sign_in(page, shared_site, Role.OFFICE)
    page.goto(f"{shared_site.url}/points")
    found = page.locator("#search-found")
    page.keyboard.press("/")
    expect(page.get_by_test_id("search")).to_be_focused()
    expect(page.get_by_test_id("search")).to_have_value("")
    page.keyboard.type("che tao")
    expect(found.get_by_role("link", name="Xã Chế Tạo")).to_be_visible()
    expect(page.locator("#search-said")).to_have_text("1 kết quả")
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    expect(page.get_by_test_id("search")).to_have_value("che tao")
    page.keyboard.type(" /x")
    expect(page.locator("#search-said")).to_contain_text("Không tìm thấy")
    for _ in range(3):
        page.keyboard.press("Backspace")
    expect(found.get_by_role("link")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(found.get_by_role("link")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("search")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/points/che-tao")


def test_it_closes_where_one_goes_on_and_opens_again(page: Page, shared_site: Site) -> None:
    sign_in(page, shared_site, Role.OFFICE)
    page.goto(f"{shared_site.url}/meetings")
    page.get_by_test_id("search").fill("giao ban")
    found = page.locator("#search-found")
    expect(found.get_by_role("link")).to_have_count(2)
    page.locator("h1").click()
    expect(found).to_be_hidden()
    page.get_by_test_id("search").focus()
    found.get_by_role("link", name="Giao ban tháng 10").click()
    page.wait_for_url("**/meetings/m-past")


def test_the_key_does_nothing_in_fields_dialogs_and_where_keys_are_off(
    page: Page, shared_site: Site
) -> None:
    sign_in(page, shared_site, Role.OFFICE)
    page.goto(f"{shared_site.url}/meetings/new")
    page.check("input[name=classification][value=normal]")
    page.locator("#title").fill("512")
    page.keyboard.press("/")
    expect(page.locator("#title")).to_have_value("512/")
    page.goto(f"{shared_site.url}/meetings/m-live")
    field = page.get_by_test_id("search")
    page.keyboard.press("?")
    page.locator("[data-keys-on]").uncheck()
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.locator("#keys-dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(field).not_to_be_focused()
    page.keyboard.press("?")
    page.locator("[data-keys-on]").check()
    page.keyboard.press("Escape")
    expect(page.locator("#keys-dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(field).to_be_focused()


def test_what_is_found_fits_every_screen_and_axe_finds_nothing_serious(
    browser: Browser, shared_site: Site
) -> None:
    context = browser.new_context(locale="vi-VN", bypass_csp=True)
    page = context.new_page()
    sign_in(page, shared_site, Role.ADMIN)
    page.goto(shared_site.url)
    page.get_by_test_id("search").fill("t")
    expect(page.locator("#search-found h2")).to_have_count(4)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("document.fonts.ready.then(() => true)")
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"search-open-{width}.png")
        scrolled = page.evaluate("document.documentElement.scrollWidth")
        found = [scrolled - width, page.evaluate(CLIPPED), page.evaluate(OFF_SCREEN)]
        assert found == [0, [], []], width
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        rules = Axe().run(page).response["violations"]
        assert [rule["id"] for rule in rules if rule["impact"] in SERIOUS] == [], theme
    context.close()


def test_it_leads_to_a_page_of_its_own_without_javascript(
    browser: Browser, shared_site: Site
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, shared_site, Role.OFFICE)
    page.get_by_test_id("search").fill("muong khong co")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("search-none")).to_contain_text("Không tìm thấy")
    page.locator("#search-whole").fill("lao chai")
    page.keyboard.press("Enter")
    page.locator("main").get_by_role("link", name="Xã Lao Chải").click()
    page.wait_for_url("**/points/lao-chai")
    context.close()
