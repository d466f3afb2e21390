"""A site and a Chromium for this worker's tests; each test has a context of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from controller.roles import Role
from scripts import build_web
from tests.browser.pages.site import PASSWORD, Site, make_installation, running
from tests.conftest import CHROMIUM

# Two cores are shared with every other test: patience costs nothing when all is well.
expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def built() -> None:
    """Have the pages' scripts and styles."""
    build_web.build()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file's tests: while Playwright's loop runs, no other can."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--font-render-hinting=none"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def shared_site(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A populated site for tests that only look."""
    with running(make_installation(tmp_path_factory.mktemp("site"))) as site:
        yield site


@pytest.fixture(scope="module")
def site(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A populated site for one file's tests, which change things."""
    with running(make_installation(tmp_path_factory.mktemp("site"))) as site:
        yield site


@pytest.fixture
def own_site(built: None, tmp_path: Path) -> Iterator[Site]:
    """A populated site for one test after which nothing is as it was."""
    with running(make_installation(tmp_path)) as site:
        yield site


@pytest.fixture
def empty_site(built: None, tmp_path: Path) -> Iterator[Site]:
    """A site as it is after `init`: nobody, no point, no meeting."""
    with running(make_installation(tmp_path), is_populated=False) as site:
        yield site


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of a fresh browser."""
    return context.new_page()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile."""
    fresh = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    fresh.set_default_timeout(60_000)
    yield fresh
    fresh.close()


def sign_in(page: Page, site: Site, role: Role) -> None:
    """Sign in as a person does."""
    page.goto(f"{site.url}/sign-in")
    page.fill("#user_name", role.value)
    page.fill("#password", PASSWORD)
    page.click("[data-testid=sign-in]")
    page.wait_for_url(f"{site.url}/")
