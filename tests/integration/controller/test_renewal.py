"""Certificates are renewed in time: points' over the one they have, services' once a day."""

import base64
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from sqlmodel import col, select

from contracts import renewal
from controller import backup, retention, upkeep
from controller.audit.service import AuditLog
from controller.clock import WatchedClock
from controller.db.engine import open_engine, reading
from controller.enrolment import expiry
from controller.enrolment.tables import EnrolmentCode, PointCertificate
from controller.enrolment.throttle import RENEWALS_AT_ONCE, UNPROVED_AT_ONCE, RenewalThrottle
from controller.people.tables import WebSession
from controller.roles import Role
from controller.settings import AuditSettings, ControllerSettings
from runtime import x509_door
from tests.integration.controller.centre import Centre, Installation
from tests.integration.controller.test_api_enrolment import (
    enrol,
    error_code,
    new_code,
    request_pem,
)

DUE = timedelta(days=731)


async def enrolled(centre: Centre) -> tuple[ec.EllipticCurvePrivateKey, str]:
    """Enrol p-b; return its key and certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    answer = await enrol(centre, (await new_code(centre)).replace("-", "")[16:], key)
    return key, answer.json()["certificate_pem"]


async def ask(
    centre: Centre,
    old: ec.EllipticCurvePrivateKey,
    pem: str,
    new: ec.EllipticCurvePrivateKey | None = None,
) -> httpx.Response:
    """Ask for a renewal."""
    csr = request_pem(new or ec.generate_private_key(ec.SECP256R1()))
    signature = old.sign(renewal.signed_bytes(csr), ec.ECDSA(SHA256()))
    body = {
        "certificate_pem": pem,
        "csr_pem": csr,
        "signature": base64.b64encode(signature).decode(),
    }
    return await centre.client().post(renewal.PATH, json=body)


async def looked(
    centre: Centre,
    offset: timedelta,
    *,
    newest: datetime | None = None,
    settings: ControllerSettings | None = None,
) -> None:
    """Let what is due by its age be done, by a clock that is so much later."""
    now = datetime.now(UTC) + offset
    clock = WatchedClock(wall=lambda: now, is_synchronised=lambda: True, newest=newest)
    await retention.look(settings or centre.web.settings, centre.web.state, clock)


def standing(centre: Centre) -> list[str]:
    """Return the certificates of the point that have not been ended."""
    with reading(centre.web.state) as session:
        rows = session.exec(
            select(PointCertificate).order_by(col(PointCertificate.issued_at))
        ).all()
    return [row.sha256 for row in rows if row.ended_at is None]


def digest(pem: str) -> str:
    return x509_door.certificate_from_pem(pem).fingerprint(SHA256()).hex()


async def test_a_point_renews_over_the_certificate_it_has(centre: Centre) -> None:
    key, pem = await enrolled(centre)
    early = await ask(centre, key, pem)
    assert error_code(early) == (403, "not_due")
    centre.time.offset = DUE
    new = ec.generate_private_key(ec.SECP256R1())
    lost, answer = await ask(centre, key, pem), await ask(centre, key, pem, new)
    assert (lost.status_code, answer.status_code) == (200, 200)
    renewed = x509_door.certificate_from_pem(answer.json()["certificate_pem"])
    assert renewed.public_key() == new.public_key()
    assert x509_door.common_name(renewed) == "p-b"
    # The one it has stays accepted for a while, what nobody has does not.
    assert standing(centre) == [digest(pem), renewed.fingerprint(SHA256()).hex()]


async def test_a_renewal_without_the_right_to_it_is_refused_and_counted(centre: Centre) -> None:
    key, pem = await enrolled(centre)
    centre.time.offset = DUE
    stranger = ec.generate_private_key(ec.SECP256R1())
    assert error_code(await ask(centre, stranger, pem)) == (403, "renewal_not_proved")
    for odd in ("no certificate", pem.replace("A", "B")):
        assert error_code(await ask(centre, key, odd)) == (403, "renewal_not_proved")
    admin = await centre.sign_in(Role.ADMIN)
    await admin.client.delete(
        "/api/v1/points/p-b/certificate", headers={"x-csrf-token": admin.csrf_token}
    )
    assert error_code(await ask(centre, key, pem)) == (403, "certificate_revoked")
    centre.time.offset = timedelta(days=1100)
    assert error_code(await ask(centre, key, pem)) == (403, "certificate_ended")
    assert [(await ask(centre, key, pem)).status_code for _ in range(6)][-1] == 429


async def test_a_point_that_renews_again_and_again_fills_no_list_and_slows_nobody(
    centre: Centre,
) -> None:
    key, pem = await enrolled(centre)
    other_code = (await new_code(centre, "p-c")).replace("-", "")[16:]
    centre.time.offset = DUE
    statuses = [(await ask(centre, key, pem)).status_code for _ in range(10)]
    assert statuses == [200] * RENEWALS_AT_ONCE + [429] * (10 - RENEWALS_AT_ONCE)
    with reading(centre.web.state) as session:
        assert len(session.exec(select(PointCertificate)).all()) == 1 + RENEWALS_AT_ONCE
    # Others behind the same address, also one that brings rubbish, enrol and renew.
    for _ in range(10):
        assert error_code(await ask(centre, key, "no certificate"))[1] == "renewal_not_proved"
    centre.time.offset = timedelta()
    other_key = ec.generate_private_key(ec.SECP256R1())
    assert (await enrol(centre, other_code, other_key)).status_code == 200


async def test_strangers_at_its_address_keep_no_point_from_renewing(centre: Centre) -> None:
    key, pem = await enrolled(centre)
    centre.time.offset = DUE
    throttle = centre.web.part(RenewalThrottle)
    throttle.monotonic = lambda: 0.0
    for _ in range(UNPROVED_AT_ONCE):
        throttle.not_proved("127.0.0.1")
    assert (await ask(centre, key, "no certificate")).status_code == 429
    assert (await ask(centre, key, pem)).status_code == 200


async def test_the_former_certificate_ends_two_weeks_after_the_renewal(centre: Centre) -> None:
    key, pem = await enrolled(centre)
    centre.time.offset = DUE
    answer = await ask(centre, key, pem)
    await looked(centre, DUE + timedelta(days=13))
    assert len(standing(centre)) == 2
    await looked(centre, DUE + timedelta(days=15))
    assert standing(centre) == [digest(answer.json()["certificate_pem"])]


def lives(installation: Installation) -> dict[str, x509.Certificate]:
    """Return the services' certificates by name."""
    pki_dir = installation.settings.pki_dir
    return {
        path.stem: x509_door.certificate_from_pem(path.read_bytes())
        for path in pki_dir.glob("*.crt")
        if path.stem != "ca"
    }


def test_services_have_825_days_and_are_renewed_90_before_the_end(
    installation: Installation,
) -> None:
    before = lives(installation)
    assert {"server", "broker", "relay-1", "centre-web", "centre-ingest"} <= before.keys()
    for one in before.values():
        assert one.not_valid_after_utc - one.not_valid_before_utc <= timedelta(days=825)
    end = before["server"].not_valid_after_utc
    settings, early, due = installation.settings, timedelta(days=91), timedelta(days=89)
    assert upkeep.renew(settings, now=end - early, is_synchronised=True).services == ()
    done = upkeep.renew(settings, now=end - due, is_synchronised=True)
    assert set(done.services) == before.keys()
    assert lives(installation)["server"].not_valid_after_utc > end


async def test_the_audit_log_is_bounded_by_age_and_rows(sqlite_centre: Centre) -> None:
    await sqlite_centre.client().post(
        "/api/v1/session", json={"user_name": "office", "password": "wrong-one"}
    )
    log = sqlite_centre.web.part(AuditLog)
    settings = msgspec.structs.replace(
        sqlite_centre.web.settings, audit=AuditSettings(keep_days=30)
    )
    await looked(sqlite_centre, timedelta(days=29), settings=settings)
    assert len(log.newest(limit=10)) == 1
    await looked(sqlite_centre, timedelta(days=31), settings=settings)
    assert log.newest(limit=10) == []


async def test_a_restored_backup_brings_back_no_session_code_or_certificate(
    sqlite_centre: Centre,
) -> None:
    settings, now = sqlite_centre.web.settings, sqlite_centre.time.now()
    _, stolen = await enrolled(sqlite_centre)
    await new_code(sqlite_centre, "p-c")
    backup.backup(settings, settings.data_dir.parent / "copy", now=now)
    _, replacement = await enrolled(sqlite_centre)
    backup.restore(settings, settings.data_dir.parent / "copy", is_replacing=True)
    engine = open_engine(settings.state_database_url)
    with reading(engine) as session:
        assert session.exec(select(WebSession)).all() == []
        assert session.exec(select(EnrolmentCode)).all() == []
        rows = session.exec(select(PointCertificate)).all()
    engine.dispose()
    assert {row.sha256: row.ended_at is None for row in rows} == {
        digest(stolen): False,
        digest(replacement): True,
    }


async def test_the_overview_tells_of_certificates_60_days_before_they_end(centre: Centre) -> None:
    _, pem = await enrolled(centre)
    certificate = x509_door.certificate_from_pem(pem)
    end, settings = certificate.not_valid_after_utc, centre.web.settings
    dates = [("Xã B", end), ("Xã C", None)]
    before, after = end - timedelta(days=61), end - timedelta(days=59)
    assert "Xã B" not in [one.name for one in expiry.soon(settings.pki_dir, dates, now=before)]
    told = expiry.soon(settings.pki_dir, dates, now=after)
    # The services' have ended by then: nobody has renewed them here.
    assert [one.name for one in told][-1] == "Xã B"
    assert {"server", "broker"} <= {one.name for one in told}
    viewer = await centre.sign_in(Role.VIEWER)
    assert "certificates-ending" not in (await viewer.get("/")).text
    centre.time.offset = timedelta(days=800)
    later = await centre.sign_in(Role.VIEWER)
    assert "certificates-ending" in (await later.get("/")).text
