"""What importing a part loads: import-linter reads the code, this looks at the process."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {
    "aiomqtt", "aiortc", "alembic", "av", "fastapi", "gufo", "jeepney", "numpy", "PIL", "psutil",
    "pydantic", "pysnmp", "sqlalchemy", "sqlmodel", "starlette", "structlog", "uvicorn",
}  # fmt: skip


def _loaded_by(statement: str) -> set[str]:
    """Return the top-level names of all modules that a fresh interpreter then has."""
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import agent, contracts, controller, media, monitoring, runtime",
        "from contracts import centre, codec, desired, floor, relay, reports, topics",
        "import media.wire.rtcp, media.sfu.slots, monitoring.judgement.presence",
        "import controller.meetings.booking, agent.point.schedule",
    ],
)
def test_the_language_of_the_parts_loads_nothing_heavy(statement: str) -> None:
    loaded = _loaded_by(statement)
    assert "contracts" in loaded or "agent" in loaded
    assert loaded & HEAVY == set()


def test_the_health_agent_loads_what_it_needs_and_no_more() -> None:
    loaded = _loaded_by("from agent.health import cli, service")
    assert {"aiomqtt", "msgspec", "structlog"} <= loaded
    assert loaded & (HEAVY - {"aiomqtt", "structlog", "psutil"}) == set()
    assert loaded & {"media", "controller"} == set()


def test_the_controller_loads_no_media_engine_and_collectors_of_its_own_machine_alone() -> None:
    loaded = _loaded_by(
        "import controller.service, controller.ingest.service\n"
        "assert not [m for m in sys.modules"
        " if m.startswith(('media.sfu.engine', 'monitoring.collectors.', 'agent'))"
        " and m.rpartition('.')[2] not in ('counters', 'disk', 'file_systems', 'host', 'load')]"
    )
    assert {"fastapi", "sqlmodel"} <= loaded
    assert loaded & {"aiortc", "av", "numpy", "PIL"} == set()
