"""The grid of all points: small pictures through a real relay, with names and states."""

from pathlib import Path

import msgspec
import pytest
from playwright.async_api import expect

from contracts.ids import PointId
from tests.browser.pages.seed import LIVE
from tests.browser.pages.test_player import COLOUR, staged
from tests.fakes.relay import machine_address, meeting
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
]
CHAIR, SECOND = PointId("ubnd-tinh"), PointId("nghia-tam")
# A page of four, so that the eight points of the site have two.
FEW = "document.querySelector('dc-grid').size = 4; document.querySelector('dc-grid').turn(0)"


async def test_a_page_of_tiles_shows_who_is_in_and_closed_it_shows_nobody(
    built: None, tmp_path: Path
) -> None:
    async with staged(tmp_path) as stage:
        document = meeting(LIVE, invited=(CHAIR, SECOND))
        await stage.relay.centre.declare(
            msgspec.structs.replace(document, chair=CHAIR, page_origins=(stage.site.url,))
        )
        await stage.publish(CHAIR, "#0000ff")
        await stage.publish(SECOND, "#ff0000")
        page = await stage.console()
        await expect(page.get_by_test_id("player-state")).to_have_attribute(
            "data-state", "playing", timeout=20_000
        )
        await page.locator("h1").click()
        await page.keyboard.press("g")
        await expect(page.get_by_test_id("grid-page")).to_have_text("Trang 1 trên 1")
        tiles = page.locator("#grid-tiles figure:visible")
        await expect(tiles).to_have_count(8)
        await expect(page.get_by_test_id("tile-che-tao")).to_contain_text("chưa vào")

        async def seen() -> list[str | None]:
            found = [await page.evaluate(COLOUR, f"tile-video-{one}") for one in (CHAIR, SECOND)]
            return found if None not in found else []

        async def is_right() -> bool:
            return await seen() == ["blue", "red"]

        await until(is_right, 15, "each tile has its own point's picture")
        await page.evaluate(FEW)
        await expect(page.get_by_test_id("grid-page")).to_have_text("Trang 1 trên 2")
        await expect(tiles).to_have_count(4)
        await page.locator("#grid-tiles").press("ArrowRight")
        await expect(page.get_by_test_id("grid-page")).to_have_text("Trang 2 trên 2")
        assert "ubnd-tinh" not in await tiles.evaluate_all(
            "(all) => all.map((one) => one.dataset.point)"
        )
        await page.locator("#grid-tiles").press("ArrowLeft")
        await until(is_right, 15, "the pictures are back with their page")
