"""The command line of `diemcau-agent probe snmp`: what it takes, refuses, and never shows."""

import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from agent.errors import EXIT_FAILED, EXIT_USAGE
from agent.health import probe_address, probe_arguments
from agent.health.cli import main
from monitoring.collectors.snmp.target import AuthAlgorithm, Community, PrivAlgorithm, UserKeys

SECRET = "rat-bi-mat-12345"


@pytest.mark.parametrize(
    "arguments",
    [
        ["10.0.0.1"],
        ["10.0.0.1:0", "--community", SECRET],
        ["10.0.0.1:99999", "--community", SECRET],
        ["khong hop le", "--community", SECRET],
        ["[::1", "--community-file", "/khong/co"],
        ["10.0.0.1", "--user", "x", "--auth-key-file", "/khong/co"],
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["probe", "snmp", *arguments]) == EXIT_USAGE
    said = capsys.readouterr().err
    assert len(said.splitlines()) >= 2
    assert SECRET not in said
    if "/khong/co" in arguments and "[::1" not in arguments:
        vi, en = said.splitlines()
        assert vi == "/khong/co: không có tệp hay thư mục này; kiểm tra đường dẫn."
        assert en == "/khong/co: No such file or directory."


def test_keys_have_a_length_and_an_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(probe_arguments.PRIV_ENV, SECRET)
    assert main(["probe", "snmp", "10.0.0.1", "--user", "x"]) == EXIT_USAGE
    monkeypatch.setenv(probe_arguments.AUTH_ENV, "ngan")
    assert main(["probe", "snmp", "10.0.0.1", "--user", "x"]) == EXIT_USAGE
    said = capsys.readouterr().err
    assert "authentication key" in said
    assert "8 characters" in said
    assert "ngan" not in said and SECRET not in said


def test_silence_says_what_to_look_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    word = tmp_path / "community"
    word.write_text(f"{SECRET}\n")
    arguments = ["127.0.0.1:9", "--community-file", str(word), "--timeout", "0.1", "--json"]
    assert main(["probe", "snmp", *arguments]) == EXIT_FAILED
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "no_answer"
    for words in (error["message_vi"], error["message_en"]):
        assert "127.0.0.1" in words and "9/udp" in words and "community" in words
        assert SECRET not in words


def test_no_secret_is_in_what_is_shown_of_credentials() -> None:
    shown = repr((Community(SECRET), UserKeys("user", SECRET, SECRET)))
    assert SECRET not in shown


def test_the_command_line_names_what_the_door_knows() -> None:
    assert tuple(one.value for one in AuthAlgorithm) == probe_arguments.AUTH_ALGORITHMS
    assert tuple(one.value for one in PrivAlgorithm) == probe_arguments.PRIV_ALGORITHMS


def test_nothing_of_snmp_is_loaded_unless_something_is_probed() -> None:
    code = (
        "import sys\n"
        "from agent.health.cli import main\n"
        "import agent.health.service\n"
        "main(['status', '--data-dir', '/khong/co'])\n"
        "print([name for name in sys.modules if 'snmp' in name])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_resolver_that_says_nothing_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: end.wait(30))
    monkeypatch.setattr(probe_address, "RESOLVE_S", 0.2)
    began_s = time.monotonic()
    assert main(["probe", "snmp", "ups.xa.example", "--community", SECRET]) == EXIT_FAILED
    assert time.monotonic() - began_s < 5
    end.set()
    assert "ups.xa.example" in capsys.readouterr().err
