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
