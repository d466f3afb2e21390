"""The house rules that no other tool checks, over every file that git would keep."""

import ast
import graphlib
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("agent", "controller", "media", "monitoring", "runtime", "contracts")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def _kept() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


KEPT = _kept()
PYTHON = [path for path in KEPT if path.suffix == ".py"]
NOT_TESTS = [path for path in PYTHON if "tests" not in path.relative_to(ROOT).parts]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(_parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_importing_a_package_loads_nothing() -> None:
    inits = [path for path in PYTHON if path.name == "__init__.py"]
    assert len(inits) >= len(PACKAGES)
    assert [_name(path) for path in inits if path.read_bytes()] == []


def test_every_folder_of_a_package_is_a_package() -> None:
    folders = {path.parent for path in PYTHON if _name(path).split("/")[0] in PACKAGES}
    assert [_name(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_one_class_name_stands_in_one_file() -> None:
    """So that grep, and a reader, arrive."""
    where: dict[str, set[str]] = {}
    for path in NOT_TESTS:
        if _name(path).split("/")[0] in PACKAGES and "migrations" not in path.parts:
            for node in ast.walk(_parsed(path)):
                if isinstance(node, ast.ClassDef):
                    where.setdefault(node.name, set()).add(_name(path))
    assert {name: files for name, files in where.items() if len(files) > 1} == {}


def _imports(path: Path) -> set[str]:
    """Return every module and name that a file imports, also for types alone."""
    found = set()
    for node in ast.walk(_parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def test_no_modules_go_in_a_circle() -> None:
    """So that each can be read after those that it imports, also where types alone are meant."""
    ours = [path for path in NOT_TESTS if _name(path).split("/")[0] in PACKAGES]
    files = {_name(path).removesuffix(".py").replace("/", "."): path for path in ours}
    graph = {module: _imports(path) & files.keys() for module, path in files.items()}
    assert set(graphlib.TopologicalSorter(graph).static_order()) == files.keys()


def test_no_file_is_longer_than_one_idea() -> None:
    lengths = {_name(path): len(path.read_text().splitlines()) for path in NOT_TESTS}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    """A migration is a list of tables, however long."""
    too_long = [
        f"{_name(path)}:{function.lineno} {function.name}"
        for path in NOT_TESTS
        if "migrations" not in path.parts
        for function in _functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        _name(path)
        for path in NOT_TESTS
        if path.name != "__init__.py" and ast.get_docstring(_parsed(path)) is None
    ]
    assert silent == []


def test_what_says_that_it_is_pure_is_held_to_it() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    [pure] = [
        one["source_modules"]
        for one in settings["tool"]["importlinter"]["contracts"]
        if one["name"] == "pure code does no I/O"
    ]
    unchecked = [
        _name(path)
        for path in NOT_TESTS
        if re.search(r"\bPure\b", ast.get_docstring(_parsed(path)) or "")
        and not any(
            f"{_name(path).removesuffix('.py').replace('/', '.')}.".startswith(f"{one}.")
            for one in pure
        )
    ]
    assert unchecked == []


# Written apart, so that this file does not name them either.
REGISTRY_HOSTS = re.compile(
    r"py" r"pi\.org|python" r"hosted\.org|registry\.npm" r"js|npm" r"js\.org|yarn" r"pkg\.com"
    r"|deb\.deb" r"ian\.org"
)  # fmt: skip


def test_no_file_names_a_registry() -> None:
    naming = []
    for path in KEPT:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found = REGISTRY_HOSTS.search(text)
        if found is not None:
            naming.append((_name(path), found[0]))
    assert naming == []


def test_lock_files_pin_every_package_by_version_and_digest() -> None:
    for name, at_least in (("run", 30), ("dev", 30), ("build", 5)):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        pins = [line for line in lines if line and line[0] not in " #"]
        assert len(pins) > at_least
        assert [line for line in lines if line.startswith("-")] == []
        assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==\S+ \\", pin)] == []
        assert sum("--hash=sha256:" in line for line in lines) >= len(pins)


def test_the_run_lock_is_part_of_the_dev_lock() -> None:
    def pins(name: str) -> set[str]:
        return set(
            re.findall(r"^[a-z0-9-]+==\S+", (ROOT / "requirements" / name).read_text(), re.M)
        )

    assert pins("run.txt") <= pins("dev.txt")


@pytest.mark.parametrize(
    ("library", "doors"),
    [
        ("aiomqtt", {"runtime/mqtt.py"}),
        ("psutil", {"monitoring/collectors", "media/transport/interfaces.py"}),
        ("aiortc.rtcdtlstransport", {"media/transport/dtls.py"}),
    ],
)
def test_one_library_has_one_door(library: str, doors: set[str]) -> None:
    pattern = re.compile(rf"^\s*(?:import|from)\s+{re.escape(library)}\b", re.MULTILINE)
    importing = {
        _name(path)
        for path in PYTHON
        if _name(path).split("/")[0] in PACKAGES and pattern.search(path.read_text())
    }
    assert {name for name in importing if not any(name.startswith(door) for door in doors)} == set()


def test_topic_strings_occur_only_in_topics() -> None:
    pattern = re.compile(r"""["']dc/(?:point|relay|centre)""")
    spelling = {
        _name(path)
        for path in PYTHON
        if _name(path).split("/")[0] in PACKAGES and pattern.search(path.read_text())
    }
    assert spelling <= {"contracts/topics.py"}


# Where a task begins other than by the guard, and why that ends nobody else's work.
TASKS = {
    "runtime/guard.py": "the guard itself",
    "runtime/service.py": "the process' main task",
    "runtime/http.py": "one server, shielded to its last request",
    "media/client/uplink.py": "one session's group; whatever ends it is caught in `run`",
    "agent/room/content.py": "one session, awaited and cancelled where it is begun",
    "agent/room/meeting.py": "an uplink that says that the meeting is over ends the group",
    "controller/commands.py": "waits for two child processes, whose end is its end",
    "runtime/bus.py": "the beginning of a session, whose failure ends that session",
    "agent/room/gstreamer/child.py": "one child's words, whose end is the child's",
    "agent/room/gstreamer/playout.py": "one child, awaited and cancelled where it is begun",
    "agent/room/gstreamer/source.py": "one child, awaited and cancelled where it is begun",
    "media/relay/trunk_caller.py": "one call's way round, guarded, cancelled with the call",
    "media/sfu/trunk_lines.py": "one call's pacing, whose turns are guarded, cancelled with it",
    "media/recorder/meeting_recorder.py": "the session of one meeting, whose end is the meeting's",
    "monitoring/throughput/run.py": "one test's connections, cancelled where they are begun",
    "agent/room/rehearsal/trial.py": "the sessions of one rehearsal, cancelled with it",
    "runtime/mqtt.py": "one SUBSCRIBE, cancelled with its wait",
}


def test_tasks_begin_under_the_guard() -> None:
    beginning = {
        _name(path)
        for path in PYTHON
        if _name(path).split("/")[0] in PACKAGES
        for node in ast.walk(_parsed(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in {"create_task", "ensure_future"}
    }
    assert beginning - TASKS.keys() == set()


def test_certificates_are_read_through_one_door() -> None:
    reading = {
        _name(path)
        for path in PYTHON
        if _name(path).split("/")[0] in PACKAGES
        and re.search(r"\bload_(?:pem|der)_x509_", path.read_text())
    }
    assert reading == {"runtime/x509_door.py"}


SLEEPS_AND_MOCKS = {"time.sleep", "asyncio.sleep", "MagicMock", "AsyncMock", "Mock", "patch"}


def test_no_test_sleeps_or_mocks() -> None:
    found = {
        _name(path)
        for path in PYTHON
        if path not in NOT_TESTS
        for node in ast.walk(_parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in SLEEPS_AND_MOCKS
    }
    # The one place that asks again after a pause, and who plays another's part.
    others = ("tests/fakes/", "tests/adversary/", "tests/installation/")
    assert {name for name in found if not name.startswith(others)} <= {"tests/waiting.py"}


def test_every_test_asserts() -> None:
    telling = re.compile(r"\bassert\b|\bpytest\.(?:raises|fail|warns)|\b(?:raises|until|expect)\(")
    silent = [
        f"{_name(path)}:{function.lineno} {function.name}"
        for path in PYTHON
        if path not in NOT_TESTS
        for function in _functions(path)
        if function.name.startswith("test_") and not telling.search(ast.unparse(function))
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    pattern = re.compile(
        r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b|raise NotImplemented" r"Error"
    )
    later = {
        _name(path)
        for path in KEPT
        if path.suffix in {".py", ".ts", ".sh", ".html", ".toml", ".service"}
        and pattern.search(path.read_text())
    }
    assert later == set()
