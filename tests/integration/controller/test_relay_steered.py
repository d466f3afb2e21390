"""The centre killed, the floor moved at the real relay, the centre started again: it is kept."""

import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from contracts import codec
from contracts.ids import PointId
from contracts.steering import FloorShown, SteeringMove
from controller.enrolment import pki
from controller.installation import ensure_services
from controller.settings import KnownRelay
from runtime.tls import client_context
from tests import waiting
from tests.fakes.mosquitto import free_port
from tests.fakes.relay import machine_address
from tests.integration.controller.broker import generated_broker
from tests.integration.controller.centre import (
    Installation,
    Person,
    Time,
    WebProcess,
    meeting_body,
    web_process,
)
from tests.integration.controller.test_relays_together import configured, signed_in

LIMIT_S = 40.0
B, C = PointId("p-b"), PointId("p-c")

pytestmark = pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)


@dataclass(slots=True)
class Steered:
    """The centre's process, the office's browser, and the relay's door."""

    web: WebProcess
    office: Person
    relay: httpx.AsyncClient

    async def at_relay(
        self, meeting_id: str, bearer: str, move: SteeringMove | None = None
    ) -> httpx.Response:
        """Look at the floor at the relay, or move it."""
        headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
        path = f"/floor/{meeting_id}"
        if move is None:
            return await self.relay.get(path, headers=headers)
        return await self.relay.post(path, content=codec.encode(move), headers=headers)


@asynccontextmanager
async def steered(installation: Installation) -> AsyncIterator[Steered]:
    """Run a centre with its broker and relay."""
    address = machine_address() or ""
    url = f"https://{address}:{free_port(address)}"
    settings = msgspec.structs.replace(installation.settings, relays=(KnownRelay(url=url),))
    ensure_services(settings, pki.load_authority(settings.pki_dir), now=datetime.now(UTC))
    whole = Installation(settings)
    relay = configured(settings, settings.relays[0], address)
    trust = client_context(settings.pki_dir / "ca.crt")
    async with (
        generated_broker(whole),
        web_process(whole) as web,
        signed_in(web.base_url, "office") as office,
        httpx.AsyncClient(base_url=url, verify=trust, timeout=10) as door,
    ):
        try:
            await relay.start()
            yield Steered(web, office, door)
        finally:
            await relay.kill()


async def test_what_is_moved_while_the_centre_is_dead_is_kept_and_says_who(
    installation: Installation,
) -> None:
    async with steered(installation) as running:
        body = meeting_body(Time(), begins_at=(Time().now() + timedelta(seconds=1)).isoformat())
        meeting_id = (await running.office.post("/api/v1/meetings", body)).json()["meeting_id"]
        path = f"/api/v1/meetings/{meeting_id}"
        given = (await running.office.post(f"{path}/token", {"direction": "steer"})).json()
        first = await running.office.post(f"{path}/floor", {"action": "grant", "point_id": "p-b"})
        assert first.status_code == 200, first.text

        async def has_it() -> bool:
            try:
                shown = await running.at_relay(meeting_id, given["token"])
            except httpx.TransportError:  # it is only starting
                return False
            return shown.status_code == 200 and shown.json()["floor"]["epoch"] == 1

        await waiting.until(has_it, LIMIT_S, "the relay has the centre's floor")
        await running.web.kill()
        took_ms: list[int] = []
        for epoch, (action, who) in enumerate((("withdraw", B), ("grant", C)), start=1):
            began = time.monotonic()
            move = SteeringMove(action=action, expected_epoch=epoch, who=who)  # type: ignore[arg-type]
            answer = await running.at_relay(meeting_id, given["token"], move)
            assert answer.status_code == 200, answer.text
            took_ms.append(round(1000 * (time.monotonic() - began)))
        sys.stdout.write(f"obeyed by the relay, the centre being dead, ms: {took_ms}\n")
        assert max(took_ms) < 500, took_ms
        kept = codec.decode(FloorShown, answer.content)
        assert (kept.floor.holders, kept.is_moved_here) == ((C,), True)
        await running.web.start()

        async def adopted() -> bool:
            found: dict[str, Any] = (await running.office.get(f"{path}/floor")).json()
            return bool(found["epoch"] == 3 and found["holders"] == ["p-c"])

        await waiting.until(adopted, LIMIT_S, "the centre has what was moved")
        logged = (await running.office.get(f"{path}/events")).json()
        assert [
            (one["kind"], one["point_id"], one["actor"])
            for one in logged
            if one["kind"] in ("floor_given", "floor_taken")
        ] == [
            ("floor_given", "p-b", "office"),
            ("floor_taken", "p-b", "office"),
            ("floor_given", "p-c", "office"),
        ]

        async def is_settled() -> bool:
            shown = await running.at_relay(meeting_id, given["token"])
            return not codec.decode(FloorShown, shown.content).is_moved_here

        await waiting.until(is_settled, LIMIT_S, "the relay hears that the centre has it")
        undone = await running.office.post(f"{path}/floor", {"action": "undo"})
        assert undone.status_code == 409
