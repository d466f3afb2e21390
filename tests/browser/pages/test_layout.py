"""Every page in every size and language: nothing scrolls sideways, no text is cut off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import CLIPPED, SIZES, misfits, name_of
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

PATHS = [
    "/people",
    "/audit",
    "/settings",
    "/account",
    "/",
    "/points",
    "/points?order=worst",
    "/points/na-hau",
    "/points/na-hau?span=1y",
    "/points/che-tao",
    "/points/lao-chai",
    "/points/khanh-yen",
    "/points/khanh-yen/change",
    "/points/na-hau/availability",
    "/availability",
    "/availability?unit=moi",
    "/availability/days",
    "/availability/days?month=year",
    "/thresholds",
    "/thresholds?rtt_ms=1&loss_ratio=0,1&cpu_ratio=1&memory_ratio=1",
    "/thresholds?rtt_ms=x",
    "/thresholds?part=new",
    "/maintenance",
    "/maintenance/new?unit=moi",
    "/carriers",
    "/carriers/vnpt",
    "/carriers/moi",
    "/carriers/vnpt/evidence",
    "/carriers/moi/evidence",
    "/carriers/contracts/new",
    "/carriers/contracts/c0",
    "/assets",
    "/assets?unit=moi",
    "/meetings",
    "/meetings/over",
    "/meetings/later",
    "/meetings/new",
    "/calendars",
    "/meetings/m-live",
    "/meetings/m-to-come",
    "/meetings/m-past",
    "/meetings/m-past/lines",
    "/meetings/m-past/log",
    "/meetings/m-to-come/lines",
    "/centre",
    "/incidents",
    "/incidents/channels",
    "/incidents/channels/new",
    "/search?q=xa",
    "/wall",
    "/wall/screens",
    "/no-such-page",
]


@pytest.fixture(scope="module", params=["vi", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, shared_site: Site, language: str) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    sign_in(page, shared_site, Role.ADMIN)
    page.goto(f"{shared_site.url}/language/{language}?next=/meetings")
    assert page.locator("html").get_attribute("lang") == language
    page.close()
    yield context
    context.close()


def settled(page: Page, path: str) -> None:
    """Wait until everything a page fetches is there."""
    if path.startswith("/points/") and not path.endswith(("/change", "/availability")):
        page.wait_for_selector("dc-history[data-state=drawn]")
    if path == "/meetings/m-live":
        page.wait_for_selector("[data-testid=player-state][data-state=certificate]")
    page.evaluate("document.fonts.ready.then(() => true)")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_scrolls_sideways_and_no_text_is_cut(
    signed_in: BrowserContext, shared_site: Site, language: str, path: str
) -> None:
    page = signed_in.new_page()
    page.goto(shared_site.url + path)
    settled(page, path)
    if path == "/meetings/new":
        page.check("input[name=classification][value=normal]")
    found = misfits(page, f"{name_of(path)}-{language}")
    page.close()
    assert found == {}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_sign_in_page_fits(browser: Browser, shared_site: Site, size: tuple[int, int]) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(f"{shared_site.url}/sign-in")
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    clipped = page.evaluate(CLIPPED)
    page.close()
    assert widths[0] <= widths[1]
    assert clipped == []


def test_vietnamese_letters_come_from_the_font_served_here(
    signed_in: BrowserContext, shared_site: Site
) -> None:
    page = signed_in.new_page()
    fonts: list[str] = []
    page.on("response", lambda answer: fonts.append(answer.url) if "woff2" in answer.url else None)
    page.goto(shared_site.url)
    settled(page, "/")
    is_loaded = page.evaluate("document.fonts.check('16px \"Inter Variable\"', 'Ễ Ậ ọ ử')")
    page.close()
    assert is_loaded
    assert any("vietnamese" in url for url in fonts)
    assert all(url.startswith(shared_site.url) for url in fonts)


def test_a_long_log_leaves_room_on_the_screen_and_is_whole_on_paper(
    signed_in: BrowserContext, shared_site: Site, language: str
) -> None:
    page = signed_in.new_page()
    page.goto(f"{shared_site.url}/meetings/m-past")
    log = page.get_by_test_id("log")
    # At once: the page's next look at the server takes away what is added here.
    lengthened = """log => {
        for (let n = 0; n < 60; n++) log.append(log.firstElementChild.cloneNode(true));
        return [log.clientHeight, log.scrollHeight - log.clientHeight, log.children.length];
    }"""
    height_px, hidden_px, _ = log.evaluate(lengthened)
    assert height_px <= 480 and hidden_px > 0
    page.emulate_media(media="print")
    _, hidden_px, lines = log.evaluate(lengthened)
    assert hidden_px == 0 and lines > 60
    page.close()
