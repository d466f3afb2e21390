"""From net-snmp's sender to an open page: all of the point's and the centre's processes between."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest

from agent.point.identity import PointFolder
from tests.fakes.point import PROJECT, running_agent, write_config
from tests.fakes.snmp_device import free_port
from tests.fakes.traps import IS_THERE, LINK_DOWN, PORT_9, V2C, WORD, TrapsProcess, captured
from tests.integration.controller.broker import generated_broker
from tests.integration.controller.centre import PASSWORD, Installation, web_process
from tests.waiting import until

pytestmark = [pytest.mark.alone, pytest.mark.skipif(not IS_THERE, reason="no snmptrap here")]
POINT = "p-b"


@dataclass
class Everything:
    """A centre, a point enrolled at it, and an administrator with an open stream."""

    admin: httpx.AsyncClient
    traps: TrapsProcess
    csrf: str
    heard: list[tuple[float, dict[str, object]]] = field(default_factory=list)

    async def listen(self) -> None:
        """Hear the stream of events, as a page does."""
        async with self.admin.stream("GET", "/api/v1/events") as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    self.heard.append((time.monotonic(), json.loads(line.removeprefix("data: "))))

    def told_s(self) -> list[float]:
        """Return when the page was told of traps."""
        return [at_s for at_s, data in self.heard if data.get("kind") == "traps"]

    def is_told_again(self, before: int) -> bool:
        """Return whether the page was told since it had been told so often."""
        return len(self.told_s()) > before


async def enrol(admin: httpx.AsyncClient, csrf: str, url: str, root: Path) -> None:
    """Enrol the point the real way."""
    path = f"/api/v1/points/{POINT}/enrol-codes"
    made = await admin.post(path, headers={"X-CSRF-Token": csrf})
    assert made.status_code == 201, made.text
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "agent.health", "enrol", "--controller", url, "--code",
         made.json()["code"], "--data-dir", str(root)],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture
async def everything(installed: Installation, tmp_path: Path) -> AsyncIterator[Everything]:
    root = tmp_path / "point"
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(generated_broker(installed))
        web = await stack.enter_async_context(web_process(installed))
        with (tmp_path / "ingest.log").open("ab") as log:
            ingest = await asyncio.to_thread(
                subprocess.Popen,
                [sys.executable, "-m", "controller", "ingest", "--config", str(web.config)],
                cwd=PROJECT, stdout=log, stderr=log,
            )  # fmt: skip
        stack.callback(ingest.wait, 15)
        stack.callback(ingest.terminate)
        admin = await stack.enter_async_context(
            httpx.AsyncClient(base_url=web.base_url, timeout=20)
        )
        signed_in = await admin.post(
            "/api/v1/session", json={"user_name": "admin", "password": PASSWORD}
        )
        csrf = signed_in.json()["csrf_token"]
        url = f"https://127.0.0.1:{installed.settings.web.https_port}"
        await enrol(admin, csrf, url, root)
        fields = {"name": "Switch phòng họp", "address": "127.0.0.1", "port": "", "version": "v2c"}
        form = {"csrf_token": csrf, "community": WORD} | fields
        assert (await admin.post(f"/points/{POINT}/devices", data=form)).status_code == 303
        folder = PointFolder(root)
        stack.enter_context(running_agent(folder, write_config(folder)))
        await until((folder.desired_dir / "devices.json").exists, 30, "the list is at the point")
        traps = TrapsProcess(root, free_port())
        await asyncio.to_thread(traps.start)
        stack.callback(traps.stop)
        found = Everything(admin, traps, csrf)
        listening = asyncio.create_task(found.listen(), name="listen")
        stack.callback(listening.cancel)
        yield found


async def test_a_trap_is_on_an_open_page_within_a_second(everything: Everything) -> None:
    whole = everything
    await until(lambda: whole.heard, 60, "the point's first report")
    delays_s: list[float] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        for number in range(10):
            trap = await asyncio.to_thread(captured, V2C, LINK_DOWN, *PORT_9)
            before, sent_s = len(whole.told_s()), time.monotonic()
            udp.sendto(trap, ("127.0.0.1", whole.traps.port))
            await until(partial(whole.is_told_again, before), 10, f"trap {number} is told")
            delays_s.append(whole.told_s()[-1] - sent_s)
    assert max(delays_s) < 1.0, delays_s
    page = (await whole.admin.get(f"/points/{POINT}")).text
    for said in ("Thiết bị tự báo", "Switch phòng họp", "Cổng Gi1/0/9 không còn kết nối."):
        assert said in page, said
    assert page.count('data-kind="link_down"') == 10
