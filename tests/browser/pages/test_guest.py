"""A guest by a link: from the office's button to the picture at a room, and out again."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages.seed import LIVE
from tests.browser.pages.test_part import publishes, sent
from tests.browser.pages.test_player import COUNTING, Stage, staged
from tests.browser.pages.test_share import told
from tests.fakes.relay import B, C, machine_address
from tests.fakes.webrtc import Player
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
]
OPEN_PEERS = "__peers.filter((one) => one.connectionState !== 'closed').length"


async def invited(office: Page) -> str:
    """Make a link on the meeting's page; return what it has after `#`."""
    await office.get_by_test_id("guest-name").fill("Bà Lò Thị Mai")
    await office.get_by_test_id("guest-make").click()
    url = await office.get_by_test_id("guest-url").input_value()
    await expect(office.get_by_test_id("guest-name")).to_have_value("")
    return url.partition("#")[2]


async def no_peers_of(page: Page) -> None:
    """Wait until nothing comes to a page or goes from it any more."""

    async def has_none() -> bool:
        return int(await page.evaluate(OPEN_PEERS)) == 0

    await until(has_none, 2, "its media are ended")


async def opened(stage: Stage, shown: str) -> Page:
    """Open a link in a browser of its own."""
    context = await stage.browser.new_context(ignore_https_errors=True, locale="vi-VN")
    await context.grant_permissions(["camera", "microphone"])
    page = await context.new_page()
    await page.add_init_script(COUNTING)
    await page.goto(f"{stage.site.url}/guest#{shown}")
    await expect(page.get_by_test_id("guest")).to_have_attribute("data-standing", "open")
    assert page.url == f"{stage.site.url}/guest"
    return page


async def test_a_guest_comes_by_a_link_speaks_to_a_room_and_is_withdrawn(built, tmp_path):
    async with staged(tmp_path) as stage:
        await stage.declare(1, B)
        office = await stage.console()
        shown = await invited(office)
        guest_id = shown.partition(".")[0]
        row = office.get_by_test_id(guest_id)
        await expect(row).to_contain_text("Chưa mở")
        room = Player()
        await room.join(stage.relay, C, meeting_id=LIVE)

        page = await opened(stage, shown)
        await expect(row).not_to_contain_text("Chưa mở")
        await page.get_by_test_id("take-part").click()
        part = page.get_by_test_id("part-state")
        await expect(part).to_have_attribute("data-state", "in", timeout=15_000)
        await told(stage, publishes)
        await expect(row).to_contain_text("Đang trong cuộc họp")
        assert await sent(page, "audio") == 0, "no sound before the floor"
        await page.get_by_test_id("part-hand").click()
        await expect(office.get_by_test_id(f"hand-person:{guest_id}")).to_be_visible()
        await office.get_by_test_id(f"grant-person:{guest_id}").click()
        await stage.declare(2, f"person:{guest_id}")
        await expect(part).to_have_attribute("data-heard", "yes", timeout=10_000)
        caption = office.get_by_test_id("speaker-caption")
        await expect(caption).to_contain_text("Bà Lò Thị Mai (khách)")
        await until(lambda: room.frames("speaker") > 10, 15, "the room shows the guest")

        later = await opened(stage, shown)
        await expect(page.get_by_test_id("guest")).to_have_attribute("data-standing", "elsewhere")
        await expect(page.get_by_test_id("guest-said")).to_contain_text("trình duyệt khác")
        await no_peers_of(page)
        await row.get_by_test_id("guest-withdraw").click()
        await expect(later.get_by_test_id("guest")).to_have_attribute("data-standing", "withdrawn")
        await no_peers_of(later)
        await expect(row.get_by_test_id("guest-restore")).to_be_visible()
        assert LIVE not in later.url
        await room.close()
