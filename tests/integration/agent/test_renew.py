"""A certificate is renewed over itself: when due, whole or not at all, and used at once."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from agent.enrolment.renew import renew
from agent.errors import Unreachable
from agent.point.identity import PointFolder
from media.client.whip_client import PointIdentity
from tests.fakes.centre import running_centre
from tests.fakes.controller import running_controller
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.pki import Pki
from tests.fakes.point import make_point, running_agent
from tests.waiting import until


@pytest.fixture
def pki(tmp_path):
    return Pki(tmp_path / "pki")


@pytest.fixture
def controller(pki):
    with running_controller(pki) as running:
        yield running


@pytest.fixture
def folder(tmp_path, pki):
    """A point's folder as far as its certificate goes: 30 days."""
    folder = PointFolder(tmp_path / "point")
    folder.key_file.parent.mkdir(parents=True)
    issued = pki.issue("p1", days=30)
    folder.certificate_file.write_bytes(issued.certificate_file.read_bytes())
    folder.key_file.write_bytes(issued.key_file.read_bytes())
    folder.ca_file.write_bytes(pki.ca_pem)
    return folder


def is_pair(folder):
    certificate = x509.load_pem_x509_certificate(folder.certificate_file.read_bytes())
    key = load_pem_private_key(folder.key_file.read_bytes(), password=None)
    return certificate.public_key() == key.public_key()


@pytest.mark.parametrize(("days", "is_due"), [(0, False), (19, False), (21, True), (29, True)])
def test_it_is_renewed_from_two_thirds_of_its_life(controller, folder, days, is_due):
    before = folder.certificate_file.read_text(), folder.key_file.read_text()
    now = datetime.now(UTC) + timedelta(days=days)
    # The centre's own certificate is a year's: only the point's is near its end.
    assert renew(folder, controller.url, now=now) is is_due
    after = folder.certificate_file.read_text(), folder.key_file.read_text()
    assert (after != before) is is_due
    assert is_pair(folder)
    if is_due:
        assert controller.renewed == [after[0]]
        assert stat.S_IMODE(folder.key_file.stat().st_mode) == 0o600
        assert not folder.renewing_key_file.exists()
        assert renew(folder, controller.url, now=datetime.now(UTC)) is False


def test_a_lost_answer_leaves_the_old_one_and_the_same_key_is_asked_for_again(controller, folder):
    before = folder.certificate_file.read_text()
    now = datetime.now(UTC) + timedelta(days=25)
    controller.loses_answers = True
    with pytest.raises(Unreachable):
        renew(folder, controller.url, now=now)
    assert folder.certificate_file.read_text() == before
    assert is_pair(folder)
    asked_with = folder.renewing_key_file.read_text()
    controller.loses_answers = False
    assert renew(folder, controller.url, now=now) is True
    assert folder.key_file.read_text() == asked_with
    assert is_pair(folder)


@pytest.mark.parametrize("is_key_moved", [False, True])
def test_a_renewal_that_was_cut_off_in_the_middle_is_finished(
    controller, folder, pki, tmp_path, is_key_moved
):
    other = pki.issue("renewed")
    folder.renewed_certificate_file.write_bytes(other.certificate_file.read_bytes())
    place = folder.key_file if is_key_moved else folder.renewing_key_file
    place.write_bytes(other.key_file.read_bytes())
    assert renew(folder, controller.url, now=datetime.now(UTC)) is False
    assert folder.certificate_file.read_bytes() == other.certificate_file.read_bytes()
    assert is_pair(folder)
    assert not folder.renewed_certificate_file.exists()
    assert controller.requests == []


def test_the_room_proves_itself_with_the_renewed_one_without_a_restart(controller, folder):
    identity = PointIdentity(folder.certificate_file, folder.key_file)

    def shown():
        return identity.authorization(nonce=b"n", method="POST", path="/", body=b"").split()[1]

    first = shown()
    assert shown() == first
    renew(folder, controller.url, now=datetime.now(UTC) + timedelta(days=25))
    second = shown()
    assert second != first
    # Half a pair, as in the moment between the two moves, is not taken.
    folder.key_file.write_text("")
    folder.certificate_file.write_text("")
    assert shown() == second


async def test_the_running_agent_renews_and_its_session_goes_on_with_the_new_one(tmp_path, pki):
    # Issued an hour ago for 84 minutes: due since three minutes.
    pki.issue("p1", days=24 / 1440)
    with running_controller(pki) as controller, start_mosquitto(tmp_path, pki=pki) as broker:
        folder = make_point(tmp_path / "p1", broker, controller_url=controller.url)
        async with running_centre(broker) as centre:
            with running_agent(folder) as agent:
                await until(lambda: agent.log.count("bus_connected") == 1, 20, agent.log)
                await until(lambda: "certificate_renewed" in agent.log, 40, "renewed")
                await until(lambda: agent.log.count("bus_connected") == 2, 20, "a new session")
                before = len(centre.received["p1"])
                await until(lambda: len(centre.received["p1"]) > before, 20, agent.log)
                assert agent.stop() == 0
    assert controller.renewed == [folder.certificate_file.read_text()]
    assert is_pair(folder)
