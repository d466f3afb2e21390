"""A relay of running meetings that is taken out of the list, or whose certificate is taken back."""

from argparse import Namespace
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import UNSET

from contracts.desired import DIGEST_CHARS
from contracts.ids import RelayId
from controller.commands import init
from controller.dispatch.changes import Pending
from controller.enrolment import pki, revocation
from controller.enrolment.commands import revoke_relay
from controller.errors import InstallationError
from controller.installation import ensure_services
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import Move
from controller.settings import KnownRelay
from runtime.guard import FAILURES
from tests.integration.controller import test_several_relays as several
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_several_relays import (
    EVERYTHING,
    HOME,
    RELAYS,
    SITE,
    WORKER,
    begun,
    planned,
    to_relay,
)

spread_out = several.spread_out


def test_init_names_units_that_a_relay_is_to_serve_and_that_there_are_not(
    spread_out: Centre,
) -> None:
    settings = spread_out.web.settings
    assert "serves" not in init(settings, Namespace()).text
    site = msgspec.structs.replace(RELAYS[2], serves=("xa-c", "xa-la"))
    settings = msgspec.structs.replace(settings, relays=(*RELAYS[:2], site))
    assert init(settings, Namespace()).text.endswith("No such unit, named in serves: xa-la.")


def test_a_relay_that_is_listed_no_more_is_let_in_no_more_while_the_meeting_runs(
    spread_out: Centre,
) -> None:
    web = spread_out.web
    meeting = begun(web)
    planned(web)
    alone = msgspec.structs.replace(web.settings, relays=RELAYS[:1])
    moved = Pending[Any](ids={meeting.meeting_id}, is_forced=True)
    for pending in (moved, EVERYTHING, moved):
        said = planned(web, alone, pending)
        home, worker = to_relay(said, HOME, meeting), to_relay(said, WORKER, meeting)
        assert home is not None
        assert home.outer is UNSET
        assert worker is None or worker.has_ended
    told = to_relay(planned(web, alone), WORKER, meeting)
    assert told is not None
    assert told.has_ended


def test_outer_relays_go_on_by_themselves_where_their_home_is_listed_no_more(
    spread_out: Centre,
) -> None:
    web = spread_out.web
    meeting = begun(web)
    planned(web)
    other = RelayId("relay-9")
    homed = [msgspec.structs.replace(one, home=other) for one in RELAYS[1:]]
    relays = (KnownRelay(relay_id=other, url="https://127.0.0.1:9444"), *homed)
    without = msgspec.structs.replace(web.settings, relays=relays)
    moved = Pending[Any](ids={meeting.meeting_id}, is_forced=True)
    for pending in (EVERYTHING, moved):
        said = planned(web, without, pending)
        for relay in (WORKER, SITE):
            told = to_relay(said, relay, meeting)
            assert told is not None
            assert (told.has_ended, told.home) == (False, UNSET)
    web.part(Lifecycle).move(meeting.meeting_id, Move.END, actor="office")
    ended = to_relay(planned(web, without), SITE, meeting)
    assert ended is not None
    assert ended.has_ended


def test_a_relays_certificate_that_is_taken_back_is_named_to_homes_and_to_the_broker(
    spread_out: Centre,
) -> None:
    web = spread_out.web
    meeting = begun(web)
    folder, now = web.settings.pki_dir, web.now()
    authority = pki.load_authority(folder)
    ensure_services(web.settings, authority, now=now)
    before = (folder / f"{SITE}.crt").read_bytes()
    revoke_relay(web.settings, Namespace(relay=SITE))
    certificate = x509.load_pem_x509_certificate(before)
    listed = x509.load_pem_x509_crl((folder / "revoked.crl").read_bytes())
    assert listed.get_revoked_certificate_by_serial_number(certificate.serial_number)
    home, site = (to_relay(planned(web), one, meeting) for one in (HOME, SITE))
    assert home is not None
    assert site is not None
    digest = certificate.fingerprint(SHA256()).hex()[:DIGEST_CHARS]
    assert (home.revoked_relays, site.revoked_relays) == ((digest,), UNSET)
    assert not (folder / f"{SITE}.key").exists()
    assert SITE in ensure_services(web.settings, authority, now=now)
    assert (folder / f"{SITE}.crt").read_bytes() != before
    with pytest.raises(InstallationError, match="no certificate"):
        revoke_relay(web.settings, Namespace(relay="relay-9"))


def test_taking_a_certificate_back_is_repeated_where_it_was_broken_off(spread_out: Centre) -> None:
    settings, folder = spread_out.web.settings, spread_out.web.settings.pki_dir
    ensure_services(settings, pki.load_authority(folder), now=spread_out.web.now())
    certificate = x509.load_pem_x509_certificate((folder / f"{SITE}.crt").read_bytes())
    key = folder / "ca.key"
    key.rename(folder / "away")
    with pytest.raises(InstallationError):
        revoke_relay(settings, Namespace(relay=SITE))
    assert (folder / f"{SITE}.crt").exists()
    (folder / "away").rename(key)
    listed = folder / "revoked.crl"
    listed.unlink(missing_ok=True)
    listed.mkdir()
    with pytest.raises(OSError, match="directory"):
        revoke_relay(settings, Namespace(relay=SITE))
    listed.rmdir()
    revoke_relay(settings, Namespace(relay=SITE))
    found = x509.load_pem_x509_crl(listed.read_bytes())
    assert found.get_revoked_certificate_by_serial_number(certificate.serial_number)


def test_a_certificate_that_was_taken_back_stays_so_where_its_file_is_damaged(
    spread_out: Centre,
) -> None:
    web = spread_out.web
    meeting = begun(web)
    settings, folder = web.settings, web.settings.pki_dir
    authority = pki.load_authority(folder)
    ensure_services(settings, authority, now=web.now())
    certificate = x509.load_pem_x509_certificate((folder / f"{SITE}.crt").read_bytes())
    revoke_relay(settings, Namespace(relay=SITE))
    (file,) = folder.glob("*.revoked")
    file.write_bytes(b"")
    before = sum(FAILURES.totals.values())
    revocation.update_list(web.state, folder, authority, now=web.now())
    listed = x509.load_pem_x509_crl((folder / "revoked.crl").read_bytes())
    assert listed.get_revoked_certificate_by_serial_number(certificate.serial_number)
    home = to_relay(planned(web), HOME, meeting)
    assert home is not None
    assert home.revoked_relays == (certificate.fingerprint(SHA256()).hex()[:DIGEST_CHARS],)
    assert sum(FAILURES.totals.values()) > before
