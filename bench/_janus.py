"""Janus as Debian ships it, its VideoRoom before the bench's clients."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from bench._load import HOST, Client, free_tcp_port
from media.wire import sdp

ROOM = 1234
AT_ONCE = 10
Json = dict[str, Any]  # Janus' own messages, read and written in this file only


def is_installed() -> bool:
    """Return whether there is a Janus to compare with."""
    return shutil.which("janus") is not None


def _write_config(folder: Path, port: int, event_loops: int) -> None:
    loops = f"event_loops = {event_loops}" if event_loops else ""
    (folder / "janus.jcfg").write_text(
        f"""general: {{
  session_timeout = 0
  debug_level = 1
  {loops}
}}
nat: {{ ice_lite = true }}
media: {{ ipv6 = false }}
plugins: {{ disable = "{",".join(_others())}" }}
transports: {{ disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,\
libjanus_rabbitmq.so,libjanus_websockets.so" }}
"""
    )
    (folder / "janus.transport.http.jcfg").write_text(
        f'general: {{ json = "plain"\n base_path = "/janus"\n http = true\n port = {port}\n'
        f'  ip = "{HOST}"\n https = false }}\nadmin: {{ admin_http = false }}\n'
    )
    (folder / "janus.plugin.videoroom.jcfg").write_text(
        f'room-{ROOM}: {{ description = "bench"\n publishers = 2\n bitrate = 4000000\n'
        '  audiocodec = "opus"\n videocodec = "vp8"\n notify_joining = false }\n'
    )


def _others() -> list[str]:
    folder = Path("/usr/lib/x86_64-linux-gnu/janus/plugins")
    return [path.name for path in folder.glob("*.so") if "videoroom" not in path.name]


class Handle:
    """One session with one handle on the VideoRoom."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._session = ""
        self._path = ""

    async def _post(self, path: str, message: Json) -> Json:
        message["transaction"] = secrets.token_hex(4)
        answer: Json = (await self._http.post(path, json=message)).json()
        return answer

    async def attach(self) -> None:
        """Open both."""
        created = await self._post("/janus", {"janus": "create"})
        self._session = f"/janus/{created['data']['id']}"
        plugin = {"janus": "attach", "plugin": "janus.plugin.videoroom"}
        attached = await self._post(self._session, plugin)
        self._path = f"{self._session}/{attached['data']['id']}"

    async def ask(self, body: Json, jsep: Json | None = None) -> Json:
        """Send a request and return its event."""
        message: Json = {"janus": "message", "body": body}
        if jsep is not None:
            message["jsep"] = jsep
        await self._post(self._path, message)
        while True:
            event: Json = (await self._http.get(self._session, params={"maxev": 1})).json()
            if event.get("janus") == "event":
                return event


async def _publish(http: httpx.AsyncClient, client: Client) -> None:
    handle = Handle(http)
    await handle.attach()
    await handle.ask({"request": "join", "ptype": "publisher", "room": ROOM, "id": 1})
    wanted = {"request": "configure", "audio": True, "video": True}
    event = await handle.ask(wanted, {"type": "offer", "sdp": client.offer()})
    answer = sdp.parse(event["jsep"]["sdp"])
    await client.connect(answer, "server")


async def _play(http: httpx.AsyncClient, client: Client) -> None:
    handle = Handle(http)
    await handle.attach()
    wanted = {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": [{"feed": 1}]}
    event = await handle.ask(wanted)
    offer = sdp.parse(event["jsep"]["sdp"])
    await handle.ask({"request": "start"}, {"type": "answer", "sdp": client.answer(offer)})
    await client.connect(offer, "client")


@asynccontextmanager
async def janus(
    player_count: int, *, event_loops: int = 0
) -> AsyncIterator[tuple[int, Client, list[Client]]]:
    """Run Janus with everybody connected; `event_loops` 0 is its default."""
    port = free_tcp_port()
    publisher = Client("sendonly")
    players = [Client("recvonly") for _ in range(player_count)]
    with tempfile.TemporaryDirectory() as name:
        _write_config(Path(name), port, event_loops)
        process = await asyncio.create_subprocess_exec(
            "janus", "--configs-folder", name, "--disable-colors",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            base_url = f"http://{HOST}:{port}"
            async with httpx.AsyncClient(base_url=base_url, timeout=40) as http:
                await _answers(http)
                await _publish(http, publisher)
                for first in range(0, player_count, AT_ONCE):
                    joining = (_play(http, player) for player in players[first : first + AT_ONCE])
                    await asyncio.gather(*joining)
                yield process.pid, publisher, players
        finally:
            for client in (publisher, *players):
                await client.close()
            process.terminate()
            await process.wait()


async def _answers(http: httpx.AsyncClient) -> None:
    for _ in range(100):
        try:
            await http.get("/janus/info")
            return
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    raise TimeoutError("Janus does not answer")
