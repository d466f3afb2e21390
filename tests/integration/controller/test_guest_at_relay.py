"""A guest's link at the real centre, broker and relay: in by it, and out within two seconds."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from controller.enrolment import pki
from controller.installation import ensure_services
from controller.meetings.guests.visiting import COOKIE
from controller.settings import KnownRelay
from controller.web import csrf
from runtime.tls import client_context
from tests import waiting
from tests.fakes.mosquitto import free_port
from tests.fakes.relay import machine_address
from tests.integration.controller.broker import generated_broker
from tests.integration.controller.centre import (
    Installation,
    Person,
    Time,
    meeting_body,
    web_process,
)
from tests.integration.controller.guests import act, invited
from tests.integration.controller.test_relays_together import OFFER, configured, signed_in

WITHDRAWN_WITHIN_S = 2.0

pytestmark = pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)


@dataclass(slots=True)
class AtRelay:
    """The office, a guest's browser, and the relay."""

    office: Person
    guest: httpx.AsyncClient
    relay: httpx.AsyncClient

    async def open(self, shown: str) -> None:
        """Open a link, as the page's script does."""
        answer = await self.guest.post("/api/v1/guest/session", json={"shown": shown})
        assert answer.status_code == 204, answer.text

    async def token(self) -> str:
        """Return a token for playing."""
        headers = {"x-csrf-token": csrf.token_for(self.guest.cookies[COOKIE.name])}
        answer = await self.guest.post("/api/v1/guest/token", json={}, headers=headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    async def join(self, meeting_id: str, token: str) -> httpx.Response:
        """Ask the relay to show the meeting."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
        return await self.relay.post(f"/whep/{meeting_id}", content=OFFER, headers=headers)

    async def subjects(self, meeting_id: str) -> list[str]:
        """Return who is at the relay, as it tells the centre."""
        shown: dict[str, Any] = (await self.office.get(f"/api/v1/meetings/{meeting_id}")).json()
        return [one["subject"] for one in shown["attendance"]["attendees"]]


@pytest.fixture
async def running(installation: Installation) -> AsyncIterator[AtRelay]:
    """The centre with its broker and relay."""
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
        httpx.AsyncClient(base_url=web.base_url, timeout=20) as guest,
        httpx.AsyncClient(base_url=url, verify=trust, timeout=10) as at_relay,
    ):
        try:
            await relay.start()
            yield AtRelay(office, guest, at_relay)
        finally:
            await relay.kill()


async def test_a_withdrawn_guest_is_out_of_the_relay_within_two_seconds(running: AtRelay) -> None:
    begins_at = (Time().now() + timedelta(seconds=2)).isoformat()
    body = meeting_body(Time(), begins_at=begins_at, point_ids=["p-b"])
    meeting_id = (await running.office.post("/api/v1/meetings", body)).json()["meeting_id"]
    shown = await invited(running.office, meeting_id)
    guest_id = shown.partition(".")[0]
    await running.open(shown)
    token = await running.token()

    joined: list[httpx.Response] = []

    async def is_let_in() -> bool:
        try:
            joined.append(await running.join(meeting_id, token))
        except httpx.ConnectError:  # it is only starting
            return False
        return joined[-1].status_code == 201

    async def is_there() -> bool:
        return guest_id in await running.subjects(meeting_id)

    async def is_kept_out() -> bool:
        return not await is_let_in() and joined[-1].json()["error"]["code"] == "put_out"

    await waiting.until(is_let_in, 30, "the relay knows the meeting and lets the guest in")
    session = joined[-1].headers["location"]
    await waiting.until(is_there, 30, "the guest is at the relay")
    began_s = time.monotonic()
    await act(running.office, f"{meeting_id}/guests/{guest_id}", action="withdraw")
    await waiting.until(is_kept_out, 30, "the guest is kept out")
    took_s = time.monotonic() - began_s
    headers = {"Authorization": f"Bearer {token}"}
    assert (await running.relay.delete(session, headers=headers)).status_code == 404
    assert took_s <= WITHDRAWN_WITHIN_S, took_s
    await act(running.office, f"{meeting_id}/guests/{guest_id}", action="restore")
    await waiting.until(is_let_in, 30, "the guest may come in again")
