"""A point's certificate is taken back, alive: a real web process, a real broker."""

import asyncio
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from contracts.desired import RelayMeeting
from contracts.ids import PointId
from controller.db.engine import open_engine, reading, writing
from controller.dispatch.changes import Pending
from controller.dispatch.documents import HORIZON
from controller.dispatch.planning import MeetingPlanner
from controller.enrolment import certificate_queries, pki, revocation, revocation_list
from controller.enrolment.tables import PointCertificate
from controller.knock import knock
from controller.places import place_queries
from controller.roles import Role
from monitoring.judgement.periods import Period
from runtime import x509_door
from runtime.bus import BusSettings
from runtime.tls import client_context
from tests.integration.controller.broker import GeneratedBroker, client, generated_broker
from tests.integration.controller.centre import Centre, Installation, meeting_body, web_process
from tests.integration.controller.test_api_enrolment import enrol, new_code
from tests.waiting import until

POINT = PointId("p-b")
LIMIT_S = 10.0
REFUSED = b""
CONTEXTS: dict[Path, ssl.SSLContext] = {}
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def enrolled(installation: Installation, stem: str) -> tuple[Path, Path]:
    """Give the point a certificate as an enrolment does; return certificate and key."""
    settings, now = installation.settings, datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    authority = pki.load_authority(settings.pki_dir)
    issued = authority.issue(key.public_key(), POINT, valid_for=timedelta(days=9), now=now)
    engine = open_engine(settings.state_database_url)
    with writing(engine) as session:
        certificate_queries.end_all(session, POINT, why=revocation.REPLACED, now=now)
        certificate_queries.add(
            session,
            POINT,
            serial=issued.serial,
            sha256=issued.sha256,
            issued_at=now,
            expires_at=issued.expires_at,
        )
        place_queries.set_certificate(
            session, POINT, sha256=issued.sha256, expires_at=issued.expires_at, now=now
        )
    engine.dispose()
    knock(settings.data_dir)
    certificate, key_file = settings.data_dir / f"{stem}.crt", settings.data_dir / f"{stem}.key"
    certificate.write_bytes(issued.certificate_pem)
    key_file.write_bytes(pki.private_pem(key))
    return certificate, key_file


def bus_of(installation: Installation, files: tuple[Path, Path]) -> BusSettings:
    settings = installation.settings
    return BusSettings(
        host=settings.broker.host,
        port=settings.broker.port,
        ca_file=settings.pki_dir / "ca.crt",
        cert_file=files[0],
        key_file=files[1],
        client_id=POINT,
    )


def answer(
    installation: Installation,
    files: tuple[Path, Path],
    sessions: list[ssl.SSLSession] | None = None,
) -> bytes:
    """Return the first byte the broker answers to a CONNECT: a CONNACK's, or what REFUSED is.

    With `sessions`: take up the TLS session in it, or put the one of this connection there.
    """
    # One context for both: OpenSSL ties a session to it.
    context = CONTEXTS.setdefault(
        files[0], client_context(installation.settings.pki_dir / "ca.crt", *files)
    )
    port = installation.settings.broker.port
    kept = sessions[0] if sessions else None
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1", session=kept) as line,
        ):
            line.sendall(b"\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03p-b")
            first = line.recv(1)
            if sessions is not None and line.session is not None:
                sessions.append(line.session)
            return first
    except (OSError, ssl.SSLError):
        return REFUSED


async def reload_when_changed(broker: GeneratedBroker) -> None:
    """Do what the path unit does: let the broker read its list again once it has changed."""
    path = revocation_list.path(broker.installation.settings.pki_dir)
    seen = path.stat().st_mtime_ns
    while True:
        known = seen
        await until(lambda: path.stat().st_mtime_ns != known, timeout_s=60)  # noqa: B023
        seen = path.stat().st_mtime_ns
        broker.reload()


async def test_an_open_session_ends_and_no_new_one_begins_within_ten_seconds(
    installation: Installation,
) -> None:
    stolen = enrolled(installation, "stolen")
    async with generated_broker(installation) as broker, web_process(installation) as web:
        reloading = asyncio.create_task(reload_when_changed(broker))
        resumed: list[ssl.SSLSession] = []
        assert await asyncio.to_thread(lambda: answer(installation, stolen, resumed)) == b"\x20"
        async with client(bus_of(installation, stolen)) as thief:
            began_s = time.monotonic()
            await web.command("point", "revoke", POINT)
            await until(lambda: thief.disconnections, what="its session ends", timeout_s=LIMIT_S)
            await until(
                lambda: asyncio.to_thread(lambda: answer(installation, stolen) == REFUSED),
                what="a new session is refused",
                timeout_s=LIMIT_S,
            )
            assert time.monotonic() - began_s < LIMIT_S
            await until(lambda: not thief.bus.is_connected, what="it is out")
            ticket = await asyncio.to_thread(lambda: answer(installation, stolen, resumed))
            assert ticket == REFUSED, "an earlier TLS session lets nobody in"
        # The machine that is enrolled in its place is let in, and stays.
        async with client(bus_of(installation, enrolled(installation, "next"))) as replacement:
            assert replacement.bus.is_connected
        reloading.cancel()
        await asyncio.wait({reloading})


async def documents(centre: Centre) -> RelayMeeting:
    """Return what the relay is told of the only meeting."""
    planner = MeetingPlanner(centre.web.settings)
    with reading(centre.web.state) as session:
        wanted = planner.plan(
            session, Pending(is_all=True), now=centre.web.now(), until=centre.web.now() + HORIZON
        )
    return next(one.document for one in wanted if isinstance(one.document, RelayMeeting))


async def test_relays_are_told_which_certificates_count(centre: Centre) -> None:
    office, admin = await centre.sign_in(), await centre.sign_in(Role.ADMIN)
    assert (await office.post("/api/v1/meetings", meeting_body(centre.time))).status_code == 201
    assert (await documents(centre)).certificates == {}
    told = []
    for _ in range(2):
        answer = await enrol(centre, await new_code(centre))
        certificate = x509_door.certificate_from_pem(answer.json()["certificate_pem"])
        told.append(certificate.fingerprint(SHA256()).hex()[:32])
        # The machine that was there before ends with the new one's enrolment.
        assert (await documents(centre)).certificates == {POINT: (told[-1],)}
    assert told[0] != told[1]
    refused = await office.client.delete(
        f"/api/v1/points/{POINT}/certificate", headers={"x-csrf-token": office.csrf_token}
    )
    assert refused.status_code == 403
    page = await admin.get(f"/points/{POINT}")
    assert "revoke-dialog" in page.text
    assert "1 đã ghi danh" in (await admin.get("/points")).text
    gone = await admin.client.post(f"/points/{POINT}/revoke", data={"csrf_token": admin.csrf_token})
    assert gone.status_code == 303
    assert "0 đã ghi danh" in (await admin.get("/points")).text
    assert "Không máy nào có chứng thư" in (await admin.get(f"/points/{POINT}")).text
    assert (await documents(centre)).certificates == {}
    again = await admin.client.delete(
        f"/api/v1/points/{POINT}/certificate", headers={"x-csrf-token": admin.csrf_token}
    )
    assert (again.status_code, again.json()["error"]["code"]) == (409, "not_enrolled")


def test_a_list_is_newer_than_the_one_before_however_quickly_it_follows(tmp_path: Path) -> None:
    authority = pki.new_authority("Thử", now=NOW)
    row = PointCertificate(
        serial="ab12",
        point_id=POINT,
        sha256="0" * 64,
        issued_at=NOW,
        expires_at=NOW + timedelta(days=9),
        ended_at=NOW,
    )
    begun = []
    for rows in ([], [row], [row], []):
        revocation_list.write(tmp_path, authority, rows, now=NOW)
        listed = x509_door.revocation_list_from_pem(revocation_list.path(tmp_path).read_bytes())
        begun.append(listed.last_update_utc)
        assert [one.serial_number for one in listed] == [0xAB12] * len(rows)
        assert listed.next_update_utc == authority.certificate.not_valid_after_utc
    assert begun[0] < begun[1] == begun[2] < begun[3] < NOW


def test_a_point_is_shut_out_from_a_revocation_until_it_is_given_a_certificate_again(
    installation: Installation,
) -> None:
    state = open_engine(installation.settings.state_database_url)
    began_at = datetime.now(UTC)

    def later(hours: int) -> datetime:
        return began_at + timedelta(hours=hours)

    def give(hours: int) -> None:
        with writing(state) as session:
            certificate_queries.end_all(session, POINT, why=revocation.REPLACED, now=later(hours))
            certificate_queries.add(
                session,
                POINT,
                serial=f"{hours:x}",
                sha256=f"{hours:064x}",
                issued_at=later(hours),
                expires_at=later(99),
            )

    give(0)
    give(1)
    revocation.revoke(state, POINT, now=later(2))
    give(4)
    revocation.revoke(state, POINT, now=later(5))
    with reading(state) as session:
        found = revocation.shut_out(session, now=later(6))
    state.dispose()
    assert list(found) == [POINT]
    assert sorted(found[POINT], key=lambda one: one.begins_at) == [
        Period(later(2), later(4)),
        Period(later(5), later(6)),
    ]
