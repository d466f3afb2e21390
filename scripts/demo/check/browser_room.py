"""The browser of the real room, asked through its debugger: nothing is put into the product."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page, async_playwright

from scripts.demo import kiosk
from scripts.demo.check.getstats import Counted
from scripts.demo.demo import Demo
from scripts.demo.province import Point
from scripts.demo.waiting import until

SCRIPT = Path(__file__).with_name("kiosk.js").read_text(encoding="utf-8")


class BrowserRoom:
    """One room's page."""

    def __init__(self, page: Page, debugger: CDPSession) -> None:
        self._page = page
        self._debugger = debugger

    async def counted(self) -> Counted:
        """Return the browser's counters of all connections that are up."""
        found = await self._call("RTCPeerConnection", "counted")
        return Counted(found["at"], tuple(found["rows"]))

    async def pulses_ms(self, seconds: float) -> list[float]:
        """Listen to the microphone; return when its pulses began, since 1970."""
        return list(await self._call("MediaStreamTrack", "pulses", seconds))

    async def fault(self) -> str:
        """Return what the room's screen says is wrong."""
        box = self._page.locator("#trouble")
        return await box.inner_text() if await box.is_visible() else ""

    async def _call(self, kind: str, name: str, *given: object) -> Any:  # noqa: ANN401 - JSON
        """Call a function of the script on all living objects of a kind."""
        ask = self._debugger.send
        prototype = await ask("Runtime.evaluate", {"expression": f"{kind}.prototype"})
        listed = await ask(
            "Runtime.queryObjects", {"prototypeObjectId": prototype["result"]["objectId"]}
        )
        answer = await ask(
            "Runtime.callFunctionOn",
            {
                "objectId": listed["objects"]["objectId"],
                "functionDeclaration": _called(name),
                "arguments": [{"value": value} for value in given],
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        return answer["result"]["value"]


def _called(name: str) -> str:
    """Return a function of the script as the debugger takes it."""
    return f"function (...all) {{ const script = {SCRIPT}; return script.{name}.apply(this, all) }}"


@asynccontextmanager
async def examined(demo: Demo, point: Point) -> AsyncIterator[BrowserRoom]:
    """Look into the browser of a room for as long as the block runs."""
    file = kiosk.profile(demo.plan, point) / kiosk.DEBUGGER_FILE

    async def port() -> str | None:
        return file.read_text().splitlines()[0] if file.exists() and file.stat().st_size else None

    url = f"http://127.0.0.1:{await until(port, 'the room’s browser has started', within_s=20)}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(url)

        async def page() -> Page | None:
            pages = [page for context in browser.contexts for page in context.pages]
            return next((page for page in pages if "localhost" in page.url), None)

        shown = await until(page, "the room’s page is open", within_s=20)
        yield BrowserRoom(shown, await shown.context.new_cdp_session(shown))
        await browser.close()  # only the connection: the room goes on
