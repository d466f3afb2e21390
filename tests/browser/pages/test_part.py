"""A person takes part by the page: a hand, the floor, seen and heard by another, and out again."""

import pytest
from playwright.async_api import Page, expect

from contracts.relay import MeetingState
from controller.roles import Role
from tests.browser.pages.seed import LIVE
from tests.browser.pages.test_player import staged
from tests.browser.pages.test_share import told
from tests.fakes.relay import B, machine_address
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
]
OFFICE = f"person:{Role.OFFICE.value}"
SENT = """async (kind) => {
  let sent = 0;
  for (const peer of __peers) for (const one of (await peer.getStats()).values())
    if (one.type === 'outbound-rtp' && one.kind === kind) sent += one.packetsSent;
  return sent;
}"""
FRAMES = "document.getElementById('video-speaker').getVideoPlaybackQuality().totalVideoFrames"


def publishes(state: MeetingState) -> bool:
    return any(one.direction == "publish" and one.is_connected for one in state.attendees)


async def sent(page: Page, kind: str) -> int:
    """Return how many packets of a kind the page has sent."""
    return int(await page.evaluate(SENT, kind))


async def test_a_person_takes_part_and_is_seen_and_heard_with_the_floor(built, tmp_path):
    async with staged(tmp_path) as stage:
        await stage.declare(1, B)
        viewer = await stage.console(user=Role.ADMIN)
        page = await stage.console()
        await page.context.grant_permissions(["camera", "microphone"])
        await page.get_by_test_id("take-part").click()
        part = page.get_by_test_id("part-state")
        await expect(part).to_have_attribute("data-state", "in", timeout=15_000)
        await expect(part).to_contain_text("Tiếng chỉ phát đi khi được mời phát biểu")
        await told(stage, publishes)

        async def has_sent_picture() -> bool:
            return await sent(page, "video") > 0

        await until(has_sent_picture, 10, "the small picture goes out")
        assert await sent(page, "audio") == 0, "no sound before the floor"

        await page.get_by_test_id("part-hand").click()
        await expect(page.get_by_test_id("part-hand")).to_have_attribute("aria-pressed", "true")
        await expect(viewer.get_by_test_id(f"hand-{OFFICE}")).to_be_visible()
        await viewer.get_by_test_id(f"grant-{OFFICE}").click()
        await stage.declare(2, OFFICE)
        await expect(part).to_have_attribute("data-heard", "yes", timeout=10_000)
        await expect(viewer.get_by_test_id(f"hand-{OFFICE}")).to_have_count(0)
        await expect(viewer.get_by_test_id("speaker-caption")).to_contain_text("Lê Thu Hà")

        async def is_shown() -> bool:
            return int(await viewer.evaluate(FRAMES)) > 10 and await sent(page, "audio") > 10

        await until(is_shown, 15, "seen by another, and the sound goes out")

        await page.get_by_test_id("part-mute").click()
        await expect(part).to_have_attribute("data-heard", "no")

        async def is_silent() -> bool:
            before = await sent(page, "audio")
            await page.wait_for_timeout(500)
            return await sent(page, "audio") == before

        await until(is_silent, 10, "muted lets nothing out")

        await page.get_by_test_id("part-leave").click()
        await expect(part).to_have_attribute("data-state", "idle")
        await told(stage, lambda state: not publishes(state))
        await expect(viewer.get_by_test_id("people")).to_have_count(0)


async def test_where_the_certificate_is_not_trusted_the_page_says_what_to_do(built, tmp_path):
    async with staged(tmp_path) as stage:
        await stage.declare(1, B)
        wary = await stage.console(trusts_relay=False)
        await wary.context.grant_permissions(["camera", "microphone"])
        await wary.get_by_test_id("take-part").click()
        part = wary.get_by_test_id("part-state")
        await expect(part).to_have_attribute("data-state", "certificate", timeout=15_000)
        await expect(part).to_contain_text("thêm vào mục chứng thư gốc tin cậy")
        await expect(part.get_by_role("link")).to_have_count(2)
        await expect(wary.get_by_test_id("part-own")).to_have_count(0)
        assert LIVE in wary.url
