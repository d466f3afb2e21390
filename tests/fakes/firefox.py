"""Debian's Firefox as a point: a page that publishes and plays, and says what it sees.

Nothing drives the browser: the page begins by itself, and its offers go by this process, which
proves the points and trusts the relay's authority.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from tests.fakes.mosquitto import free_port
from tests.fakes.relay import RelayProcess

FIREFOX = shutil.which("firefox-esr")
PAGE = Path(__file__).with_suffix(".html")
PREFERENCES = {
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "app.update.enabled": False,
}


class FirefoxPoint:
    """The page's server, and what the page said last."""

    def __init__(self, relay: RelayProcess, *, publisher: str, player: str) -> None:
        self.said: dict[str, Any] = {}
        self._relay = relay
        self._points = {"publish": publisher, "play": player}
        self.app = Starlette(
            routes=[
                Route("/", self._page),
                Route("/offer/{direction}", self._offer, methods=["POST"]),
                Route("/said", self._say, methods=["POST"]),
            ]
        )

    async def _page(self, request: Request) -> Response:
        return FileResponse(PAGE)

    async def _offer(self, request: Request) -> Response:
        direction = request.path_params["direction"]
        offer = (await request.body()).decode()
        answer = await self._relay.offer(direction, offer, point=self._points[direction])
        return Response(answer.content, answer.status_code)

    async def _say(self, request: Request) -> Response:
        self.said = json.loads(await request.body())
        return Response(status_code=204)

    def figure(self, side: str, kind: str, name: str) -> float:
        """Return a figure of getStats, summed over the streams of a kind."""
        assert "error" not in self.said, self.said
        streams = self.said.get(side, {})
        return sum(float(one.get(name, 0)) for key, one in streams.items() if key.startswith(kind))


def _write_profile(folder: Path) -> None:
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
    folder.mkdir()
    (folder / "user.js").write_text("\n".join(lines))


@asynccontextmanager
async def firefox(
    relay: RelayProcess, folder: Path, *, publisher: str, player: str
) -> AsyncIterator[FirefoxPoint]:
    """Run Firefox on the page until the block ends."""
    assert FIREFOX
    point = FirefoxPoint(relay, publisher=publisher, player=player)
    port = free_port("127.0.0.1")
    server = uvicorn.Server(uvicorn.Config(point.app, port=port, log_level="warning"))
    serving = asyncio.create_task(server.serve(), name="page")
    _write_profile(folder)
    browser = await asyncio.create_subprocess_exec(
        FIREFOX, "--headless", "--no-remote", "--profile", folder, f"http://localhost:{port}/",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield point
    finally:
        browser.terminate()
        await browser.wait()
        server.should_exit = True
        await serving
