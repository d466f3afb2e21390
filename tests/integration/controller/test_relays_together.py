"""The real centre with two real relays: one meeting, whoever is where, and one of them killed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from contracts.ids import RelayId
from controller.enrolment import pki
from controller.installation import ensure_services
from controller.settings import ControllerSettings, KnownRelay, SpreadingSettings
from runtime.tls import client_context
from tests import waiting
from tests.fakes.mosquitto import free_port
from tests.fakes.relay import machine_address
from tests.integration.controller.broker import generated_broker
from tests.integration.controller.centre import (
    PASSWORD,
    Installation,
    Person,
    Time,
    meeting_body,
    web_process,
)

HOME, OUTER = RelayId("relay-1"), RelayId("relay-2")
ROOT = Path(__file__).parents[3]
OFFER = (ROOT / "tests" / "data" / "sdp" / "chromium-whep.sdp").read_text()
LIMIT_S = 30.0

pytestmark = pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)


@dataclass(slots=True)
class Relay:
    """One relay's process."""

    config: Path
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Begin it."""
        with self.config.with_suffix(".log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "media.relay", "run", "--config", str(self.config)),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
            )

    async def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            await self.process.wait()


def configured(settings: ControllerSettings, relay: KnownRelay, address: str) -> Relay:
    """Return a relay with its file, as `relay_workers` would write it."""
    path = settings.data_dir / f"{relay.relay_id}.toml"
    pair = f'cert_file = "pki/{relay.relay_id}.crt"\nkey_file = "pki/{relay.relay_id}.key"\n'
    path.write_text(
        f'relay_id = "{relay.relay_id}"\ndata_dir = "{relay.relay_id}"\n'
        f'ca_file = "pki/ca.crt"\ntoken_key_file = "pki/token.pub"\n'
        f'[https]\nhost = "{address}"\nport = {relay.url.rpartition(":")[2]}\n{pair}'
        f'[media]\nhost = "{address}"\nport = {free_port(address)}\ncandidates = ["{address}"]\n'
        f'[broker]\nhost = "127.0.0.1"\nport = {settings.broker.port}\n'
        f'ca_file = "pki/ca.crt"\n{pair}'
    )
    return Relay(path)


@dataclass(slots=True)
class Running:
    """The centre's two relays, and who is signed in."""

    settings: ControllerSettings
    relays: list[Relay]
    office: Person
    viewer: Person

    async def attendance(self, meeting_id: str) -> dict[str, Any]:
        """Return who is in, as the API says it."""
        shown = (await self.office.get(f"/api/v1/meetings/{meeting_id}")).json()
        found: dict[str, Any] = shown["attendance"]
        return found

    async def becomes(self, meeting_id: str, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until the attendance is so."""

        async def is_so() -> bool:
            return holds(await self.attendance(meeting_id))

        await waiting.until(is_so, LIMIT_S, f"it holds: {await self.attendance(meeting_id)}")

    async def watch(self, person: Person, meeting_id: str, relay: int) -> None:
        """Ask a relay to show the meeting, by a token of the centre's."""
        answer = await person.post(f"/api/v1/meetings/{meeting_id}/token", {"direction": "play"})
        told = answer.json()
        assert told["relay_url"] == self.settings.relays[0].url, "people use the home"
        url = self.settings.relays[relay].url
        trust = client_context(self.settings.pki_dir / "ca.crt")
        async with httpx.AsyncClient(base_url=url, verify=trust, timeout=10) as client:
            joined = await client.post(
                f"/whep/{meeting_id}",
                content=OFFER,
                headers={
                    "Authorization": f"Bearer {told['token']}",
                    "Content-Type": "application/sdp",
                },
            )
        assert joined.status_code == 201, joined.text


@asynccontextmanager
async def signed_in(url: str, name: str) -> AsyncIterator[Person]:
    async with httpx.AsyncClient(base_url=url, timeout=20) as browser:
        body = {"user_name": name, "password": PASSWORD}
        answer = await browser.post("/api/v1/session", json=body)
        assert answer.status_code == 200, answer.text
        yield Person(browser, answer.json()["csrf_token"])


@pytest.fixture
async def running(installation: Installation) -> AsyncIterator[Running]:
    """A centre that spreads every meeting over two relays."""
    address = machine_address() or ""
    first, second = (f"https://{address}:{free_port(address)}" for _ in range(2))
    settings = msgspec.structs.replace(
        installation.settings,
        relays=(KnownRelay(url=first), KnownRelay(relay_id=OUTER, url=second, home=HOME)),
        spreading=SpreadingSettings(one_relay_up_to=0),
    )
    authority = pki.load_authority(settings.pki_dir)
    ensure_services(settings, authority, now=datetime.now(UTC))
    spread_out = Installation(settings)
    relays = [configured(settings, one, address) for one in settings.relays]
    async with (
        generated_broker(spread_out),
        web_process(spread_out) as web,
        signed_in(web.base_url, "office") as office,
        signed_in(web.base_url, "viewer") as viewer,
    ):
        try:
            for relay in relays:
                await relay.start()
            yield Running(settings, relays, office, viewer)
        finally:
            for relay in relays:
                await relay.kill()


def outer_of(attendance: dict[str, Any]) -> tuple[bool, bool]:
    """Return whether the outer relay is online, and joined to its home."""
    outer = attendance["relays"][1]
    assert (outer["relay_id"], outer["point_count"]) == (OUTER, 1)
    return outer["is_online"], outer["is_joined"]


def subjects(attendance: dict[str, Any]) -> list[str]:
    return sorted(one["subject"] for one in attendance["attendees"])


async def test_a_meeting_on_two_relays_is_one_and_outlives_one_of_them(running: Running) -> None:
    begins_at = Time().now() + timedelta(seconds=2)
    body = meeting_body(Time(), begins_at=begins_at.isoformat(), point_ids=["p-b"])
    meeting_id = (await running.office.post("/api/v1/meetings", body)).json()["meeting_id"]
    await running.becomes(meeting_id, lambda now: outer_of(now) == (True, True))
    await running.watch(running.office, meeting_id, relay=0)
    await running.watch(running.viewer, meeting_id, relay=1)
    await running.becomes(meeting_id, lambda now: subjects(now) == ["office", "viewer"])
    await running.relays[1].kill()
    await running.becomes(
        meeting_id, lambda now: (subjects(now), outer_of(now)) == (["office"], (False, False))
    )
    page = (await running.office.get(f"/meetings/{meeting_id}")).text
    assert "relay-2 không kết nối. 1 điểm cầu của nó tự nối lại" in page
    await running.relays[1].start()
    await running.becomes(meeting_id, lambda now: outer_of(now) == (True, True))
