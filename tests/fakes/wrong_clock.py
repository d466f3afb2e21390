"""A process whose wall clock is wrong, by libfaketime: what to put into its environment.

Not by the `faketime` program: killing that leaves its child running, and it refuses to begin
where a process of the same id was killed under it earlier ("sem_open: File exists").
"""

from pathlib import Path

import pytest

# Debian's, whatever the architecture.
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)

needs_faketime = pytest.mark.skipif(LIBRARY is None, reason="not checked: no faketime")


def wrong_clock(offset: str) -> dict[str, str]:
    """Return the environment for an offset such as "-1d"; the boot clock stays right."""
    return {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME": offset,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def stepping_clock(file: Path) -> dict[str, str]:
    """Return the environment for an offset that a file says, each time the clock is asked."""
    told = {"FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1"}
    return {name: value for name, value in wrong_clock("").items() if name != "FAKETIME"} | told
