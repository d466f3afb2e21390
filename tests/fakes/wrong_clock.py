"""A process whose wall clock is wrong, by libfaketime: what to put into its environment.

Not the `faketime` program around it: that one is a parent, and killing it leaves its
child running.
"""

import shutil
import subprocess

import pytest

needs_faketime = pytest.mark.skipif(
    shutil.which("faketime") is None, reason="not checked: no faketime"
)


def wrong_clock(offset: str) -> dict[str, str]:
    """Return the environment for an offset such as "-1d"; the boot clock stays right."""
    told = subprocess.run(
        ["faketime", "-f", offset, "env"], capture_output=True, text=True, check=True
    ).stdout
    environment = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    return {
        "LD_PRELOAD": environment["LD_PRELOAD"],
        "FAKETIME": offset,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
