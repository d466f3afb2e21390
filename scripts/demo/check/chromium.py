"""A real Chromium, without a window, that looks at the pages as a person would."""

import contextlib
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page, async_playwright
from playwright.async_api import Error as BrowserError

from scripts.demo.check.pictures import Picture, from_rows

OBSERVER = Path(__file__).with_name("observer.js")
FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # Without the last two it asks the whole LAN for screens to cast to.
    "--disable-features=WebRtcHideLocalIpsWithMdns,MediaRouter,DialMediaRouteProvider",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--mute-audio",
)


@dataclass(slots=True)
class Viewer:
    """One page under observation; pictures are gathered until taken."""

    page: Page
    pictures: list[Picture] = field(default_factory=list)
    undecodable: int = 0

    async def gather(self) -> list[Picture]:
        """Fetch what was seen since the last call; return everything seen so far."""
        taken: dict[str, Any] = await self.page.evaluate("window.__take()")
        self.pictures.extend(from_rows(taken["pictures"]))
        self.undecodable = int(taken["undecodable"])
        return self.pictures

    async def description_digest(self) -> str:
        """Return a digest of all remote descriptions in force."""
        texts: Sequence[str] = await self.page.evaluate("window.__descriptions()")
        return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def inside(place: str, namespace: str | None, folder: Path) -> str:
    """Return a program that runs Chromium within a network namespace."""
    if namespace is None:
        return place
    wrapper = folder / "chromium"
    wrapper.write_text(f'#!/bin/sh\nexec ip netns exec {namespace} {place} "$@"\n')
    wrapper.chmod(0o700)
    return str(wrapper)


@asynccontextmanager
async def browser(place: str) -> AsyncIterator[BrowserContext]:
    """Run Chromium; every page is observed, and the installation's own authority accepted."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=place, args=list(FLAGS))
        context = await running.new_context(
            ignore_https_errors=True, viewport={"width": 1366, "height": 768}, locale="vi-VN"
        )
        await context.add_init_script(path=OBSERVER)
        try:
            yield context
        finally:
            with contextlib.suppress(BrowserError):  # it may have ended before us
                await context.close()
                await running.close()
