"""The console while the centre is away: the floor goes to the relay, and nothing is lost."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, async_playwright, expect

from contracts.floor import FloorState
from controller.db.engine import reading, writing
from controller.meetings import event_queries, floor_queries, meeting_queries, relay_floor
from controller.meetings.attendance import Attendance
from controller.meetings.tables import Meeting
from tests.browser.pages import seed
from tests.browser.pages import site as sites
from tests.browser.pages.seed import LIVE
from tests.browser.pages.site import PASSWORD, RELAY_ID, Site, make_installation, running
from tests.conftest import CHROMIUM
from tests.fakes.mosquitto import free_port
from tests.fakes.relay import RELAY, RelayProcess, machine_address, meeting, start_relay
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
]


async def declare(relay: RelayProcess, site: Site) -> FloorState:
    """Tell the relay of the meeting as the site has it; return its floor."""
    with reading(site.web.state) as session:
        row = session.get_one(Meeting, LIVE)
        seats = meeting_queries.seats(session, row)
        floor = floor_queries.current(session, LIVE)
    document = msgspec.structs.replace(
        meeting(LIVE, floor=floor), chair=seats.chair, invited=tuple(sorted(seats.invited)),
        page_origins=(site.url,),
    )  # fmt: skip
    await relay.centre.declare(document)
    await relay.centre.hears(lambda: relay.centre.meeting_state(LIVE) is not None)
    return floor


async def opened(browser: Any, site: Site) -> Page:
    context = await browser.new_context(ignore_https_errors=True, locale="vi-VN")
    page: Page = await context.new_page()
    await page.set_viewport_size({"width": 1366, "height": 768})
    await page.goto(f"{site.url}/sign-in?next=/meetings/{LIVE}")
    await page.fill("#user_name", "office")
    await page.fill("#password", PASSWORD)
    await page.click("[data-testid=sign-in]")
    await expect(page.get_by_test_id("steering")).to_have_attribute("data-ready", "")
    await expect(page.locator("#live-state")).to_contain_text("Trực tiếp")
    return page


async def pressed(page: Page, relay: RelayProcess, key: str) -> tuple[FloorState, float]:
    """Press a key; return the floor that the relay has by it, and after how many ms."""
    count = len(moves(relay))
    began = time.monotonic()
    await page.keyboard.press(key)
    await relay.centre.hears(lambda: len(moves(relay)) > count, timeout_s=20)
    floor = moves(relay)[-1].floor
    assert floor is not None
    return floor, 1000 * (time.monotonic() - began)


def moves(relay: RelayProcess) -> list[Any]:
    return [one for one in relay.centre.events if one.kind == relay_floor.MOVED]


async def look(page: Page, name: str) -> None:
    """Keep what a person sees, where somebody asks for it."""
    folder = os.environ.get("DIEMCAU_SHOTS")
    for width, height in ((1920, 1080), (1366, 768), (390, 844)) if folder else ():
        await page.set_viewport_size({"width": width, "height": height})
        await page.screenshot(path=f"{folder}/{name}-{width}.png", animations="disabled")


async def test_the_chair_gives_and_withdraws_while_the_centre_is_away_and_nothing_is_lost(
    built: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    (tmp_path / "relay").mkdir()
    async with start_relay(tmp_path / "relay", is_started=False) as relay, async_playwright() as pw:
        settings = make_installation(tmp_path / "site", relay_url=relay.url)
        (relay.folder / "token.pub").write_bytes((settings.pki_dir / "token.pub").read_bytes())
        await relay.start()
        browser = await pw.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        monkeypatch.setattr(sites, "free_port", lambda: port)
        with running(settings) as site:
            before = await declare(relay, site)
            page = await opened(browser, site)
        # The centre is gone. The first press is made before the page knows it.
        await page.locator("h1").click()
        gave, first_ms = await pressed(page, relay, "n")
        assert gave.epoch == before.epoch + 1
        bar = page.get_by_test_id("steering")
        await expect(bar).to_contain_text("Trung tâm không trả lời")
        await expect(page.locator("#offline-bar")).to_be_hidden()
        took, _ = await pressed(page, relay, "t")
        assert took.holders == ()
        await expect(page.get_by_test_id("withdraw")).to_be_disabled()
        gave, ms = await pressed(page, relay, "n")
        [speaker] = gave.holders
        await expect(page.get_by_test_id(f"withdraw-{speaker}")).to_be_visible()
        await expect(page.get_by_test_id("speaker-of-relay")).to_be_visible()
        for waits in ("lock", "message-all", "deputy-open", "speech-minutes"):
            control = page.get_by_test_id(waits).first
            await expect(control).to_have_attribute("title", "Chờ trung tâm trở lại mới làm được.")
        await look(page, "away")
        took_ms = [ms]
        for key in ("t", "n", "m", "n"):
            floor, ms = await pressed(page, relay, key)
            took_ms.append(ms)
        await page.get_by_test_id("mode-conference").click()
        await expect(page.get_by_test_id("mode-conference")).to_have_attribute(
            "aria-pressed", "true"
        )
        floor = moves(relay)[-1].floor
        sys.stdout.write(
            f"by the relay, ms: the first {first_ms:.0f}, then {sorted(map(round, took_ms))}\n"
        )
        assert min(took_ms) < 500, took_ms
        with running(settings, is_populated=False) as site:
            now = site.web.now()
            site.web.part(Attendance).note_state(RELAY_ID, seed.attendance(now))
            site.web.part(Attendance).set_online(RELAY_ID, is_online=True)
            await expect(bar).to_contain_text("Trung tâm đã trở lại")
            with writing(site.web.state) as session:
                for event in moves(relay):
                    event_queries.record_from_relay(session, RELAY, event, now=now)
                    relay_floor.follow(session, RELAY, event, now=now)
            await expect(bar).to_be_hidden()
            with reading(site.web.state) as session:
                assert floor_queries.current(session, LIVE) == floor
            console = page.get_by_test_id("console")
            await expect(console).to_have_attribute("data-floor-epoch", str(floor.epoch))
            await expect(page.get_by_test_id("lock")).to_be_enabled()
            await expect(page.get_by_test_id("speaker-of-relay")).to_have_count(0)
            await expect(page.get_by_test_id("speaker-caption")).to_be_visible()
            await page.locator("label[for=tab-log]").click()
            await expect(page.get_by_test_id("log")).to_contain_text("Lê Thu Hà")
            await until(lambda: not errors(relay), 1, "the relay has met no error")
            await look(page, "back")
        # Gone once more: without a press it is said too, and the page is not left unasked.
        await expect(bar).to_contain_text("Trung tâm không trả lời", timeout=10_000)
        async with page.expect_event("dialog") as asked:
            await page.close(run_before_unload=True)
        await (await asked.value).accept()
        await browser.close()


def errors(relay: RelayProcess) -> list[str]:
    return [line for line in relay.log.splitlines() if "[error" in line or "Traceback" in line]
