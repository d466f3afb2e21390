"""Points' certificates, with everything that looks at them alive: web process, enrolment, broker,
relay, rooms in a meeting, an agent.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from agent.enrolment.enrol import enrol
from agent.health.run_state import RunState
from agent.health.status import read_status
from agent.health.status_words import as_text
from agent.point.identity import Identity, PointFolder
from contracts import codec
from contracts.ids import PointId
from controller import installation as installing
from controller.db.engine import open_engine, reading, writing
from controller.enrolment import certificate_queries, pki
from controller.enrolment.service import give
from controller.settings import KnownRelay
from runtime.no_session import NoSession
from tests.fakes.mosquitto import free_port
from tests.fakes.pki import Issued
from tests.fakes.point import running_agent
from tests.fakes.relay import CHAIR, B, C, RelayProcess, machine_address, meeting
from tests.fakes.rooms import start_rooms
from tests.integration.controller.broker import client, generated_broker
from tests.integration.controller.centre import (
    PASSWORD,
    Installation,
    Time,
    WebProcess,
    meeting_body,
    web_process,
)
from tests.integration.controller.test_revocation import (
    REFUSED,
    answer,
    bus_of,
    reload_when_changed,
)
from tests.waiting import until

LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class RealPki:
    """The certificates of an installation, its points' by enrolling; as relay and rooms ask."""

    pki_dir: Path
    points: Path

    @property
    def ca_file(self) -> Path:
        """The authority's certificate."""
        return self.pki_dir / "ca.crt"

    @property
    def ca_pem(self) -> bytes:
        """The same, read."""
        return self.ca_file.read_bytes()

    def issue(self, name: str, **_: object) -> Issued:
        """Return what there is under a name."""
        folder = PointFolder(self.points / name)
        if folder.certificate_file.exists():
            return Issued(folder.certificate_file, folder.key_file)
        return Issued(self.pki_dir / f"{name}.crt", self.pki_dir / f"{name}.key")


@asynccontextmanager
async def centre_with_broker(installation: Installation) -> AsyncIterator[WebProcess]:
    async with generated_broker(installation) as broker, web_process(installation) as web:
        reloading = asyncio.create_task(reload_when_changed(broker), name="path-unit")
        try:
            yield web
        finally:
            reloading.cancel()
            await asyncio.wait({reloading})


@asynccontextmanager
async def an_administrator(web: WebProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=web.base_url) as browser:
        signed = await browser.post(
            "/api/v1/session", json={"user_name": "admin", "password": PASSWORD}
        )
        browser.headers["x-csrf-token"] = signed.json()["csrf_token"]
        yield browser


@pytest.mark.alone
async def test_a_point_revoked_in_a_meeting_is_out_everywhere_and_the_others_see_on(
    installation: Installation, tmp_path: Path
) -> None:
    address = machine_address() or "127.0.0.1"
    relay_port = free_port(address)
    url = f"https://{address}:{relay_port}"
    settings = msgspec.structs.replace(installation.settings, relays=(KnownRelay(url=url),))
    installation = Installation(settings)
    installing.initialise(settings, now=datetime.now(UTC))
    own = RealPki(settings.pki_dir, tmp_path / "enrolled")
    broker_side = SimpleNamespace(
        host="127.0.0.1", port=settings.broker.port, ca=own.ca_file, cert=own.issue, pki=own
    )
    relay = RelayProcess(tmp_path, broker_side, address)  # type: ignore[arg-type]
    text = relay.config.read_text().replace(f"port = {relay.https_port}", f"port = {relay_port}")
    relay.config.write_text(text)
    relay.https_port = relay_port
    async with centre_with_broker(installation) as web, an_administrator(web) as admin:
        for point in (CHAIR, B, C):
            made = await admin.post(f"/api/v1/points/{point}/enrol-codes")
            folder = PointFolder(own.points / point)
            https = f"https://127.0.0.1:{settings.web.https_port}"
            folder.root.mkdir(parents=True)
            await asyncio.to_thread(enrol, https, made.json()["code"], folder, is_replacing=False)
        try:
            await relay.start()
            async with start_rooms(tmp_path, relay) as rooms:
                soon = Time(timedelta(seconds=5) - timedelta(hours=1))
                booked = await admin.post("/api/v1/meetings", json=meeting_body(soon))
                assert booked.status_code == 201, booked.text
                meeting_id = booked.json()["meeting_id"]
                for room in rooms.rooms:
                    rooms.write_schedule(room, meeting(meeting_id, begins_in_s=5))
                for room in (rooms.b, rooms.c):
                    await until(lambda room=room: room.shown("stage") == 1, 40, "the chair is seen")  # type: ignore[misc]

                async def refused() -> bool:
                    offered = await relay.offer("publish", "v=0", point=B, meeting_id=meeting_id)
                    return offered.status_code == 403

                assert not await refused(), "its proof counts"
                stolen = own.issue(B)
                files = (stolen.certificate_file, stolen.key_file)
                frames = rooms.c.video("stage")["frames"]
                async with client(bus_of(installation, files)) as thief:
                    began_s = time.monotonic()
                    revoked = await admin.delete(f"/api/v1/points/{B}/certificate")
                    assert revoked.status_code == 204
                    await asyncio.gather(
                        until(lambda: thief.disconnections, LIMIT_S, "its session ends"),
                        until(
                            lambda: asyncio.to_thread(
                                lambda: answer(installation, files) == REFUSED
                            ),
                            LIMIT_S,
                            "a new one is refused",
                        ),
                        until(lambda: rooms.b.shown("stage") is None, LIMIT_S, "its media end"),
                        until(refused, LIMIT_S, "the relay lets it in no more"),
                    )
                    assert time.monotonic() - began_s <= LIMIT_S
                await until(lambda: rooms.c.video("stage")["frames"] > frames + 50, 10)
                assert rooms.c.shown("stage") == 1
                assert rooms.c.meeting()["play"]["negotiations"] == 1
                assert rooms.c.video("stage")["gap_max_ms"] <= 1000
        finally:
            relay.kill()


async def test_an_agent_renews_at_the_real_centre_and_goes_on_with_the_new_certificate(
    installation: Installation, tmp_path: Path
) -> None:
    settings, now = installation.settings, datetime.now(UTC)
    key, authority = ec.generate_private_key(ec.SECP256R1()), pki.load_authority(settings.pki_dir)
    # Three quarters of its four days are over.
    began = now - timedelta(days=2)
    issued = authority.issue(key.public_key(), "p-b", valid_for=timedelta(days=3), now=began)
    state = open_engine(settings.state_database_url)
    with writing(state) as session:
        give(session, "p-b", issued, began)
    folder = PointFolder(tmp_path / "point")
    folder.certificate_file.parent.mkdir(parents=True)
    folder.certificate_file.write_bytes(issued.certificate_pem)
    folder.key_file.write_bytes(pki.private_pem(key))
    folder.ca_file.write_bytes(authority.pem)
    folder.write_identity(
        Identity(
            point_id=PointId("p-b"),
            point_number=2,
            name="Xã B",
            controller_url=f"https://127.0.0.1:{settings.web.https_port}",
            broker_host="127.0.0.1",
            broker_port=settings.broker.port,
            enrolled_at=began,
        )
    )

    def standing() -> list[str]:
        with reading(state) as session:
            rows = certificate_queries.of_points(session, [PointId("p-b")])
        return [row.sha256 for row in rows if row.ended_at is None]

    async with centre_with_broker(installation) as web, asyncio.timeout(180):
        with running_agent(folder) as agent:
            await until(lambda: "certificate_renewed" in agent.log, 60, "it renews")
            assert len(standing()) == 2, "the one it had stays accepted beside the new one"
            assert folder.certificate_file.read_bytes() != issued.certificate_pem
            with writing(state) as session:  # as two weeks later
                certificate_queries.end_superseded(
                    session, issued_before=datetime.now(UTC), why="renewed", now=datetime.now(UTC)
                )
            assert len(standing()) == 1
            sent = codec.decode(RunState, folder.run_file.read_bytes()).reports_sent_total

            def reports_on() -> bool:
                run = json.loads(folder.run_file.read_bytes())
                return bool(run["is_connected"] and run["reports_sent_total"] > sent)

            await until(reports_on, 40, "it reports with the new one")
            await web.command("point", "revoke", "p-b")

            def is_said() -> bool:
                return "đã bị thu hồi" in as_text(read_status(folder))

            await until(is_said, 60, "its status says why it is out")
            assert NoSession.REVOKED.value in agent.log
    state.dispose()
