"""The room's screen as it is installed: the unit's own command line and policy, real programs."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.kiosk_machine import MACHINE

ROOT = Path(__file__).parents[3]
POLICY = ROOT / "systemd" / "diemcau-kiosk.json"
HAS_SCREEN = all(shutil.which(name) for name in ("cage", "Xwayland"))
# The devices stand in for hardware; whether they may be opened the policy alone decides.
DEVICES = "--use-fake-device-for-media-stream"

pytestmark = [pytest.mark.browser, pytest.mark.namespace]


def unit_command() -> list[str]:
    unit = (ROOT / "systemd" / "diemcau-kiosk.service").read_text()
    found = re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE)
    assert found is not None
    return found[1].split()


def said(policy, command):
    """Return what a page said that was shown by a command under a policy."""
    done = subprocess.run(
        [*MACHINE, sys.executable, "-m", "tests.fakes.kiosk_machine", str(policy), *command],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def headless(url):
    return ["/usr/bin/chromium", "--headless=new", "--no-first-run", DEVICES,
            "--window-size=1280,720", "--user-data-dir=/var/lib/diemcau-kiosk/chromium",
            url]  # fmt: skip


@pytest.mark.skipif(not HAS_SCREEN, reason="not checked: cage or Xwayland is not installed")
def test_the_unit_shows_the_page_full_screen_with_camera_and_microphone_unasked():
    *command, url = unit_command()
    found = said(POLICY, [*command, DEVICES, url])
    assert found == {
        "video": "live",
        "audio": "live",
        "autoplay": "running",
        "screen": ["visible", 1280, 720, True],
        "elsewhere": False,
    }


def test_no_other_page_would_get_the_devices_if_it_opened(tmp_path):
    open_to_all = {**json.loads(POLICY.read_text()), "URLBlocklist": []}
    loose = tmp_path / "loose.json"
    loose.write_text(json.dumps(open_to_all))
    found = said(loose, headless("http://127.0.0.1:8090"))
    assert (found["video"], found["audio"]) == ("NotAllowedError", "NotAllowedError")
    assert (found["autoplay"], found["elsewhere"]) == ("suspended", True)
