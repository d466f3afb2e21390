"""axe finds nothing serious on any page, in both themes; keyboards reach what matters."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.site import Site
from tests.browser.pages.test_layout import PATHS, settled

pytestmark = pytest.mark.browser

SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def open_to_axe(browser: Browser, shared_site: Site) -> Iterator[BrowserContext]:
    """A signed-in browser into whose pages the test may put axe."""
    context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", bypass_csp=True)
    page = context.new_page()
    sign_in(page, shared_site, Role.ADMIN)
    page.close()
    yield context
    context.close()


@pytest.mark.parametrize("path", ["/sign-in", *PATHS])
def test_axe_finds_nothing_serious_in_either_theme(
    open_to_axe: BrowserContext, shared_site: Site, path: str
) -> None:
    page = open_to_axe.new_page()
    page.goto(shared_site.url + path)
    settled(page, path)
    found: list[object] = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found += [
            (theme, rule["id"], rule["help"], [node["target"] for node in rule["nodes"]][:4])
            for rule in Axe().run(page).response["violations"]
            if rule["impact"] in SERIOUS
        ]
    page.close()
    assert found == []


def test_the_first_tab_offers_to_skip_to_the_content(
    open_to_axe: BrowserContext, shared_site: Site
) -> None:
    page = open_to_axe.new_page()
    page.goto(shared_site.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()
