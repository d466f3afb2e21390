"""Signals, exit codes and the sentence on stderr, with real processes."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PRELUDE = """
import asyncio, sys
from pathlib import Path
from runtime import service, http
from runtime.errors import SettingsError, PortInUse
"""


def started(code: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_code_0_after_its_finally_blocks(number: signal.Signals) -> None:
    process = started("""
async def main():
    try:
        print("ready", flush=True)
        await asyncio.Event().wait()
    finally:
        print("cleaned", flush=True)
sys.exit(service.run(main))
""")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "cleaned\n", "")


def test_bad_configuration_is_code_2_and_one_sentence() -> None:
    process = started("""
async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(inner())
async def inner():
    raise SettingsError(Path("/etc/x.toml"), "broker.hots", "did you mean 'host'?")
sys.exit(service.run(main))
""")
    _, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert err == "cấu hình / configuration: /etc/x.toml: broker.hots: did you mean 'host'?\n"


def test_a_port_in_use_is_code_1_and_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = started(f"""
sys.exit(service.run(lambda: http.serve(None, "127.0.0.1", {port})))
""")
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"port {port} on 127.0.0.1 is in use" in err
    assert "Traceback" not in err


def test_a_bug_is_not_hidden() -> None:
    process = started("""
async def main():
    raise ZeroDivisionError("a bug")
sys.exit(service.run(main))
""")
    _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "ZeroDivisionError: a bug" in err


def test_the_configuration_error_of_a_path_is_a_path(tmp_path: Path) -> None:
    process = started(f"""
from runtime.settings import Settings, load
class S(Settings, frozen=True):
    a: int
async def main():
    load(S, Path({str(tmp_path / "no.toml")!r}))
sys.exit(service.run(main))
""")
    _, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert str(tmp_path / "no.toml") in err
