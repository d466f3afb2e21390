"""Signing in as a person does, and watching a meeting's page."""

from playwright.async_api import BrowserContext

from scripts.demo.check.chromium import Viewer
from scripts.demo.check.system import System
from scripts.demo.demo import USER
from scripts.demo.waiting import until


async def sign_in(context: BrowserContext, system: System) -> None:
    """Fill in the form and press the button."""
    page = await context.new_page()
    await page.goto(f"{system.demo.plan.url}/sign-in")
    await page.fill("#user_name", USER)
    await page.fill("#password", system.demo.plan.password)
    await page.click("button[data-testid=sign-in]")
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    await page.close()


async def watch(context: BrowserContext, system: System) -> Viewer:
    """Open the meeting's page and wait until its stage shows pictures."""
    page = await context.new_page()
    viewer = Viewer(page)
    await page.goto(f"{system.demo.plan.url}/meetings/{system.meeting_id}")

    async def has_pictures() -> bool:
        return any(picture.slot == "stage" for picture in await viewer.gather())

    await until(has_pictures, "the stage plays in Chromium", within_s=20, every_s=0.3)
    return viewer
