"""net-snmp's own daemon, by SNMP v3 with SHA-256 and AES, and by whom it does not let in."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.snmp_device import free_port
from tests.waiting import until_blocking

AUTH, PRIV = "khoa-xac-thuc-1", "khoa-ma-hoa-22"
SNMPD = shutil.which("snmpd") or "/usr/sbin/snmpd"
pytestmark = pytest.mark.skipif(not Path(SNMPD).exists(), reason="no snmpd here")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, port = tmp_path_factory.mktemp("snmpd"), free_port()
    config = folder / "snmpd.conf"
    config.write_text(
        f"agentaddress udp:127.0.0.1:{port}\nsysName dau-cau\n"
        f'createUser giamsat SHA-256 "{AUTH}" AES "{PRIV}"\nrouser giamsat priv\n'
    )
    process = subprocess.Popen(
        [SNMPD, "-f", "-Lf", str(folder / "log"), "-C", "-c", str(config)],
        env={**os.environ, "SNMP_PERSISTENT_DIR": str(folder / "kept")},
    )
    bound = f":{port:04X} "
    try:
        is_up = until_blocking(lambda: bound in Path("/proc/net/udp").read_text(), 20)
        assert is_up and process.poll() is None, (folder / "log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(10)


def probed(
    port: int, user: str, auth: str = AUTH, priv: str = PRIV, library: str = "gufo-snmp"
) -> subprocess.CompletedProcess[str]:
    """Run the command with its keys in the environment."""
    keys = {"DIEMCAU_SNMP_AUTH_KEY": auth, "DIEMCAU_SNMP_PRIV_KEY": priv}
    return subprocess.run(
        [sys.executable, "-m", "agent.health", "probe", "snmp", f"127.0.0.1:{port}",
         "--user", user, "--timeout", "1", "--json", "--library", library],
        env={**os.environ, **keys}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("library", ["gufo-snmp", "pysnmp"])
def test_a_user_with_both_keys_is_let_in(port: int, library: str) -> None:
    done = probed(port, "giamsat", library=library)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["sys_name"] == "dau-cau"
    loopback = next(row for row in report["interfaces"] if row["name"] == "lo")
    assert loopback["is_up"] is True
    assert loopback["counter_bits"] == 64
    assert list(loopback)[:8] == [
        "index", "name", "alias", "speed_bps", "is_up", "in_octets", "out_octets", "counter_bits",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("user", "auth", "priv", "said", "library"),
    [
        ("nguoi-la", AUTH, PRIV, "does not know this user", "gufo-snmp"),
        ("giamsat", "khoa-xac-thuc-2", PRIV, "authentication key", "gufo-snmp"),
        ("giamsat", AUTH, "khoa-ma-hoa-23", "--priv-key-file", "gufo-snmp"),
        ("giamsat", "khoa-xac-thuc-2", PRIV, "authentication key", "pysnmp"),
    ],
)
def test_what_is_wrong_is_named_and_no_key_is(
    port: int, user: str, auth: str, priv: str, said: str, library: str
) -> None:
    done = probed(port, user, auth, priv, library)
    assert done.returncode == 1
    assert said in json.loads(done.stdout)["error"]["message_en"]
    assert auth not in done.stdout + done.stderr
    assert priv not in done.stdout + done.stderr
