"""What every test may rely on; who the neighbours are is said at the head of a run.

A test whose neighbour is missing is skipped with the reason. CI has all of them.
"""

import os
import shutil
import sys
from pathlib import Path

import hypothesis
import pytest
import structlog

# Commands under test are found as an installation finds them.
os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
# A Debian path that is not always a person's.
os.environ["PATH"] += os.pathsep + "/usr/sbin"

# Cases are the same in every run; the two cores are shared, so no case has a deadline.
hypothesis.settings.register_profile("ours", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("ours")

# A traceback in colours takes a tenth of a second, and tests log many.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.dev.ConsoleRenderer(colors=False),
    ]
)

CHROMIUM = shutil.which("chromium")


def _has_postgresql() -> bool:
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def _missing(item: pytest.Item) -> str | None:
    if item.get_closest_marker("browser") and CHROMIUM is None:
        return "not checked: no Chromium"
    if item.get_closest_marker("namespace") and (os.geteuid() != 0 or not shutil.which("ip")):
        return "not checked: network namespaces need root and ip"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with a reason, what cannot be checked here."""
    for item in items:
        reason = _missing(item)
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_report_header() -> str:
    """Say which neighbours the run has."""
    neighbours = {
        "Mosquitto": shutil.which("mosquitto") is not None,
        "PostgreSQL": _has_postgresql(),
        "Chromium": CHROMIUM is not None,
        "root": os.geteuid() == 0,
    }
    return "neighbours: " + ", ".join(
        f"{n} {'yes' if has else 'NO'}" for n, has in neighbours.items()
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Leave what failed in a file, for scripts/run_tests.sh."""
    path = os.environ.get("DIEMCAU_FAILED_TESTS")
    if path:
        reports = [
            one for how in ("failed", "error") for one in terminalreporter.stats.get(how, ())
        ]
        Path(path).write_text("".join(f"{report.nodeid}\n" for report in reports))
