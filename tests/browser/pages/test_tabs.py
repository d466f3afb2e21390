"""Eight tabs of one browser: all follow the centre, over one connection."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.site import Site
from tests.browser.pages.test_live import change_presence

pytestmark = pytest.mark.browser
TABS = 8
HIDE = """(state) => {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def opened(context: BrowserContext, site: Site, count: int = TABS) -> list[Page]:
    """Return tabs with the overview, all of which follow."""
    first = context.new_page()
    sign_in(first, site, Role.VIEWER)
    pages = [first, *(context.new_page() for _ in range(count - 1))]
    for page in pages[1:]:
        page.goto(f"{site.url}/")
    for page in pages:
        expect(page.locator("#live-state")).to_contain_text("Trực tiếp")
    return pages


def wait_for_listeners(page: Page, site: Site, count: int) -> None:
    for _ in range(200):
        if site.web.hub.listeners == count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{site.web.hub.listeners} streams are open, expected {count}")


def expect_state(pages: list[Page], state: str) -> None:
    for page in pages:
        expect(page.get_by_test_id("point-cat-thinh")).to_have_attribute("data-state", state)


def test_all_tabs_follow_over_one_stream_and_can_still_go_anywhere(
    context: BrowserContext, site: Site
) -> None:
    pages = opened(context, site)
    assert site.web.hub.listeners == 1
    change_presence(site, "cat-thinh", "down")
    expect_state(pages, "down")
    for page in pages:
        page.goto(f"{site.url}/meetings")
        expect(page.locator("#live-state")).to_contain_text("Trực tiếp")
    change_presence(site, "cat-thinh", "up")
    wait_for_listeners(pages[0], site, 1)


def test_when_the_listening_tab_goes_the_next_one_listens(
    context: BrowserContext, site: Site
) -> None:
    first, *others = opened(context, site, 3)
    first.close()
    change_presence(site, "cat-thinh", "down")
    expect_state(others, "down")
    change_presence(site, "cat-thinh", "up")
    expect_state(others, "up")
    wait_for_listeners(others[0], site, 1)
    assert site.web.hub.dropped_total == 0


def test_a_hidden_tab_listens_to_nothing_and_looks_again_when_shown(
    context: BrowserContext, site: Site
) -> None:
    (page,) = opened(context, site, 1)
    page.evaluate(HIDE, "hidden")
    wait_for_listeners(page, site, 0)
    change_presence(site, "cat-thinh", "down")
    expect(page.get_by_test_id("point-cat-thinh")).to_have_attribute("data-state", "up")
    page.evaluate(HIDE, "visible")
    expect_state([page], "down")
    change_presence(site, "cat-thinh", "up")
    expect_state([page], "up")
    assert site.web.hub.listeners == 1


def test_without_locks_each_shown_tab_listens_for_itself(
    context: BrowserContext, site: Site
) -> None:
    context.add_init_script("delete Navigator.prototype.locks")
    pages = opened(context, site, 2)
    assert site.web.hub.listeners == 2
    change_presence(site, "cat-thinh", "down")
    expect_state(pages, "down")
    change_presence(site, "cat-thinh", "up")
    expect_state(pages, "up")
