"""A log on a full disk costs lines, not the process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

CODE = """
import structlog
from runtime import logging

logging.configure("full")
for number in range(100):
    structlog.get_logger().info("line", number=number)
print("alive")
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="not checked: no /dev/full")
def test_a_full_disk_under_the_log_ends_no_process():
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", CODE], cwd=ROOT, env=dict(os.environ),
            stdout=subprocess.PIPE, stderr=full, timeout=20, check=False,
        )  # fmt: skip
    assert done.stdout == b"alive\n"
