"""The daily command and the web process at a clock that is years ahead: nothing is lost by it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import select

from controller import retention, upkeep
from controller.audit.service import Action, AuditLog
from controller.clock import WatchedClock
from controller.db.engine import open_engine, reading, writing
from controller.enrolment import certificate_queries, pki, revocation_list
from controller.enrolment.tables import PointCertificate
from controller.ingest.tables import IngestSpan
from runtime import x509_door
from runtime.clock_trust import Doubt
from tests.integration.controller.centre import Centre, Installation

NOW = datetime(2026, 11, 26, 7, tzinfo=UTC)
AHEAD = timedelta(days=2200)
HOST = ("diemcau.test",)


def heard(installation: Installation, at: datetime) -> None:
    """Let the centre have listened until an instant."""
    engine = open_engine(installation.settings.series_database_url)
    with writing(engine) as session:
        session.add(IngestSpan(began_at=at - timedelta(hours=1), alive_at=at))
    engine.dispose()


def services(installation: Installation) -> dict[str, bytes]:
    folder = installation.settings.pki_dir
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_clock_that_the_data_contradict_renews_nothing(installation: Installation) -> None:
    now = datetime.now(UTC)
    heard(installation, now)
    before = services(installation)
    done = upkeep.renew(installation.settings, now=now + AHEAD, is_synchronised=False)
    assert done == upkeep.Renewed(doubt=Doubt.AHEAD)
    assert services(installation) == before
    done = upkeep.renew(installation.settings, now=now, is_synchronised=False)
    assert done == upkeep.Renewed()


def test_what_a_wrong_clock_has_made_is_made_anew_by_the_next_run(
    installation: Installation,
) -> None:
    settings, now = installation.settings, datetime.now(UTC)
    made = upkeep.renew(settings, now=now + AHEAD, is_synchronised=True).services
    assert "broker" in made
    assert upkeep.renew(settings, now=now, is_synchronised=True).services == made
    for name in made:
        certificate = x509_door.certificate_from_pem(
            (settings.pki_dir / f"{name}.crt").read_bytes()
        )
        assert x509_door.is_valid_at(certificate, now)


def test_a_certificate_stays_while_it_is_valid_and_for_90_days_more(tmp_path: Path) -> None:
    authority = pki.new_authority("Test", now=NOW)

    def made(at: datetime) -> bool:
        return pki.ensure_service(tmp_path, "broker", authority, hosts=HOST, now=at)

    begins = NOW - pki.BACKDATED
    assert made(NOW)
    assert not made(begins)
    assert made(begins - timedelta(seconds=1))


def test_a_list_of_the_future_is_written_anew_though_it_says_the_same(tmp_path: Path) -> None:
    authority = pki.new_authority("Test", now=NOW)
    assert revocation_list.write(tmp_path, authority, [], now=NOW + AHEAD)
    assert revocation_list.write(tmp_path, authority, [], now=NOW)
    listed = x509_door.revocation_list_from_pem(revocation_list.path(tmp_path).read_bytes())
    assert listed.last_update_utc <= NOW
    assert not revocation_list.write(tmp_path, authority, [], now=NOW)


async def test_a_clock_years_ahead_brings_no_revoked_certificate_back(centre: Centre) -> None:
    web, now = centre.web, datetime.now(UTC)
    with writing(web.state) as session:
        for number in (1, 2):
            certificate_queries.add(
                session,
                "p-b",
                serial=f"{number}",
                sha256=f"{number:064}",
                issued_at=now - timedelta(days=number),
                expires_at=now + timedelta(days=900),
            )
        certificate_queries.end_all(session, "p-b", why="revoked", now=now, except_sha256="1" * 64)
    web.part(AuditLog).note(Action.REVOKE, actor="admin", subject="p-b")
    ahead = WatchedClock(wall=lambda: now + AHEAD, is_synchronised=lambda: True, newest=now)
    await retention.look(web.settings, web.state, ahead)
    with reading(web.state) as session:
        assert len(session.exec(select(PointCertificate)).all()) == 2
        assert {one.serial for one in certificate_queries.ended(session)} == {"1", "2"}
    assert len(web.part(AuditLog).newest(limit=10)) == 1
    believed = WatchedClock(wall=lambda: now + AHEAD, is_synchronised=lambda: True)
    await retention.look(web.settings, web.state, believed)
    with reading(web.state) as session:
        assert session.exec(select(PointCertificate)).all() == []
