"""sd_notify over a real datagram socket."""

import socket
from pathlib import Path

import pytest

from runtime import notify


def test_each_call_sends_its_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(path)
        systemd.settimeout(2)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        notify.ready()
        notify.status("đang chạy")
        notify.watchdog()
        notify.stopping()
        received = [systemd.recv(200).decode() for _ in range(4)]
    assert received == ["READY=1", "STATUS=đang chạy", "WATCHDOG=1", "STOPPING=1"]


@pytest.mark.parametrize(("given", "expected"), [("30000000", 15.0), ("", None), ("x", None)])
def test_watchdog_interval_is_half_of_the_limit(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: float | None
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", given)
    assert notify.watchdog_interval_s() == expected


def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify.ready()
    assert notify.watchdog_interval_s() is None
