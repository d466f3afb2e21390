"""Enrolment over real TLS: what is written, what is refused, and any clock."""

import json
import stat
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from agent.enrolment.enrol import enrol
from agent.errors import (
    AlreadyEnrolled,
    AuthorityMismatch,
    EnrolmentRefused,
    NotSecure,
    TimeNotProved,
    Unreachable,
)
from agent.point.identity import PointFolder
from runtime.clock import Clock
from tests.fakes.controller import running_controller
from tests.fakes.mosquitto import free_port
from tests.fakes.pki import Pki
from tests.fakes.point import PROJECT
from tests.fakes.wrong_clock import needs_faketime, wrong_clock


@pytest.fixture
def controller(tmp_path):
    with running_controller(Pki(tmp_path / "pki")) as running:
        yield running


@pytest.fixture
def folder(tmp_path):
    return PointFolder(tmp_path / "point")


def run_enrol(controller, folder, *, code=None, environment=None):
    import os

    return subprocess.run(
        [
            sys.executable, "-m", "agent.health", "enrol", "--controller", controller.url,
            "--code", code or controller.code, "--data-dir", str(folder.root), "--json",
        ],
        cwd=PROJECT, capture_output=True, text=True, timeout=30, check=False,
        env={**os.environ, **(environment or {})},
    )  # fmt: skip


def test_a_machine_becomes_a_point(controller, folder):
    done = run_enrol(controller, folder, code=controller.code.lower().replace("-", " "))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"point_id": "p1", "name": "Xã Phú Hộ"}
    identity = folder.identity()
    assert (identity.point_number, identity.broker_port) == (7, 8883)
    certificate = x509.load_pem_x509_certificate(folder.certificate_file.read_bytes())
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert [name.value for name in names] == ["p1"]
    assert stat.S_IMODE(folder.key_file.stat().st_mode) == 0o600
    assert folder.ca_file.read_bytes() == controller.pki.ca_pem
    assert Clock(folder.clock_file).state().source in ("centre", "ntp")


@pytest.mark.parametrize("way", ["asked for", "--code -", "--code-file"])
def test_the_code_need_not_stand_in_the_list_of_processes(controller, folder, tmp_path, way):
    paper = tmp_path / "code.txt"
    paper.write_text(f"\ufeff{controller.code}\r\n", encoding="utf-8")
    given = {"asked for": [], "--code -": ["--code", "-"], "--code-file": ["--code-file", paper]}
    done = subprocess.run(
        [
            sys.executable, "-m", "agent.health", "enrol", "--controller", controller.url,
            *given[way], "--data-dir", folder.root, "--json",
        ],
        cwd=PROJECT, capture_output=True, text=True, timeout=30, check=False,
        input="" if way == "--code-file" else f"{controller.code}\n",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert folder.identity().point_id == "p1"


@pytest.mark.parametrize("number", [256, 65_535])
def test_a_province_may_have_more_than_255_points(controller, folder, number):
    controller.point_number = number
    assert run_enrol(controller, folder).returncode == 0
    assert folder.identity().point_number == number


@pytest.mark.parametrize("code", ["wrong_code", "code_used", "code_expired"])
def test_a_refusal_is_told_in_the_controllers_words(controller, folder, code):
    controller.refusal = (403, code)
    done = run_enrol(controller, folder)
    assert done.returncode == 4
    assert json.loads(done.stdout)["error"] == {
        "code": code, "message_vi": f"Từ chối: {code}", "message_en": code,
    }  # fmt: skip
    assert not folder.identity_file.exists()


def test_a_stranger_gets_no_secret(controller, folder, tmp_path):
    with running_controller(Pki(tmp_path / "other")) as stranger:
        with pytest.raises(AuthorityMismatch):
            enrol(stranger.url, controller.code, folder, is_replacing=False)
        assert stranger.requests == ["/api/v1/enrol/authority"]


def test_a_code_of_the_wrong_form_is_a_matter_of_usage(controller, folder):
    done = run_enrol(controller, folder, code="1234")
    assert done.returncode == 2
    assert controller.requests == []


def test_nobody_there(folder, controller):
    with pytest.raises(Unreachable) as caught:
        enrol(f"https://127.0.0.1:{free_port()}", controller.code, folder, is_replacing=False)
    in_vietnamese, in_english = str(caught.value).splitlines()
    assert "máy ở đó từ chối cổng này" in in_vietnamese
    assert in_english.startswith("The controller at")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "127.0.0.1:1", "trung-tam.vn", ""])
def test_an_address_without_https_is_a_matter_of_usage_and_asks_nobody(folder, controller, url):
    with pytest.raises(NotSecure) as caught:
        enrol(url, controller.code, folder, is_replacing=False)
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith("Địa chỉ trung tâm phải bắt đầu bằng https://")


def test_a_server_error_is_no_refusal(controller, folder):
    controller.refusal = (503, "busy")
    with pytest.raises(Unreachable, match=r"Từ chối: busy\.") as caught:
        enrol(controller.url, controller.code, folder, is_replacing=False)
    assert ".." not in str(caught.value)


@pytest.mark.parametrize("refusal", [None, (403, ""), (503, "")])
@pytest.mark.parametrize(
    "answer", [b"", b"[]", b"\xff", b"[" * 30_000], ids=["empty", "list", "no text", "deep"]
)
def test_an_answer_that_cannot_be_read_is_nobody_there(controller, folder, refusal, answer):
    controller.refusal, controller.garbled = refusal, answer
    with pytest.raises(Unreachable):
        enrol(controller.url, controller.code, folder, is_replacing=False)


def test_a_time_signed_by_another_moves_nothing(controller, folder, tmp_path):
    controller.signer = Pki(tmp_path / "other")
    with pytest.raises(TimeNotProved):
        enrol(controller.url, controller.code, folder, is_replacing=False)
    assert not folder.root.exists()


def test_a_centre_of_before_signs_the_time_with_the_authoritys_key(controller, folder):
    controller.time_signer = None
    assert enrol(controller.url, controller.code, folder, is_replacing=False).point_id == "p1"


@pytest.mark.parametrize("name", ["p1", "centre-web"])
def test_a_time_signed_by_another_certificate_of_the_authority_moves_nothing(
    controller, folder, name
):
    controller.time_signer = name
    with pytest.raises(TimeNotProved):
        enrol(controller.url, controller.code, folder, is_replacing=False)


def test_a_time_when_its_signer_is_not_valid_moves_nothing(controller, folder):
    controller.off = timedelta(days=4000)
    with pytest.raises(TimeNotProved):
        enrol(controller.url, controller.code, folder, is_replacing=False)


def test_a_certificate_out_of_its_dates_by_the_centres_time_is_refused(controller, folder):
    controller.off, controller.time_signer = timedelta(days=4000), None
    with pytest.raises(Unreachable, match="not valid at this time"):
        enrol(controller.url, controller.code, folder, is_replacing=False)


def test_enrolling_twice_needs_a_word(controller, folder):
    enrol(controller.url, controller.code, folder, is_replacing=False)
    with pytest.raises(AlreadyEnrolled, match="máy này đã ghi danh là Xã Phú Hộ"):
        enrol(controller.url, controller.code, folder, is_replacing=False)
    folder.desired_dir.mkdir()
    (folder.desired_dir / "policy.json").write_text("{}")
    folder.outbox_file.write_text("reports of the former point")
    controller.point_id = "p9"
    assert enrol(controller.url, controller.code, folder, is_replacing=True).point_id == "p9"
    assert not (folder.desired_dir / "policy.json").exists()
    assert not folder.outbox_file.exists()
    assert (folder.root / "outbox.db.former").read_text() == "reports of the former point"


def test_after_a_lost_answer_the_same_key_asks_again(controller, folder):
    controller.refusal = (503, "busy")
    with pytest.raises(Unreachable):
        enrol(controller.url, controller.code, folder, is_replacing=False)
    asked_with = folder.asking_key_file.read_bytes()
    controller.refusal = None
    enrol(controller.url, controller.code, folder, is_replacing=False)
    assert folder.key_file.read_bytes() == asked_with
    assert not folder.asking_key_file.exists()
    assert stat.S_IMODE(folder.key_file.stat().st_mode) == 0o600


def test_a_refusal_can_be_caught_by_its_code(controller, folder):
    controller.refusal = (409, "code_used")
    with pytest.raises(EnrolmentRefused) as caught:
        enrol(controller.url, controller.code, folder, is_replacing=False)
    assert caught.value.code == "code_used"


@needs_faketime
@pytest.mark.parametrize("off", ["-1d", "+1d", "-2190d"])
def test_a_clock_that_is_off_by_a_day_or_six_years_does_no_harm(controller, folder, off):
    done = run_enrol(controller, folder, environment=wrong_clock(off))
    assert (done.returncode, done.stderr) == (0, "")
    now = datetime.now().astimezone()
    assert abs(folder.identity().enrolled_at - now) < timedelta(seconds=30)
